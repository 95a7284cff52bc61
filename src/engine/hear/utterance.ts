import type { Completeness } from "../understand/grammar.ts";
import { SHORTEST_PAUSE_MS } from "./pauses.ts";
import type { Recogniser } from "./recogniser.ts";
import { FRAME_SAMPLES } from "./voice-activity.ts";

/** What is known of an utterance while it lasts. Positions are samples of the stream. */
export interface Utterance {
  readonly from: number;
  readonly lastSpeech: number;
  readonly text: string;
  readonly completeness: Completeness;
  readonly changedAt: number;
  /** The longest pause so far that came after the first word of a command, in milliseconds. */
  readonly longestPauseMs: number;
}

/** What `follow` needs to know of a frame. */
export interface HeardFrame {
  readonly endSample: number;
  readonly holdsSpeech: boolean;
}

/** The search is asked for its text this often in speech; in silence on every frame, where each one counts. */
const LOOK_EVERY_SAMPLES = 1_536;

/** Takes note of a frame that the recogniser has been fed. */
export function follow(
  utterance: Utterance,
  frame: HeardFrame,
  recogniser: Recogniser,
  completeness: (text: string) => Completeness,
): Utterance {
  const { endSample, holdsSpeech } = frame;
  const heard = holdsSpeech ? afterSpeech(utterance, endSample) : utterance;
  if (holdsSpeech && (endSample - utterance.from) % LOOK_EVERY_SAMPLES !== 0) return heard;
  const text = recogniser.partial();
  return text === heard.text ? heard : { ...heard, text, completeness: completeness(text), changedAt: endSample };
}

function afterSpeech(utterance: Utterance, endSample: number): Utterance {
  const pauseMs = (endSample - FRAME_SAMPLES - utterance.lastSpeech) / 16;
  const isPause = pauseMs >= SHORTEST_PAUSE_MS && utterance.completeness !== "nothing";
  const longestPauseMs = isPause ? Math.max(utterance.longestPauseMs, pauseMs) : utterance.longestPauseMs;
  return { ...utterance, lastSpeech: endSample, longestPauseMs };
}
