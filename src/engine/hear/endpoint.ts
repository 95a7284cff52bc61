import type { Completeness } from "../understand/grammar.ts";

/** How long the driver must be silent until the utterance is over, and why. */
export const ENDPOINT = {
  /** Nothing that could follow changes the meaning. Shorter cuts into the closure of a final t or k. */
  completeMs: 128,
  /** "… to twenty", then "two": people pause for less than this inside a number or a name. */
  unfinishedMs: 448,
  /** In the middle of a sentence people think for 300 to 600 ms; whoever stops here longer has given up. */
  incompleteMs: 896,
  /** The same where what was said so far is nothing that could become a command. */
  hopelessMs: 448,
  /** Only the wake word or noise: forget it, so that what follows is decoded from its own beginning. */
  nothingMs: 320,
  /** A text that changed this recently is still being revised by the search. */
  settledMs: 64,
  /** Longer talk is not a command but a radio; ends the utterance even without silence. */
  longestMs: 20_000,
} as const;

export interface Listening {
  readonly completeness: Completeness;
  /** Since the last frame that held speech. */
  readonly silenceMs: number;
  /** Since the partial text changed. */
  readonly unchangedMs: number;
  readonly utteranceMs: number;
  /** How long this speaker's pauses are to be waited out where more could be said: "… the seat heating", then "for the passenger". */
  readonly holdMs: number;
  /** So far it sounds like nothing that could become a command; asked only where it matters. */
  readonly isHopeless: () => boolean;
}

/** `forget` drops an utterance that nobody needs to hear about. */
export type Verdict = "listen" | "end" | "forget";

/** Whether the utterance is over, asked once for each frame. */
export function endpoint(listening: Listening): Verdict {
  const { completeness, silenceMs, unchangedMs, utteranceMs, holdMs } = listening;
  if (utteranceMs >= ENDPOINT.longestMs) return completeness === "nothing" ? "forget" : "end";
  switch (completeness) {
    case "nothing":
      return silenceMs >= ENDPOINT.nothingMs ? "forget" : "listen";
    case "complete":
      return silenceMs >= ENDPOINT.completeMs && unchangedMs >= ENDPOINT.settledMs ? "end" : "listen";
    case "extendable":
      return silenceMs >= holdMs && unchangedMs >= ENDPOINT.settledMs ? "end" : "listen";
    case "unfinished":
      return silenceMs >= Math.max(ENDPOINT.unfinishedMs, holdMs) ? "end" : "listen";
    case "incomplete":
      if (silenceMs < ENDPOINT.hopelessMs) return "listen";
      return silenceMs >= ENDPOINT.incompleteMs || listening.isHopeless() ? "end" : "listen";
  }
}
