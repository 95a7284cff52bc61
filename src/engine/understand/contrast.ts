import type { ListEntry } from "./grammar.ts";
import { type Value, wordsOf } from "./trie.ts";

/** "The left one", said of the rear right: the word that turns one name into another. */
export interface Contrast {
  readonly word: string;
  readonly from: Value;
  readonly to: Value;
}

/**
 * Single words that tell two names apart: whatever name of the one holds its word becomes a name of the other by putting
 * the other's in its place. Words that are names by themselves need no such help.
 */
export function contrastsIn(entries: readonly ListEntry[]): readonly Contrast[] {
  const values = new Map(entries.toReversed().map(({ say, value }) => [wordsOf(say).join(" "), value]));
  const byWord = new Map<string, readonly (readonly [name: string, value: Value])[]>();
  for (const [name, value] of values)
    for (const word of new Set(wordsOf(name))) byWord.set(word, [...(byWord.get(word) ?? []), [name, value]]);

  const turned = (word: string, other: string, from: Value): Value | undefined => {
    const names = (byWord.get(word) ?? []).filter(([name, value]) => value === from && name !== word);
    const targets = new Set(names.map(([name]) => values.get(replaced(name, word, other))));
    const [to] = targets;
    return targets.size === 1 && to !== from ? to : undefined;
  };
  const words = [...byWord.keys()];
  return words.flatMap((word) => {
    const froms = new Set((byWord.get(word) ?? []).map(([, value]) => value));
    return [...froms].flatMap((from) =>
      words.flatMap((other): readonly Contrast[] => {
        const to = values.has(other) || other === word ? undefined : turned(word, other, from);
        return to === undefined || turned(other, word, to) !== from ? [] : [{ word: other, from, to }];
      }),
    );
  });
}

const replaced = (name: string, word: string, other: string): string =>
  wordsOf(name)
    .map((part) => (part === word ? other : part))
    .join(" ");
