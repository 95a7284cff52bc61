import { type DecisionOptions, REFRACTORY_HOPS } from "../../src/wake/wake-decision.ts";
import { detectionsMs } from "./measure.ts";

/** A clip of the training half, judged by a network that did not learn from it. */
export interface Judged {
  /**
   * The word is in it, by a person alone or by a synthetic voice within a command; or it is not, in a recording or noise,
   * or in what a synthetic voice says, near misses among it.
   */
  readonly said: "word" | "command" | "other" | "near miss";
  readonly scores: readonly number[];
}

export interface Choice {
  readonly threshold: number;
  readonly confirmations: number;
  /** What the choice was made on: how many clips, and how many of them were judged wrongly. */
  readonly words: number;
  readonly missed: number;
  readonly commands: number;
  readonly missedInCommand: number;
  readonly others: number;
  readonly wokeFalsely: number;
  readonly nearMisses: number;
  readonly wokeByNearMiss: number;
}

const THRESHOLDS = Array.from({ length: 14 }, (_, i) => Math.round((0.3 + 0.05 * i) * 100) / 100);
const CONFIRMATIONS = [2, 3, 4];
/** Share for share, in misses of a person: people first, and what would annoy every day before what is rare. */
const FALSE_WAKE_COSTS = 20;
const NEAR_MISS_COSTS = 0.5;
const MISS_IN_COMMAND_COSTS = 0.5;

/** The threshold and confirmations that cost least; of equals the ones in the middle. */
export function chooseDecision(judged: readonly Judged[]): Choice {
  const choices = CONFIRMATIONS.flatMap((confirmations) =>
    THRESHOLDS.map((threshold) => tried(judged, { threshold, confirmations, refractoryHops: REFRACTORY_HOPS })),
  );
  const least = Math.min(...choices.map(costOf));
  const best = choices.filter((choice) => costOf(choice) <= least);
  const choice = best[Math.floor(best.length / 2)];
  if (choice === undefined) throw new Error("Nothing to choose a threshold by");
  return choice;
}

function costOf(choice: Choice): number {
  const share = (part: number, of: number): number => part / Math.max(1, of);
  return (
    share(choice.missed, choice.words) +
    MISS_IN_COMMAND_COSTS * share(choice.missedInCommand, choice.commands) +
    FALSE_WAKE_COSTS * share(choice.wokeFalsely, choice.others) +
    NEAR_MISS_COSTS * share(choice.wokeByNearMiss, choice.nearMisses)
  );
}

function tried(judged: readonly Judged[], options: DecisionOptions): Choice {
  const count = (said: Judged["said"]): { readonly clips: number; readonly woke: number } => {
    const clips = judged.filter((clip) => clip.said === said);
    return { clips: clips.length, woke: clips.filter(({ scores }) => detectionsMs(scores, options).length > 0).length };
  };
  const [word, command, other, near] = [count("word"), count("command"), count("other"), count("near miss")];
  return {
    threshold: options.threshold,
    confirmations: options.confirmations,
    words: word.clips,
    missed: word.clips - word.woke,
    commands: command.clips,
    missedInCommand: command.clips - command.woke,
    others: other.clips,
    wokeFalsely: other.woke,
    nearMisses: near.clips,
    wokeByNearMiss: near.woke,
  };
}
