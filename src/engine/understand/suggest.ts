import type { State } from "./automaton.ts";
import { CANNOT, type CompiledGrammar } from "./compile.ts";
import { type Trie, wordsOf } from "./trie.ts";

/** How far a search has come: a place in the grammar, the words of the text used up, and what the way there cost. */
interface Path {
  readonly state: State;
  /** Inside a phrase of a slot that leads to `state`. */
  readonly phrases: Trie | undefined;
  readonly used: number;
  readonly tool: string;
  readonly sentence: readonly string[];
}

/** In half words: a misspelt or a small word is a smaller mistake than a wrong one. */
const SMALL = 1;
const WHOLE = 2;
const MAX_COST = 4;
const MARGIN = 1;
const MAX_PATHS = 20_000;
const MAX_WORDS = 24;
const SMALL_WORDS = new Set("a an the to of in on for my me it is at please just some so um now".split(" "));

/**
 * The sentence of the grammar nearest to a text that is not of it, when at most two words have to change and no other
 * tool has a sentence about as near (as near after one small mistake, half a word further after more). It is for telling
 * the driver, never for acting on.
 */
export function suggest(grammar: CompiledGrammar, text: string): string | undefined {
  const words = wordsOf(text);
  if (words.length < 2 || words.length > MAX_WORDS) return undefined;
  const ends: { readonly cost: number; readonly path: Path }[] = [];
  for (const { cost, path } of byCost(grammar.start, words)) {
    const [best] = ends;
    if (best !== undefined && cost > best.cost + (best.cost > SMALL ? MARGIN : 0)) break;
    if (path.used < words.length || !isEnd(path) || path.tool === best?.path.tool) continue;
    if (best !== undefined) return undefined;
    ends.push({ cost, path });
  }
  const sentence = ends[0]?.path.sentence.join(" ");
  const calls = grammar.parse(sentence ?? "");
  return calls === undefined || calls.some(({ name }) => name === CANNOT) ? undefined : sentence;
}

/** Every path through the grammar beside the words, the cheapest first. */
function* byCost(start: State, words: readonly string[]): Generator<{ cost: number; path: Path }> {
  const queues: Path[][] = Array.from({ length: MAX_COST + 1 }, () => []);
  const seen = new Set<string>();
  const nameOf = namer();
  let visited = 0;
  queues[0]?.push({ state: start, phrases: undefined, used: 0, tool: "", sentence: [] });
  for (let cost = 0; cost <= MAX_COST; cost += 1) {
    for (const path of queues[cost] ?? []) {
      if (visited >= MAX_PATHS) return;
      const key = [nameOf(path.state), path.phrases ? nameOf(path.phrases) : 0, path.used, path.tool].join(" ");
      if (seen.has(key)) continue;
      seen.add(key);
      visited += 1;
      yield { cost, path };
      for (const [price, next] of edits(path, words)) queues[cost + price]?.push(next);
    }
  }
}

/** What can be done next: take the word that fits, take another for it, leave it out, or put one in. */
function* edits(path: Path, words: readonly string[]): Generator<readonly [number, Path]> {
  const typed = words[path.used];
  if (typed !== undefined) yield [SMALL_WORDS.has(typed) ? SMALL : WHOLE, { ...path, used: path.used + 1 }];
  for (const { word, courtesy, to } of moves(path)) {
    const next = { ...path, ...to, sentence: [...path.sentence, word] };
    if (word === typed) yield [0, { ...next, used: path.used + 1 }];
    if (courtesy || word === typed) continue;
    if (typed !== undefined) yield [isMisspelt(typed, word) ? SMALL : WHOLE, { ...next, used: path.used + 1 }];
    yield [SMALL_WORDS.has(word) ? SMALL : WHOLE, next];
  }
}

interface Move {
  readonly word: string;
  readonly courtesy: boolean;
  readonly to: Pick<Path, "state" | "phrases" | "tool">;
}

function moves({ state, phrases, tool }: Path): readonly Move[] {
  const inside = phrases === undefined ? [] : within(phrases, state, tool);
  if (phrases !== undefined && phrases.value === undefined) return inside;
  const outside = state.steps.flatMap((step): readonly Move[] => {
    if (step.type === "end" || step.type === "break") return [];
    const begun = step.actions.find((action) => action.type === "call")?.name ?? tool;
    if (step.type === "slot") return within(step.phrases, step.next, begun);
    return [{ word: step.word, courtesy: step.courtesy, to: { state: step.next, phrases: undefined, tool: begun } }];
  });
  return [...inside, ...outside];
}

const within = (phrases: Trie, state: State, tool: string): readonly Move[] =>
  Array.from(phrases.children, ([word, child]) => ({ word, courtesy: false, to: { state, phrases: child, tool } }));

const isEnd = ({ state, phrases }: Path): boolean =>
  (phrases === undefined || phrases.value !== undefined) && state.steps.some(({ type }) => type === "end");

/** Same first letter, and at most every third letter wrong. */
function isMisspelt(typed: string, word: string): boolean {
  return word.startsWith(typed.charAt(0)) && distance(typed, word) * 3 <= Math.max(typed.length, word.length);
}

/** Letters to change, add or drop. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const above = row;
    row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (above[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}

function namer(): (thing: object) => number {
  const names = new Map<object, number>();
  return (thing) => {
    const name = names.get(thing) ?? names.size + 1;
    names.set(thing, name);
    return name;
  };
}
