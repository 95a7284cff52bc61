import type { Completeness } from "../understand/grammar.ts";

/** How long the driver must be silent until the utterance is over, and why. */
export const ENDPOINT = {
  /** Nothing that could follow changes the meaning. Shorter cuts into the closure of a final t or k. */
  completeMs: 128,
  /** "… the seat heating", then "for the passenger": few add anything, and fewer pause before they do. */
  extendableMs: 160,
  /** "… to twenty", then "two": people pause for less than this inside a number or a name. */
  unfinishedMs: 448,
  /** In the middle of a sentence people think for 300 to 600 ms; whoever stops here longer has given up. */
  incompleteMs: 896,
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
}

/** `forget` drops an utterance that nobody needs to hear about. */
export type Verdict = "listen" | "end" | "forget";

/** Whether the utterance is over, asked once for each frame. */
export function endpoint({ completeness, silenceMs, unchangedMs, utteranceMs }: Listening): Verdict {
  if (utteranceMs >= ENDPOINT.longestMs) return completeness === "nothing" ? "forget" : "end";
  switch (completeness) {
    case "nothing":
      return silenceMs >= ENDPOINT.nothingMs ? "forget" : "listen";
    case "complete":
      return silenceMs >= ENDPOINT.completeMs && unchangedMs >= ENDPOINT.settledMs ? "end" : "listen";
    case "extendable":
      return silenceMs >= ENDPOINT.extendableMs && unchangedMs >= ENDPOINT.settledMs ? "end" : "listen";
    case "unfinished":
      return silenceMs >= ENDPOINT.unfinishedMs ? "end" : "listen";
    case "incomplete":
      return silenceMs >= ENDPOINT.incompleteMs ? "end" : "listen";
  }
}
