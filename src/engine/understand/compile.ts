import { buildAutomaton, type Command, type Courtesies, type State } from "./automaton.ts";
import { completenessOf } from "./completeness.ts";
import type { Grammar, GrammarSpec, WordNetwork } from "./grammar.ts";
import { toJsgf } from "./jsgf.ts";
import { bestCalls, read } from "./matcher.ts";
import { buildNetwork } from "./network.ts";
import { likelihoodOf, spokenForms, valuesOf } from "./numbers.ts";
import { otherWishes } from "./other-wishes.ts";
import { readSpec } from "./read-spec.ts";
import { parseTemplate, type SpokenSlot } from "./template.ts";
import { buildTrie, type Trie, type TrieEntry, wordsOf } from "./trie.ts";

/** A grammar with its insides open, for those who make sentences from it. */
export interface CompiledGrammar extends Grammar {
  readonly wakeWord: string;
  readonly start: State;
  readonly commands: readonly Command[];
  phrasesOf(slot: SpokenSlot): Trie;
}

/** Calls that need no tool begin like this. No tool can have such a name, since the model APIs allow no dot in it. */
const BUILT_IN_PREFIX = "codriver.";
export const HELP = "codriver.help";
export const NEVER_MIND = "codriver.never-mind";
/** A wish that no tool can fulfil, understood only to be refused. */
export const CANNOT = "codriver.cannot";

export const isBuiltIn = (name: string): boolean => name.startsWith(BUILT_IN_PREFIX);

const BUILT_IN: GrammarSpec["phrases"] = {
  [HELP]: ["what can (you do|i say)", "help me"],
  [NEVER_MIND]: ["never mind", "forget it"],
};

const BEFORE = "(please|(can|could|would|will) you [please]|i (want|would like) [you] to|i'd like [you] to)";
const AFTER = "(please|thanks|thank you)";
const JOIN = "(and|and then|then)";

/**
 * Makes the recogniser's grammar and the parser from the same templates. Throws a GrammarError that names every mistake.
 * The name alone is no utterance to `parse`; `completeness` calls it `nothing`.
 */
export function compileGrammar(spec: GrammarSpec): CompiledGrammar {
  const hasTools = Object.keys(spec.phrases).some((name) => !isBuiltIn(name));
  const others = hasTools ? otherWishes(spec) : [];
  const commands = readSpec({ ...spec, phrases: { ...spec.phrases, ...BUILT_IN, [CANNOT]: others } });
  const phrasesOf = phraseBook(spec.lists);
  const around: Courtesies = {
    wake: parseTemplate(`[hey] ${spec.wakeWord}`),
    before: parseTemplate(BEFORE),
    after: parseTemplate(AFTER),
    join: parseTemplate(JOIN),
  };
  const start = buildAutomaton(
    commands.map((command) => ({ ...command, breaks: !isBuiltIn(command.name) })),
    around,
    phrasesOf,
  );
  const jsgf = toJsgf(commands, around, phrasesOf);
  const saysNothing = isBeginningOf(wordsOf(spec.wakeWord));
  let network: WordNetwork | undefined;

  return {
    jsgf,
    words: wordsIn(jsgf),
    network: () => (network ??= buildNetwork(start)),
    wakeWord: spec.wakeWord,
    start,
    commands,
    phrasesOf,
    parse: (text) => bestCalls(read(start, wordsOf(text))),
    completeness: (text) => {
      const words = wordsOf(text);
      return saysNothing(words) ? "nothing" : completenessOf(read(start, words));
    },
  };
}

/** Every phrase that may fill a slot; lists and number ranges are laid out once each. */
function phraseBook(lists: GrammarSpec["lists"]): (slot: SpokenSlot) => Trie {
  const known = new Map<string, Trie>();
  return (slot) => {
    const key = slot.type === "list" ? slot.list : JSON.stringify(slot.range);
    const phrases = known.get(key) ?? buildTrie(entriesOf(slot, lists));
    known.set(key, phrases);
    return phrases;
  };
}

const entriesOf = (slot: SpokenSlot, lists: GrammarSpec["lists"]): readonly TrieEntry[] =>
  slot.type === "list"
    ? (lists[slot.list] ?? []).map(({ say, value }) => ({ path: wordsOf(say), value }))
    : valuesOf(slot.range).flatMap((value) =>
        spokenForms(value).map((say) => ({ path: wordsOf(say), value, weight: likelihoodOf(value, slot.range) })),
      );

function wordsIn(jsgf: string): readonly string[] {
  const bodies = jsgf.replace(/^(#|grammar|public).*$/gm, "").replace(/<[^>]*>/g, "");
  return [...new Set(bodies.match(/[\p{L}']+/gu))].sort();
}

/** The name, or as much of it as has been said, with or without "hey". */
const isBeginningOf =
  (name: readonly string[]) =>
  (words: readonly string[]): boolean => {
    const said = words[0] === "hey" ? words.slice(1) : words;
    return said.length <= name.length && said.every((word, index) => word === name[index]);
  };
