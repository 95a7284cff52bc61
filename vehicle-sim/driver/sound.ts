import { type AudioFrame, FRAME_MS, FRAME_SAMPLES, MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import { type NoiseState, nextNoise } from "./noise.ts";

/** One sentence, ready to be heard. */
export interface Utterance {
  readonly index: number;
  readonly text: string;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
}

/** What the driver does; times are those of the microphone frames' clock, in milliseconds. */
export type DriverEvent =
  | { readonly type: "says"; readonly index: number; readonly text: string; readonly atMs: number }
  /** The last sample of speech was captured at `endOfSpeechAtMs`. */
  | { readonly type: "said"; readonly index: number; readonly endOfSpeechAtMs: number };

export type SoundInput =
  | { readonly type: "speak"; readonly utterance: Utterance }
  /** `frames` are captured by now; the last of them just so. */
  | { readonly type: "tick"; readonly nowMs: number; readonly frames: number; readonly rumbleRms: number };

/** What is being said, which of its samples is the last of speech, and how many have been heard. */
interface Speaking {
  readonly utterance: Utterance;
  readonly lastSample: number;
  readonly heard: number;
}

export interface SoundState {
  readonly noise: NoiseState;
  readonly speaking: Speaking | undefined;
  /** Said as soon as the one before is over. */
  readonly waiting: readonly Utterance[];
  /** Frames since the last sound of speech. */
  readonly quietFrames: number;
  /** What this input gave. */
  readonly frames: readonly AudioFrame[];
  readonly events: readonly DriverEvent[];
}

/** Of an utterance's own peak: what is below is breath. */
const AUDIBLE = 0.02;
const SAMPLES_PER_MS = MIC_RATE_HZ / 1000;

export function silence(noise: NoiseState): SoundState {
  return { noise, speaking: undefined, waiting: [], quietFrames: Infinity, frames: [], events: [] };
}

/** The table of what the microphone hears: sentences in the order they came, noise under and between them. */
export function nextSound(state: SoundState, input: SoundInput): SoundState {
  const fresh = { ...state, frames: [], events: [] };
  if (input.type === "speak") return { ...fresh, waiting: [...state.waiting, input.utterance] };
  return Array.from({ length: input.frames }, (_, index) => index).reduce<SoundState>(
    // In a batch every frame was captured 20 ms after the one before.
    (sound, index) => nextFrame(sound, input.nowMs - (input.frames - 1 - index) * FRAME_MS, input.rumbleRms),
    fresh,
  );
}

function nextFrame(state: SoundState, capturedAt: number, rumbleRms: number): SoundState {
  const { pcm: noise, state: nextNoiseState } = nextNoise(state.noise, FRAME_SAMPLES, rumbleRms);
  const [next, ...waiting] = state.waiting;
  const speaking = state.speaking ?? (next && begun(next));
  const carried = { noise: nextNoiseState, waiting: state.speaking ? state.waiting : waiting };
  if (!speaking) {
    const frames = [...state.frames, { pcm: mixed(noise), capturedAt }];
    return { ...state, ...carried, quietFrames: state.quietFrames + 1, frames };
  }
  const { utterance } = speaking;
  const heard = speaking.heard + FRAME_SAMPLES;
  const pcm = mixed(noise, utterance.pcm.subarray(speaking.heard, heard));
  return {
    ...carried,
    speaking: heard < utterance.pcm.length ? { ...speaking, heard } : undefined,
    quietFrames: 0,
    frames: [...state.frames, { pcm, capturedAt }],
    events: [...state.events, ...eventsOf(speaking, capturedAt)],
  };
}

function begun(utterance: Utterance): Speaking {
  return { utterance, lastSample: lastAudible(utterance.pcm), heard: 0 };
}

function eventsOf({ utterance, lastSample, heard }: Speaking, capturedAt: number): readonly DriverEvent[] {
  const { index, text } = utterance;
  const endsHere = lastSample >= heard && lastSample < heard + FRAME_SAMPLES;
  const after = heard + FRAME_SAMPLES - 1 - lastSample;
  return [
    ...(heard === 0 ? [{ type: "says", index, text, atMs: capturedAt - FRAME_MS } as const] : []),
    ...(endsHere ? [{ type: "said", index, endOfSpeechAtMs: capturedAt - after / SAMPLES_PER_MS } as const] : []),
  ];
}

/** The last sample that is speech; the very last one when all is silence. */
function lastAudible(pcm: Int16Array): number {
  const peak = pcm.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  const last = pcm.findLastIndex((sample) => Math.abs(sample) > peak * AUDIBLE);
  return last < 0 ? Math.max(0, pcm.length - 1) : last;
}

function mixed(noise: Float32Array, speech?: Int16Array): Int16Array {
  const pcm = new Int16Array(noise.length);
  for (let at = 0; at < pcm.length; at += 1) {
    const sample = Math.round((noise[at] ?? 0) + (speech?.[at] ?? 0));
    pcm[at] = Math.max(-32_768, Math.min(32_767, sample));
  }
  return pcm;
}
