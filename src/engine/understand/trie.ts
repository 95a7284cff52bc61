import type { ListEntry } from "./grammar.ts";

export type Value = ListEntry["value"];

/** Phrases by their words. Of two entries with the same words the first counts. */
export interface Trie {
  readonly children: ReadonlyMap<string, Trie>;
  readonly value?: Value;
}

interface GrowingTrie {
  readonly children: Map<string, GrowingTrie>;
  value?: Value;
}

export function buildTrie(entries: readonly { readonly path: readonly string[]; readonly value: Value }[]): Trie {
  const root: GrowingTrie = { children: new Map<string, GrowingTrie>() };
  for (const { path, value } of entries) {
    const end = path.reduce((node, word) => {
      const child: GrowingTrie = node.children.get(word) ?? { children: new Map<string, GrowingTrie>() };
      node.children.set(word, child);
      return child;
    }, root);
    end.value ??= value;
  }
  return root;
}

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
