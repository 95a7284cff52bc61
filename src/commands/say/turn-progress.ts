import type { Step } from "./step.ts";

/** How far the turn has come that a typed text began. */
export interface TurnProgress {
  /** Its number, once it is known. */
  readonly turn: number | undefined;
  /** Turns up to this one were begun by a voice. */
  readonly spoken: number;
  /** What the last step added, when it belongs to this turn. */
  readonly step: Step | undefined;
  readonly openCalls: readonly string[];
  /** What became of the calls, by the word of each result. */
  readonly results: readonly string[];
  readonly replies: readonly string[];
  readonly ended: boolean;
}

export const NOT_BEGUN: TurnProgress = {
  turn: undefined,
  spoken: 0,
  step: undefined,
  openCalls: [],
  results: [],
  replies: [],
  ended: false,
};

/** What an answer begins with; everything else may be the end of an older turn. */
const BEGINS_ANSWER: ReadonlySet<string> = new Set(["call", "heard", "reply"]);
/** Only a voice opens the gate. */
const BEGINS_SPOKEN: ReadonlySet<string> = new Set(["woke", "gate-opened"]);
const DONE_WELL: ReadonlySet<string> = new Set(["done", "accepted", "answer", "needs-confirmation"]);

/** The first turn that answers after the text, and that no voice began, is the text's own. */
export function nextProgress(progress: TurnProgress, step: Step): TurnProgress {
  const { turn, spoken } = progress;
  if (turn === undefined && BEGINS_SPOKEN.has(step.type))
    return { ...progress, spoken: Math.max(spoken, step.turn), step: undefined };
  const isOurs = turn === undefined ? BEGINS_ANSWER.has(step.type) && step.turn > spoken : step.turn === turn;
  return isOurs ? { ...progress, turn: step.turn, step, ...changes(progress, step) } : { ...progress, step: undefined };
}

function changes({ openCalls, results, replies }: TurnProgress, step: Step): Partial<TurnProgress> {
  const { type, callId = "", status = "", text } = step;
  switch (type) {
    case "call":
      return { openCalls: [...openCalls, callId] };
    case "result":
      return { openCalls: openCalls.filter((id) => id !== callId), results: [...results, status] };
    case "reply":
      return { replies: [...replies, typeof text === "string" ? text : ""] };
    case "turn-ended":
      return { ended: true };
    default:
      return {};
  }
}

/** Nothing more is owed, though something may still follow. */
export function isAnswered({ openCalls, replies }: TurnProgress): boolean {
  return replies.length > 0 && openCalls.length === 0;
}

/** There was an answer, and all that was asked for is done, under way or answered. */
export function wentWell({ replies, openCalls, results }: TurnProgress): boolean {
  return replies.length > 0 && openCalls.length === 0 && results.every((result) => DONE_WELL.has(result));
}
