import { joined } from "../../audio/resample.ts";
import {
  FRAME_MS,
  FRAME_SAMPLES,
  followVoice,
  QUIET,
  VOICE,
  type VoiceActivity,
} from "../../engine/hear/voice-activity.ts";

/** When a turn is over. `manual`: the client says so. */
export interface TurnRules {
  readonly turns: "server" | "manual";
  /** Silence that ends an utterance. */
  readonly silenceMs: number;
  /** How much of what came before speech belongs to it: its first sounds are weak. */
  readonly prefixMs: number;
}

/** What the ear says. Times are milliseconds of audio since the session's first sample. */
export type Heard =
  | { readonly type: "speech-started"; readonly atMs: number }
  /** What was said, 16 kHz mono, at most 30 s; empty where a commit found nothing. */
  | { readonly type: "utterance"; readonly atMs: number; readonly pcm: Int16Array }
  | { readonly type: "failed"; readonly reason: string };

/** 512 samples at 16 kHz, judged. */
export interface JudgedFrame {
  readonly pcm: Int16Array;
  readonly endSample: number;
  /** That it holds speech, 0 to 1. */
  readonly probability: number;
  readonly level: number;
}

export interface Listening {
  readonly activity: VoiceActivity;
  /** Of the utterance; before it, of the time just before. */
  readonly frames: readonly Int16Array[];
  /** Where speech began, in samples of the stream. */
  readonly from: number;
  /** It was told that speech began. */
  readonly told: boolean;
  readonly output: readonly Heard[];
}

export const NOTHING_HEARD: Listening = { activity: QUIET, frames: [], from: 0, told: false, output: [] };

/** A cough, a click or a closing door holds less of what sounds like a voice. */
const SHORTEST_SPEECH_FRAMES = 6;
/** The model hears 30 s at once. What is longer is cut, and goes on as the next utterance. */
const LONGEST_FRAMES = Math.floor(30_000 / FRAME_MS);

export function afterFrame(before: Listening, frame: JudgedFrame, rules: TurnRules): Listening {
  const { endSample } = frame;
  if (rules.turns === "manual") {
    // Of too much the beginning is kept: what it was about is said there.
    return { ...NOTHING_HEARD, frames: [...before.frames, frame.pcm].slice(0, LONGEST_FRAMES) };
  }
  const activity = followVoice(before.activity, frame.probability, frame.level);
  const frames = [...before.frames, frame.pcm];
  if (!activity.speaking) {
    const kept = Math.ceil(rules.prefixMs / FRAME_MS) + VOICE.startFrames - 1;
    return { ...NOTHING_HEARD, activity, frames: frames.slice(-kept) };
  }
  const isOver = activity.silentFrames * FRAME_MS >= rules.silenceMs || frames.length >= LONGEST_FRAMES;
  if (isOver) return { ...NOTHING_HEARD, output: before.told ? [utterance(frames, endSample)] : [] };
  const isSpeech = !before.told && activity.speechFrames >= SHORTEST_SPEECH_FRAMES;
  const from = before.activity.speaking ? before.from : endSample - VOICE.startFrames * FRAME_SAMPLES;
  const output: Heard[] = isSpeech ? [{ type: "speech-started", atMs: from / 16 }] : [];
  return { activity, frames, from, told: before.told || isSpeech, output };
}

/** The turn is over because somebody says so. */
export function afterCommit(before: Listening, atSample: number, { turns }: TurnRules): Listening {
  const isWanted = turns === "manual" || before.told;
  return { ...NOTHING_HEARD, output: isWanted ? [utterance(before.frames, atSample)] : [] };
}

function utterance(frames: readonly Int16Array[], atSample: number): Heard {
  return { type: "utterance", atMs: atSample / 16, pcm: joined(frames) };
}
