import type { VoiceEvent } from "../../audio/voice-event.ts";
import { FRAME_MS, VOICE } from "./voice-activity.ts";

/** One frame of the voice model, judged. */
export interface JudgedFrame {
  /** When its last sample was captured. */
  readonly endMs: number;
  /** That it holds speech, 0 to 1. */
  readonly probability: number;
  /** Any linear measure of its loudness. */
  readonly level: number;
  /** What is heard is our own voice: not speech, however likely. */
  readonly ownVoice: boolean;
}

/** Sooner than for recognition: a pause that was for nothing is over in half a second. */
export const SPEECH = {
  /** Two frames in a row that may be speech start it, as one does that is (`VOICE.above`). */
  perhaps: 0.3,
  /** The model takes 100 ms to believe an "s" or an "f": what is suddenly this many times louder than before needs less. */
  sudden: { probability: 0.03, louder: 6 },
  /** How fast the level before may rise in a frame; it falls at once. */
  floorRise: 1.03,
  /** Once begun, speech goes on from here. */
  stays: 0.35,
  /** Frames without speech that end it: longer than the closure of a "t". */
  endFrames: 4,
} as const;

export interface Speech {
  readonly speaking: boolean;
  /** The frame before may have been speech. */
  readonly perhaps: boolean;
  /** Frames that held speech since it began. */
  readonly voicedFrames: number;
  readonly silentFrames: number;
  /** The end of the last frame that held speech. */
  readonly lastMs: number;
  /** The level of the loudest frame that held speech. */
  readonly loudest: number;
  /** The level of the quiet before. */
  readonly floor: number;
  readonly output: readonly VoiceEvent[];
}

export const NO_SPEECH: Speech = {
  speaking: false,
  perhaps: false,
  voicedFrames: 0,
  silentFrames: 0,
  lastMs: 0,
  loudest: 0,
  floor: Number.POSITIVE_INFINITY,
  output: [],
};

/** Tells when speech begins, goes on and ends, as soon as that can be told. */
export function followSpeech(before: Speech, frame: JudgedFrame): Speech {
  const floor = Math.min(frame.level, before.floor * SPEECH.floorRise);
  return { ...(before.speaking ? goOn(before, frame) : begin(before, frame)), floor };
}

function begin({ perhaps, floor }: Speech, { probability, level, ownVoice, endMs }: JudgedFrame): Speech {
  const isSudden = probability >= SPEECH.sudden.probability && level >= floor * SPEECH.sudden.louder;
  const mayBe = !ownVoice && probability >= SPEECH.perhaps;
  const begins = !ownVoice && (probability >= VOICE.above || isSudden || (perhaps && mayBe));
  if (!begins) return { ...NO_SPEECH, perhaps: mayBe };
  const voicedFrames = perhaps ? 2 : 1;
  const output: VoiceEvent[] = [{ type: "onset", atMs: endMs - voicedFrames * FRAME_MS }];
  return { ...NO_SPEECH, speaking: true, voicedFrames, lastMs: endMs, loudest: level, output };
}

function goOn(before: Speech, { probability, level, ownVoice, endMs }: JudgedFrame): Speech {
  if (ownVoice || probability < SPEECH.stays || level < before.loudest * VOICE.audible) return fallSilent(before);
  const voicedFrames = before.voicedFrames + 1;
  return {
    ...before,
    voicedFrames,
    silentFrames: 0,
    lastMs: endMs,
    loudest: Math.max(before.loudest, level),
    output: [{ type: "voiced", ms: voicedFrames * FRAME_MS, atMs: endMs }],
  };
}

function fallSilent(speech: Speech): Speech {
  const silentFrames = speech.silentFrames + 1;
  if (silentFrames < SPEECH.endFrames) return { ...speech, silentFrames, output: [] };
  const speechMs = speech.voicedFrames * FRAME_MS;
  return { ...NO_SPEECH, output: [{ type: "offset", speechMs, atMs: speech.lastMs }] };
}
