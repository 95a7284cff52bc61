/** What may stand in a slot. */
export interface ListEntry {
  readonly say: string;
  readonly value: string | number | boolean;
}

/** Everything that can be said in one language: what `session.codriver` brought, reduced to that language. */
export interface GrammarSpec {
  readonly phrases: Readonly<Record<string, readonly string[]>>;
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  readonly wakeWord: string;
}

/** One tool call that the words ask for. Arguments that were not said are absent. */
export interface SpokenCall {
  readonly name: string;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

/**
 * How far a text has come: `nothing` when it is empty or only the wake word; `incomplete` when more must follow;
 * `unfinished` when it is whole but ends inside a number or name that could go on ("… to twenty" + "two");
 * `extendable` when it is whole but something could be added ("turn on the seat heating" + "for the passenger");
 * `complete` when only another command ("and …") or a courtesy could follow.
 */
export type Completeness = "nothing" | "incomplete" | "unfinished" | "extendable" | "complete";

/** One word from one place in a sentence to another. */
export interface WordArc {
  readonly from: number;
  readonly to: number;
  readonly word: string;
  /** How likely, next to 1 for an ordinary word from the same place and for ending there. */
  readonly weight: number;
}

/** Every sentence of a grammar as paths through numbered states, each sentence one path: minimal and deterministic. */
export interface WordNetwork {
  /** States are numbered from 0. */
  readonly states: number;
  readonly start: number;
  /** Where a sentence may end. */
  readonly ends: readonly number[];
  /** Where a sentence may be broken off: only its last argument is missing, and it is clear which. No place of `ends`. */
  readonly breaks: readonly number[];
  readonly arcs: readonly WordArc[];
}

/** One compiled grammar: the recogniser's half and the parser's half, from the same templates. */
export interface Grammar {
  /** JSGF text with one public rule: to be read by people and other recognisers. Ours searches the network. */
  readonly jsgf: string;
  /** What the recogniser searches, built at the first call. The same sentences as `jsgf`, many times faster to search. */
  network(): WordNetwork;
  /** Every word of the JSGF, lower case. */
  readonly words: readonly string[];
  /** The calls that a whole utterance asks for, in order; undefined when it is not of this grammar. */
  parse(text: string): readonly SpokenCall[] | undefined;
  completeness(text: string): Completeness;
}
