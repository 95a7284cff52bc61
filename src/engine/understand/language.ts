import { type CompiledGrammar, compileGrammar, isBuiltIn } from "./compile.ts";
import { fragmentsOf, type Situation } from "./fragments.ts";
import type { GrammarSpec, SpokenCall } from "./grammar.ts";
import { type Incomplete, incompleteOf } from "./incomplete.ts";
import { ALWAYS } from "./pseudo-calls.ts";
import type { Question } from "./question.ts";
import { readSpec } from "./read-spec.ts";
import type { Stock } from "./stock.ts";
import { toolShapes } from "./tool-shape.ts";
import { type Topics, topicPhrases } from "./topics.ts";
import { parseTyped } from "./typed.ts";

/** What a client says about how its tools are asked for. */
export interface LanguageSpec extends GrammarSpec {
  /** Tool → templates that go on from a call before. */
  readonly after?: Readonly<Record<string, readonly string[]>>;
  /** Tool → templates that name what it is about. */
  readonly topics?: Readonly<Record<string, readonly string[]>>;
  /** Tools that may be called, and the arguments that each takes; by default what has phrases, and what those bring. */
  readonly tools?: ReadonlyMap<string, readonly string[]>;
}

/** What can be understood in one situation. */
export interface Listening {
  /** For the recogniser. The same object for the same situation. */
  readonly spec: GrammarSpec;
  /** The calls that heard or typed words ask for. */
  read(text: string): readonly SpokenCall[] | undefined;
}

/** All that one client's drivers can say. */
export interface Language {
  /** What can be said at any time. */
  readonly grammar: CompiledGrammar;
  readonly stock: Stock;
  /** Whether there is such a tool, with all these arguments. */
  offers(call: SpokenCall): boolean;
  readonly topics: Topics;
  listening(situation: Situation): Listening;
  /** Which argument a sentence lacks; undefined when it is whole, or lacks more, or it is not clear which tool is meant. */
  missing(text: string): Missing | undefined;
}

export type Missing = Question & { type: "slot" };

const JOINED = /\b(?:and|then)\b/;
/** Situations that are remembered with their grammars; of more, the oldest are made anew. */
const MAX_KNOWN = 32;

/** Throws a GrammarError that names every mistake. */
export function openLanguage({ after = {}, topics: named = {}, tools, ...given }: LanguageSpec): Language {
  const topics = topicPhrases(given.phrases, named);
  const spec: GrammarSpec = {
    ...given,
    phrases: { ...given.phrases, ...ALWAYS, ...topics.phrases },
    lists: { ...given.lists, ...topics.lists },
  };
  const grammar = compileGrammar(spec);
  const continuations = readSpec({ ...spec, phrases: after });
  const wishes = grammar.commands.filter(({ name }) => !isBuiltIn(name));
  const stock: Stock = {
    shapes: toolShapes([...wishes, ...continuations], spec.lists),
    lists: given.lists,
    after: new Map(Object.entries(after)),
  };
  const known = new Map<string, Listening>();
  return {
    grammar,
    stock,
    offers: ({ name, args }) => {
      const known = tools === undefined ? stock.shapes.get(name)?.slots.keys() : tools.get(name);
      const names = new Set(known);
      return known !== undefined && Object.keys(args).every((arg) => names.has(arg));
    },
    topics,
    listening: (situation) => {
      const key = JSON.stringify([situation.tools, keyOf(situation.question)]);
      const listening = known.get(key) ?? listeningTo(spec, grammar, fragmentsOf(situation, stock));
      known.delete(key);
      known.set(key, listening);
      if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? "");
      return listening;
    },
    missing: missingIn(spec, incompleteOf(wishes)),
  };
}

/** Only what decides what may be answered. */
const keyOf = (question: Question | undefined): unknown =>
  question === undefined
    ? undefined
    : [question.tool, question.type === "slot" ? question.slot : question.options.map(({ say }) => say)];

function listeningTo(
  base: GrammarSpec,
  grammar: CompiledGrammar,
  fragments: Pick<GrammarSpec, "phrases" | "lists">,
): Listening {
  if (Object.keys(fragments.phrases).length === 0) {
    return { spec: base, read: (text) => parse(grammar, text) };
  }
  const lists = { ...base.lists, ...fragments.lists };
  const spec: GrammarSpec = { ...base, phrases: { ...fragments.phrases, ...base.phrases }, lists };
  // The whole takes tens of milliseconds to compile, and only sentences that mix both kinds need it.
  const pieces = lazily(() => compileGrammar({ ...base, phrases: fragments.phrases, lists }));
  const whole = lazily(() => compileGrammar(spec));
  return {
    spec,
    read: (text) =>
      parse(pieces(), text) ?? parse(grammar, text) ?? (JOINED.test(text) ? parse(whole(), text) : undefined),
  };
}

/** As it is spelt, else in other spellings of the same. */
const parse = (grammar: CompiledGrammar, text: string): readonly SpokenCall[] | undefined =>
  grammar.parse(text) ?? parseTyped(grammar, text);

/** One grammar for each argument: a sentence that several of them could have begun is not asked about. */
function missingIn(spec: GrammarSpec, incomplete: readonly Incomplete[]): Language["missing"] {
  const places = new Map<string, readonly Incomplete[]>();
  for (const one of incomplete) {
    const place = `${one.tool} ${one.slot}`;
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  const grammars = lazily(() =>
    Array.from(places.values(), (some) => ({
      slot: some[0]?.slot ?? "",
      grammar: compileGrammar({ ...spec, phrases: { [some[0]?.tool ?? ""]: some.map(({ template }) => template) } }),
    })),
  );
  return (text) => {
    const found = grammars().flatMap(({ slot, grammar }): readonly Missing[] => {
      const [call, ...others] = parseTyped(grammar, text) ?? [];
      if (call === undefined || others.length > 0 || isBuiltIn(call.name)) return [];
      return [{ type: "slot", tool: call.name, slot, args: call.args }];
    });
    return found.length === 1 ? found[0] : undefined;
  };
}

function lazily<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
