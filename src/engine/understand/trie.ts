import type { ListEntry } from "./grammar.ts";

export type Value = ListEntry["value"];

/** Phrases by their words. Of two entries with the same words the first counts. */
export interface Trie {
  readonly children: ReadonlyMap<string, Trie>;
  readonly value?: Value;
  /** How likely it is that a phrase leads here: as its likeliest phrase. 1 is ordinary. */
  readonly weight: number;
}

interface GrowingTrie {
  readonly children: Map<string, GrowingTrie>;
  value?: Value;
  weight: number;
}

export interface TrieEntry {
  readonly path: readonly string[];
  readonly value: Value;
  readonly weight?: number;
}

export function buildTrie(entries: readonly TrieEntry[]): Trie {
  const root = emptyTrie();
  for (const { path, value, weight = 1 } of entries) {
    const end = path.reduce((node, word) => {
      const child = node.children.get(word) ?? emptyTrie();
      child.weight = Math.max(child.weight, weight);
      node.children.set(word, child);
      return child;
    }, root);
    end.value ??= value;
  }
  return root;
}

const emptyTrie = (): GrowingTrie => ({ children: new Map<string, GrowingTrie>(), weight: 0 });

/** Lower-case words of a text; the recogniser's variants ("the(2)") count as the word itself. */
export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/\(\d+\)/g, "")
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** The values of all phrases that go on from here, the phrase that ends here left out. */
export function* valuesBelow(trie: Trie): Generator<Value> {
  for (const child of trie.children.values()) {
    if (child.value !== undefined) yield child.value;
    yield* valuesBelow(child);
  }
}
