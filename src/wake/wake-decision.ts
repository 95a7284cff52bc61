import { HOP_MS } from "./hop.ts";

/** Two seconds: one word wakes once. */
export const REFRACTORY_HOPS = 2000 / HOP_MS;

export interface DecisionOptions {
  /** A window counts when its score is at least this, 0 to 1. */
  readonly threshold: number;
  /** How many windows in a row must count. */
  readonly confirmations: number;
  /** How many hops after a detection stay deaf, so that one word wakes once. */
  readonly refractoryHops: number;
}

export interface Decision {
  readonly detected: boolean;
  readonly inARow: number;
  readonly deafHops: number;
}

export const UNDECIDED: Decision = { detected: false, inARow: 0, deafHops: 0 };

/** Folds the scores of one stream into detections. */
export function decide(last: Decision, score: number, options: DecisionOptions): Decision {
  if (last.deafHops > 0) return { detected: false, inARow: 0, deafHops: last.deafHops - 1 };
  const inARow = score >= options.threshold ? last.inARow + 1 : 0;
  if (inARow < options.confirmations) return { detected: false, inARow, deafHops: 0 };
  return { detected: true, inARow: 0, deafHops: options.refractoryHops };
}
