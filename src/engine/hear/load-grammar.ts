import type { Grammar, GrammarSpec } from "../understand/grammar.ts";
import { unknownWords, type Vocabulary } from "./pronunciations.ts";
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
  recogniser.setGrammar(grammar.network(), known);
  return { ...grammar, ignored: new Set(["hey", ...spec.wakeWord.toLowerCase().split(/\s+/)]) };
}
