import type { ListEntry } from "./grammar.ts";
import { type Value, wordsOf } from "./trie.ts";

/** "The left one", said of the rear right: the word that turns one name into another. */
export interface Contrast {
  readonly word: string;
  readonly from: Value;
  readonly to: Value;
}

interface Named {
  readonly words: readonly string[];
  readonly value: Value;
}

/** Of more names that differ in one word only, that word alone says too little. */
const MAX_RIVALS = 12;

/**
 * Single words that tell two names apart: whatever name of the one holds its word becomes a name of the other by putting
 * the other's in its place. Words that are names by themselves need no such help.
 */
export function contrastsIn(entries: readonly ListEntry[]): readonly Contrast[] {
  const values = new Map(entries.toReversed().map(({ say, value }) => [wordsOf(say).join(" "), value]));
  const names = Array.from(values, ([name, value]): Named => ({ words: name.split(" "), value }));
  const turns = (word: string, other: string, from: Value, to: Value): boolean =>
    names
      .filter(({ words, value }) => value === from && words.includes(word) && words.length > 1)
      .every(({ words }) => values.get(words.map((one) => (one === word ? other : one)).join(" ")) === to);

  const found = new Map<string, Contrast>();
  for (const rivals of rivalsIn(names)) {
    for (const { word, value: from } of rivals) {
      for (const { word: other, value: to } of rivals) {
        if (from === to || values.has(other) || !turns(word, other, from, to) || !turns(other, word, to, from))
          continue;
        found.set(JSON.stringify([other, from, to]), { word: other, from, to });
      }
    }
  }
  return [...found.values()];
}

/** Words that stand in the same place between the same words. */
function rivalsIn(names: readonly Named[]): readonly (readonly { readonly word: string; readonly value: Value }[])[] {
  const places = new Map<string, { readonly word: string; readonly value: Value }[]>();
  for (const { words, value } of names) {
    if (words.length === 1) continue;
    for (const [at, word] of words.entries()) {
      const place = words.with(at, "_").join(" ");
      const same = places.get(place);
      if (same === undefined) places.set(place, [{ word, value }]);
      else same.push({ word, value });
    }
  }
  return [...places.values()].filter(({ length }) => length > 1 && length <= MAX_RIVALS);
}
