import type { Completeness, SpokenCall } from "./grammar.ts";
import { bestCalls, callsOf, fill, follow, type Hanging, type Reading, type Readings } from "./matcher.ts";
import { valuesBelow } from "./trie.ts";

/** Continuations beyond these are taken for one that changes the meaning: waiting longer is the safe mistake. */
const MAX_LOOKS = 300;

/**
 * How far some words have come, once it is known that they say anything at all. "… to twenty two" is unfinished, because
 * "and a half" may follow; after "degrees" the number has ended and the sentence is complete. Courtesies and further
 * commands do not count, nor do words that lead to the very same calls.
 */
export function completenessOf(readings: Readings): Exclude<Completeness, "nothing"> {
  const calls = bestCalls(readings);
  if (calls === undefined) return "incomplete";
  const { open, hanging } = readings;
  if (changesMeaning(hanging.flatMap(filled), calls)) return "unfinished";
  const maySayMore = open.some(({ state }) => state.slots.length > 0) || changesMeaning(open.flatMap(onward), calls);
  return maySayMore ? "extendable" : "complete";
}

function changesMeaning(next: readonly Reading[], calls: readonly SpokenCall[]): boolean {
  const ahead = [...next];
  for (let looks = 0; looks < ahead.length; looks += 1) {
    const reading = ahead[looks];
    if (reading === undefined || looks > MAX_LOOKS || leadsElsewhere(reading, calls)) return true;
    ahead.push(...onward(reading));
  }
  return false;
}

/** Whether it can end here with other calls. An open slot can always take another value. */
const leadsElsewhere = (reading: Reading, calls: readonly SpokenCall[]): boolean =>
  reading.state.steps.some((step) => {
    if (step.type !== "end") return step.type === "slot";
    const ended = follow(reading, step.actions);
    return ended !== undefined && !areSame(callsOf(ended), calls);
  });

/** One word further inside the same command. */
const onward = (reading: Reading): readonly Reading[] =>
  reading.state.steps.flatMap((step) => {
    if (step.type !== "word" || step.courtesy) return [];
    const followed = follow(reading, step.actions);
    return followed === undefined ? [] : { ...followed, state: step.next };
  });

const filled = ({ phrases, slot, next, ...account }: Hanging): readonly Reading[] =>
  [...new Set(valuesBelow(phrases))].flatMap((value) => fill({ ...account, state: next }, slot, value) ?? []);

const areSame = (some: readonly SpokenCall[], others: readonly SpokenCall[]): boolean =>
  some.length === others.length && some.every((call, index) => isSame(call, others[index]));

function isSame(call: SpokenCall, other: SpokenCall | undefined): boolean {
  if (other?.name !== call.name) return false;
  const args = Object.entries(call.args);
  return args.length === Object.keys(other.args).length && args.every(([slot, value]) => other.args[slot] === value);
}
