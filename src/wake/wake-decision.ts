import { HOP_MS } from "./hop.ts";

/** 560 ms: no word is said twice in that. */
export const REFRACTORY_HOPS = 560 / HOP_MS;

export interface DecisionOptions {
  /** A window counts when its score is at least this, 0 to 1. */
  readonly threshold: number;
  /** How many windows in a row must count. */
  readonly confirmations: number;
  /** How many hops after a detection stay deaf. */
  readonly refractoryHops: number;
}

export interface Decision {
  readonly detected: boolean;
  readonly inARow: number;
  readonly deafHops: number;
  /** Not from a detection until the score has fallen to half the threshold: one word wakes once, however long it lingers. */
  readonly armed: boolean;
}

export const UNDECIDED: Decision = { detected: false, inARow: 0, deafHops: 0, armed: true };

/** Folds the scores of one stream into detections. */
export function decide(last: Decision, score: number, options: DecisionOptions): Decision {
  const { threshold, confirmations, refractoryHops } = options;
  const deaf = last.deafHops > 0;
  const armed = last.armed || (!deaf && score < threshold / 2);
  if (deaf || !armed) return { detected: false, inARow: 0, deafHops: Math.max(0, last.deafHops - 1), armed };
  const inARow = score >= threshold ? last.inARow + 1 : 0;
  if (inARow < confirmations) return { detected: false, inARow, deafHops: 0, armed };
  return { detected: true, inARow: 0, deafHops: refractoryHops, armed: false };
}
