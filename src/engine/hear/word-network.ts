import { type Expansion, type Jsgf, parseJsgf } from "./jsgf.ts";

/**
 * Which word may follow which: the smallest deterministic automaton of a grammar. State 0 is the beginning.
 * The decoder pays for every path on every frame, and by itself it would copy each rule wherever it is mentioned.
 */
export interface WordNetwork {
  readonly states: readonly WordState[];
}

export interface WordState {
  readonly arcs: ReadonlyMap<string, number>;
  /** Whether an utterance may end here. */
  readonly final: boolean;
}

export function wordNetwork(jsgf: string): WordNetwork {
  return minimised(deterministic(automaton(parseJsgf(jsgf))));
}

/** A state with words to others, and steps that need no word. */
interface Node {
  readonly words: [word: string, to: number][];
  readonly empty: number[];
}

interface Automaton {
  readonly nodes: readonly Node[];
  readonly start: number;
  readonly end: number;
}

function automaton({ top, rules }: Jsgf): Automaton {
  const nodes: Node[] = [];
  const node = (): number => nodes.push({ words: [], empty: [] }) - 1;
  /** Where the rules begin that are being laid out; a mention of one of them must be the last thing in it. */
  const open = new Map<string, number>();

  /** Lays an expansion out from a node; returns where it ends. */
  function lay(expansion: Expansion, from: number): number {
    switch (expansion.type) {
      case "word": {
        const to = node();
        nodes[from]?.words.push([expansion.word, to]);
        return to;
      }
      case "sequence":
        return expansion.parts.reduce((at, part) => lay(part, at), from);
      case "choice": {
        const to = node();
        for (const part of expansion.parts) {
          const begin = node();
          nodes[from]?.empty.push(begin);
          nodes[lay(part, begin)]?.empty.push(to);
        }
        return to;
      }
      case "rule":
        return layRule(expansion.rule, from);
    }
  }
  function layRule(rule: string, from: number): number {
    const again = open.get(rule);
    if (again !== undefined) {
      nodes[from]?.empty.push(again);
      return node();
    }
    const expansion = rules.get(rule);
    if (expansion === undefined) throw new Error(`The grammar mentions <${rule}>, which it does not have.`);
    const begin = node();
    nodes[from]?.empty.push(begin);
    open.set(rule, begin);
    const end = lay(expansion, begin);
    open.delete(rule);
    return end;
  }

  const start = node();
  const end = layRule(top, start);
  return { nodes, start, end };
}

function deterministic({ nodes, start, end }: Automaton): WordNetwork {
  const closure = (from: readonly number[]): readonly number[] => {
    const reached = new Set(from);
    for (const index of reached) for (const next of nodes[index]?.empty ?? []) reached.add(next);
    return [...reached].filter((index) => index === end || (nodes[index]?.words.length ?? 0) > 0).sort((a, b) => a - b);
  };
  const states: { arcs: Map<string, number>; final: boolean }[] = [];
  const members: (readonly number[])[] = [];
  const known = new Map<string, number>();
  const stateOf = (from: readonly number[]): number => {
    const set = closure(from);
    const key = set.join(" ");
    const index = known.get(key) ?? states.push({ arcs: new Map(), final: set.includes(end) }) - 1;
    known.set(key, index);
    members[index] = set;
    return index;
  };

  stateOf([start]);
  for (const [index, { arcs }] of states.entries()) {
    const targets = new Map<string, number[]>();
    for (const member of members[index] ?? []) {
      for (const [word, to] of nodes[member]?.words ?? []) targets.set(word, [...(targets.get(word) ?? []), to]);
    }
    for (const [word, to] of targets) arcs.set(word, stateOf(to));
  }
  return { states };
}

/** Parts the states ever more finely until those that stay together cannot be told apart by any words to come. */
function minimised({ states }: WordNetwork): WordNetwork {
  let parts = states.map(({ final }) => Number(final));
  for (let count = 0; ; ) {
    const signatures = new Map<string, number>();
    const next = states.map(({ arcs }, index) => {
      const ahead = [...arcs].map(([word, to]) => `${word}>${parts[to] ?? 0}`).sort();
      const signature = `${parts[index] ?? 0}:${ahead.join(" ")}`;
      const part = signatures.get(signature) ?? signatures.size;
      signatures.set(signature, part);
      return part;
    });
    if (signatures.size === count) return { states: merged(states, next) };
    count = signatures.size;
    parts = next;
  }
}

/** The first state of each part stands for all of it; parts are numbered in the order of their first states. */
function merged(states: readonly WordState[], parts: readonly number[]): readonly WordState[] {
  const first = new Map<number, WordState>();
  states.forEach((state, index) => {
    const part = parts[index] ?? 0;
    if (!first.has(part)) first.set(part, state);
  });
  return [...first.values()].map(({ arcs, final }) => ({
    arcs: new Map([...arcs].map(([word, to]) => [word, parts[to] ?? 0])),
    final,
  }));
}
