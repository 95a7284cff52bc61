import type { Grammar, GrammarSpec } from "../understand/grammar.ts";
import type { Pronunciation } from "./dictionary.ts";
import { unspeakable, type Vocabulary } from "./pronunciations.ts";
import type { Recogniser } from "./recogniser.ts";

export interface LoadedGrammar extends Grammar {
  /** Words that do not count in an utterance's score. */
  readonly ignored: ReadonlySet<string>;
}

export interface GrammarParts {
  readonly recogniser: Pick<Recogniser, "recall" | "load">;
  readonly compile: (spec: GrammarSpec) => Grammar;
  readonly lookUp: (words: readonly string[]) => Vocabulary;
}

/** Gives the recogniser a grammar. Throws a sentence that names the mistake; the grammar before stays in force. */
export type LoadGrammar = (spec: GrammarSpec) => LoadedGrammar;

/** Compiling one takes a third of a second, and each takes a megabyte; a dialogue comes back to the same few. */
const MAX_COMPILED = 8;

/** Remembers the grammars of before: changing to one of the last is a matter of milliseconds. */
export function grammarLoader({ recogniser, compile, lookUp }: GrammarParts): LoadGrammar {
  const compiled = new Map<string, Grammar>();
  return (spec) => {
    const name = JSON.stringify(spec);
    const grammar = compiled.get(name) ?? compile(spec);
    if (!recogniser.recall(name)) {
      const { known, missing } = lookUp(grammar.words);
      if (missing.length > 0) throw new Error(unspeakable(missing, spec));
      const tails = known.filter(([entry]) => wakeWordsOf(spec).includes(entry)).flatMap(tailsOf);
      recogniser.load(name, grammar.network(), [...known, ...tails]);
    }
    compiled.delete(name);
    compiled.set(name, grammar);
    if (compiled.size > MAX_COMPILED) compiled.delete(compiled.keys().next().value ?? "");
    return { ...grammar, ignored: new Set(["hey", ...wakeWordsOf(spec)]) };
  };
}

const wakeWordsOf = ({ wakeWord }: GrammarSpec): readonly string[] => wakeWord.toLowerCase().split(/\s+/);

const SHORTEST_TAIL = 2;
/** Numbers of alternative pronunciations, above those of the dictionary. */
const FIRST_TAIL = 10;

/** The wake word without its beginning, which is often gone before anybody listens, as further pronunciations of it. */
function tailsOf([entry, phones]: Pronunciation): readonly Pronunciation[] {
  const sounds = phones.split(" ");
  const cuts = Array.from({ length: Math.max(0, sounds.length - SHORTEST_TAIL) }, (_, index) => index + 1);
  return cuts.map((cut) => [`${entry}(${FIRST_TAIL + cut})`, sounds.slice(cut).join(" ")]);
}
