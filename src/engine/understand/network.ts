import type { State } from "./automaton.ts";
import type { WordArc, WordNetwork } from "./grammar.ts";
import type { Trie } from "./trie.ts";

/** A place between two words, told apart only by the words that may follow. */
interface Place {
  readonly ends: boolean;
  readonly breaks: boolean;
  readonly words: readonly string[];
  /** Where each of `words` leads. */
  readonly targets: readonly number[];
  /** How likely each of `words` is. */
  readonly weights: readonly number[];
}

/**
 * The smallest network of words that accepts what the automaton accepts. A recogniser pays for every arc on every frame;
 * for the whole tool catalogue this network takes a seventh of the time of the same grammar as JSGF text, which has no way
 * to let two beginnings share one end.
 */
export function buildNetwork(start: State): WordNetwork {
  const places = determine(start);
  const { count, classOf } = merge(places);
  const arcs = new Map<string, WordArc>();
  const ends = new Set<number>();
  const breaks = new Set<number>();
  places.forEach(({ ends: isEnd, breaks: isBreak, words, targets, weights }, index) => {
    const from = classOf[index] ?? 0;
    if (isEnd) ends.add(from);
    if (isBreak) breaks.add(from);
    words.forEach((word, at) => {
      const to = classOf[targets[at] ?? 0] ?? 0;
      arcs.set(`${from} ${word}`, { from, to, word, weight: weights[at] ?? 1 });
    });
  });
  return { states: count, start: classOf[0] ?? 0, ends: [...ends], breaks: [...breaks], arcs: [...arcs.values()] };
}

/** Subset construction: wherever the same word leads to several states, to one place that stands for all of them. */
function determine(start: State): readonly Place[] {
  const spots = spotBook();
  const numbers = new Map<string, number>();
  const sets: (readonly number[])[] = [];
  const placeOf = (spotIds: Iterable<number>): number => {
    const set = [...new Set(spotIds)].sort((a, b) => a - b);
    const key = set.join(" ");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, sets.length);
    return sets.push(set) - 1;
  };
  placeOf([spots.idOf({ state: start, phrases: undefined })]);

  const places: Place[] = [];
  for (const set of sets) {
    const next = new Map<string, Move>();
    const lacks = new Set<string>();
    let ends = false;
    for (const id of set) {
      const onward = spots.onward(id);
      ends ||= onward.ends;
      for (const lack of onward.lacks) lacks.add(lack);
      for (const [word, { targets, weight }] of onward.moves) addMove(next, word, targets, weight);
    }
    const words = [...next.keys()].sort();
    const moves = words.flatMap((word) => next.get(word) ?? []);
    places.push({
      ends,
      breaks: !ends && lacks.size > 0,
      words,
      targets: moves.map(({ targets }) => placeOf(targets)),
      weights: moves.map(({ weight }) => weight),
    });
  }
  return places;
}

/** A state of the automaton, or a place inside a phrase of a slot that leads to it. */
interface Spot {
  readonly state: State;
  readonly phrases: Trie | undefined;
}

/** Where a word leads from somewhere, and how likely it is: as likely as its likeliest use. */
interface Move {
  readonly targets: number[];
  readonly weight: number;
}

interface Onward {
  readonly ends: boolean;
  /** What is missing where the sentence is broken off here. */
  readonly lacks: readonly string[];
  readonly moves: ReadonlyMap<string, Move>;
}

function addMove(moves: Map<string, Move>, word: string, targets: readonly number[], weight = 1): void {
  const same = moves.get(word) ?? { targets: [], weight: 0 };
  moves.set(word, { targets: [...same.targets, ...targets], weight: Math.max(same.weight, weight) });
}

interface SpotBook {
  idOf(spot: Spot): number;
  onward(id: number): Onward;
}

function spotBook(): SpotBook {
  const spots: Spot[] = [];
  const ids = new Map<State, Map<Trie | undefined, number>>();
  const known: Onward[] = [];

  const idOf = (spot: Spot): number => {
    const ofState = ids.get(spot.state) ?? new Map<Trie | undefined, number>();
    ids.set(spot.state, ofState);
    const id = ofState.get(spot.phrases) ?? spots.push(spot) - 1;
    ofState.set(spot.phrases, id);
    return id;
  };

  const look = ({ state, phrases }: Spot): Onward => {
    const moves = new Map<string, Move>();
    const add = (word: string, to: Spot, weight?: number): void => addMove(moves, word, [idOf(to)], weight);
    phrases?.children.forEach((child, word) => add(word, { state, phrases: child }, child.weight));
    const steps = phrases !== undefined && phrases.value === undefined ? [] : state.steps;
    for (const step of steps) {
      const { weight } = step;
      if (step.type === "word") add(step.word, { state: step.next, phrases: undefined }, weight);
      if (step.type === "slot")
        step.phrases.children.forEach((child, word) =>
          add(word, { state: step.next, phrases: child }, (weight ?? 1) * child.weight),
        );
    }
    const lacks = steps.flatMap((step) => (step.type === "break" ? step.lacks : []));
    return { ends: steps.some(({ type }) => type === "end"), lacks, moves };
  };

  return {
    idOf,
    onward: (id) => {
      const spot = spots[id];
      if (spot === undefined) throw new RangeError(`no spot ${id}`);
      return (known[id] ??= look(spot));
    },
  };
}

/** Moore's refinement: places are one as long as the same words lead from them to places that are one. */
function merge(places: readonly Place[]): { readonly count: number; readonly classOf: readonly number[] } {
  let { count, classOf } = classify(
    places.map(
      ({ ends, breaks, words, weights }) =>
        `${ends ? "!" : ""}${breaks ? "?" : ""}${words.join(" ")} ${weights.join(" ")}`,
    ),
  );
  for (;;) {
    const before = classOf;
    const finer = classify(
      places.map(({ targets }, index) => `${before[index] ?? 0}:${targets.map((to) => before[to]).join()}`),
    );
    if (finer.count === count) return { count, classOf };
    ({ count, classOf } = finer);
  }
}

function classify(signatures: readonly string[]): { readonly count: number; readonly classOf: readonly number[] } {
  const classes = new Map<string, number>();
  const classOf = signatures.map((signature) => {
    const known = classes.get(signature) ?? classes.size;
    classes.set(signature, known);
    return known;
  });
  return { count: classes.size, classOf };
}
