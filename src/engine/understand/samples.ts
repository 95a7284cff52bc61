import type { Command } from "./automaton.ts";
import { type CompiledGrammar, isBuiltIn } from "./compile.ts";
import type { SpokenCall } from "./grammar.ts";
import type { SpokenSlot, Template } from "./template.ts";
import type { Trie, Value } from "./trie.ts";

export interface Sample {
  readonly text: string;
  /** What the templates that it was made from ask for. */
  readonly calls: readonly SpokenCall[];
}

export interface SampleOptions {
  /** Commands in one sentence, joined by "and". Default 1. */
  readonly commands?: number;
  /** With the wake word in front and now and then a "please". Default false. */
  readonly spoken?: boolean;
}

interface Said {
  readonly words: readonly string[];
  readonly args: SpokenCall["args"];
}

/** Picks one of `count`. */
type Pick = (count: number) => number;

const NOTHING: Said = { words: [], args: {} };
const ARTICLES = ["the", "a", "my"];
const MAX_TRIES = 50;

/**
 * A sentence of the grammar; the same seed gives the same sentence. Successive seeds go through the templates in turn,
 * so as many seeds as there are templates cover each of them.
 */
export function sample(grammar: CompiledGrammar, seed: number, options: SampleOptions = {}): Sample {
  const commands = toolCommands(grammar);
  const pick = seededPick(seed);
  const said = Array.from({ length: options.commands ?? 1 }, (_, index) => {
    const command = commands[index === 0 ? seed % commands.length : pick(commands.length)];
    if (command === undefined) throw new RangeError("the grammar has no templates to take a sample from");
    const { words, args } = consistent(command.template, grammar, pick);
    return { text: words.join(" "), call: { name: command.name, args } };
  });
  const text = said.map((one) => one.text).join(" and ");
  return { text: options.spoken === true ? politely(text, grammar, pick) : text, calls: said.map((one) => one.call) };
}

/** The first sentence of each tool, as plainly as it goes, where that is an order; tools that only answer are left out. */
export function examplesOf(grammar: CompiledGrammar): readonly string[] {
  const first = new Map<string, string>();
  for (const { name, template } of toolCommands(grammar)) {
    if (!first.has(name)) first.set(name, plainly(template, grammar).join(" "));
  }
  return [...first.values()].filter((text) => !NO_ORDER.test(text));
}

/** "I can …" reads on only with an order. */
const NO_ORDER = /^(what|how|is|are|am|when|which|do|does|where|who|why|can|i|i'm|it|it's|the|too|let)\b/;

const toolCommands = ({ commands }: CompiledGrammar): readonly Command[] =>
  commands.filter(({ name }) => !isBuiltIn(name));

function politely(text: string, grammar: CompiledGrammar, pick: Pick): string {
  const before = ["", "", "please ", "can you "][pick(4)] ?? "";
  return `${grammar.wakeWord} ${before}${text}${before === "" && pick(3) === 0 ? " please" : ""}`;
}

/** A template may fill one slot in two places; only what does not contradict itself is a sentence. */
function consistent(template: Template, grammar: CompiledGrammar, pick: Pick): Said {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const said = say(template, NOTHING, grammar, pick);
    if (said !== undefined) return said;
  }
  throw new RangeError("a template contradicts itself in nearly every variant");
}

function say(template: Template, before: Said, grammar: CompiledGrammar, pick: Pick): Said | undefined {
  switch (template.type) {
    case "word":
      return { ...before, words: [...before.words, template.word] };
    case "set":
      return told(before, [], template.slot, template.value);
    case "optional":
      return pick(2) === 0 ? before : say(template.part, before, grammar, pick);
    case "choice": {
      const part = template.parts[pick(template.parts.length)];
      return part && say(part, before, grammar, pick);
    }
    case "sequence":
      return template.parts.reduce<Said | undefined>((said, part) => said && say(part, said, grammar, pick), before);
    case "list":
    case "number": {
      const phrases = phrasesIn(grammar.phrasesOf(template));
      const phrase = phrases[pick(phrases.length)];
      return phrase && told(before, phrase.words, template.slot, phrase.value);
    }
  }
}

function told(before: Said, words: readonly string[], slot: string, value: Value): Said | undefined {
  if ((before.args[slot] ?? value) !== value) return undefined;
  return { words: [...before.words, ...words], args: { ...before.args, [slot]: value } };
}

/** The first alternative everywhere, with the articles that make it a sentence. */
function plainly(template: Template, grammar: CompiledGrammar): readonly string[] {
  switch (template.type) {
    case "word":
      return [template.word];
    case "set":
      return [];
    case "optional": {
      const [word = "", ...more] = plainly(template.part, grammar);
      return more.length === 0 && ARTICLES.includes(word) ? [word] : [];
    }
    case "choice":
      return template.parts.slice(0, 1).flatMap((part) => plainly(part, grammar));
    case "sequence":
      return template.parts.flatMap((part) => plainly(part, grammar));
    case "list":
    case "number":
      return plainPhrase(template, grammar);
  }
}

function plainPhrase(slot: SpokenSlot, grammar: CompiledGrammar): readonly string[] {
  const phrases = phrasesIn(grammar.phrasesOf(slot));
  return phrases[slot.type === "list" ? 0 : Math.floor(phrases.length / 2)]?.words ?? [];
}

interface Phrase {
  readonly words: readonly string[];
  readonly value: Value;
}

function phrasesIn(trie: Trie, words: readonly string[] = []): readonly Phrase[] {
  const here = trie.value === undefined ? [] : [{ words, value: trie.value }];
  return [...here, ...[...trie.children].flatMap(([word, child]) => phrasesIn(child, [...words, word]))];
}

/** A small generator of even quality (mulberry32): benchmarks must say the same on every machine. */
function seededPick(seed: number): Pick {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}
