import type { Completeness } from "../understand/grammar.ts";
import type { Recogniser } from "./recogniser.ts";

/** What is known of an utterance while it lasts. Positions are samples of the stream. */
export interface Utterance {
  readonly from: number;
  readonly lastSpeech: number;
  readonly text: string;
  readonly completeness: Completeness;
  readonly changedAt: number;
}

/** The search is asked for its text this often in speech; in silence on every frame, where each one counts. */
const LOOK_EVERY_SAMPLES = 1_536;

/** Takes note of a frame that the recogniser has been fed. */
export function follow(
  utterance: Utterance,
  frame: { readonly endSample: number; readonly holdsSpeech: boolean },
  recogniser: Recogniser,
  completeness: (text: string) => Completeness,
): Utterance {
  const { endSample, holdsSpeech } = frame;
  const heard = holdsSpeech ? { ...utterance, lastSpeech: endSample } : utterance;
  if (holdsSpeech && (endSample - utterance.from) % LOOK_EVERY_SAMPLES !== 0) return heard;
  const text = recogniser.partial();
  return text === heard.text ? heard : { ...heard, text, completeness: completeness(text), changedAt: endSample };
}
