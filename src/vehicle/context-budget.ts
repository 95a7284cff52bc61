import {
  endWith,
  ignoreElements,
  type MonoTypeOperatorFunction,
  map,
  merge,
  mergeMap,
  type Observable,
  scan,
  share,
  takeUntil,
  timer,
} from "rxjs";

import type { ContextEntry } from "./context.ts";

/** Bought in a minute; a drive of two hours so costs at most 18,600 tokens of context. */
const TOKENS_PER_MINUTE = 150;
/** What may be told at once: everything about the car, two times over. */
const MOST_SAVED = 600;
const TICK_MS = 2_000;
/** Of a language model, in English, on the safe side. */
const CHARACTERS_PER_TOKEN = 3;
/** What a message costs beside its text. */
const TOKENS_PER_MESSAGE = 8;

interface Budget {
  readonly saved: number;
  /** The newest text of each key that has not been told yet; who has waited longest comes first. */
  readonly waiting: readonly ContextEntry[];
  readonly tell: readonly ContextEntry[];
}

/**
 * Tells a model of the car within a budget of tokens, however lively the drive. Of each key only the newest text waits:
 * what is late is true all the same.
 */
export function withinBudget(): MonoTypeOperatorFunction<ContextEntry> {
  return (entries$) => {
    const shared$ = entries$.pipe(share());
    const over$ = shared$.pipe(ignoreElements(), endWith(undefined));
    const ticks$: Observable<"tick"> = timer(TICK_MS, TICK_MS).pipe(
      map(() => "tick" as const),
      takeUntil(over$),
    );
    return merge(shared$, ticks$).pipe(
      scan((budget: Budget, input: ContextEntry | "tick") => spent(next(budget, input)), START),
      mergeMap(({ tell }) => tell),
    );
  };
}

const START: Budget = { saved: MOST_SAVED, waiting: [], tell: [] };

function next({ saved, waiting }: Budget, input: ContextEntry | "tick"): Budget {
  if (input === "tick") {
    return { saved: Math.min(MOST_SAVED, saved + (TOKENS_PER_MINUTE * TICK_MS) / 60_000), waiting, tell: [] };
  }
  const known = waiting.some(({ key }) => key === input.key);
  const newer = known ? waiting.map((entry) => (entry.key === input.key ? input : entry)) : [...waiting, input];
  return { saved, waiting: newer, tell: [] };
}

function spent({ saved, waiting }: Budget): Budget {
  let left = saved;
  const tell: ContextEntry[] = [];
  for (const entry of waiting) {
    if (tokensOf(entry) > left) break;
    left -= tokensOf(entry);
    tell.push(entry);
  }
  return { saved: left, waiting: waiting.slice(tell.length), tell };
}

/** Never more than can be saved up, or it would wait for ever. */
export function tokensOf({ text }: ContextEntry): number {
  return Math.min(MOST_SAVED, TOKENS_PER_MESSAGE + Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}
