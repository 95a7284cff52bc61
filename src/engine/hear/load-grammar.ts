import type { Grammar, GrammarSpec } from "../understand/grammar.ts";
import { type Pronunciation, unknownWords, type Vocabulary } from "./pronunciations.ts";
import type { Recogniser } from "./recogniser.ts";

export interface LoadedGrammar extends Grammar {
  /** Words that do not count in an utterance's score. */
  readonly ignored: ReadonlySet<string>;
}

export interface GrammarParts {
  readonly recogniser: Recogniser;
  readonly compile: (spec: GrammarSpec) => Grammar;
  readonly lookUp: (words: readonly string[]) => Vocabulary;
}

/** Gives the recogniser a grammar. Throws a sentence that names the mistake; the grammar before stays in force. */
export function loadGrammar({ recogniser, compile, lookUp }: GrammarParts, spec: GrammarSpec): LoadedGrammar {
  const grammar = compile(spec);
  const fresh = grammar.words.filter((word) => !recogniser.knows(word));
  const { known, missing } = fresh.length === 0 ? { known: [], missing: [] } : lookUp(fresh);
  if (missing.length > 0) throw new Error(unknownWords(missing, spec));
  const wakeWords = spec.wakeWord.toLowerCase().split(/\s+/);
  const tails = known.filter(([entry]) => wakeWords.includes(entry)).flatMap(tailsOf);
  recogniser.setGrammar(grammar.network(), [...known, ...tails]);
  return { ...grammar, ignored: new Set(["hey", ...wakeWords]) };
}

const SHORTEST_TAIL = 2;
/** Numbers of alternative pronunciations, above those of the dictionary. */
const FIRST_TAIL = 10;

/** The wake word without its beginning, which is often gone before anybody listens, as further pronunciations of it. */
function tailsOf([entry, phones]: Pronunciation): readonly Pronunciation[] {
  const sounds = phones.split(" ");
  const cuts = Array.from({ length: Math.max(0, sounds.length - SHORTEST_TAIL) }, (_, index) => index + 1);
  return cuts.map((cut) => [`${entry}(${FIRST_TAIL + cut})`, sounds.slice(cut).join(" ")]);
}
