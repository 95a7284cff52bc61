import type { CompiledGrammar } from "./compile.ts";
import type { GrammarSpec, ListEntry } from "./grammar.ts";
import { VERB } from "./orders.ts";
import { HELP_WITH } from "./pseudo-calls.ts";
import { readSpec } from "./read-spec.ts";
import { examplesOf } from "./samples.ts";
import { thingOf } from "./schema-phrases.ts";
import { wordings } from "./template-text.ts";

/** What help can be asked about. */
export type Topics = Pick<GrammarSpec, "phrases" | "lists">;

const LIST = "codriver_topic";
const ABOUT = `[the|my] {topic:${LIST}}`;
const PHRASES = [
  `what can (you do|i say|i do) (with|about|to|for) ${ABOUT}`,
  `(help|help me) with ${ABOUT}`,
  `how (do|can) i (use|control|change|set) ${ABOUT}`,
];

/**
 * "What can you do with the windows?": names of what the tools are about, either given or, of each tool's own name, the
 * words that drivers use as well. Throws a GrammarError when a name has slots.
 */
export function topicPhrases(
  phrases: GrammarSpec["phrases"],
  named: Readonly<Record<string, readonly string[]>>,
): Topics {
  const tools = new Map<string, readonly string[]>();
  for (const [tool, templates] of Object.entries(phrases)) {
    for (const name of Object.hasOwn(named, tool) ? namesIn(tool, named[tool] ?? []) : wordsOfName(tool, templates))
      tools.set(name, [...(tools.get(name) ?? []), tool]);
  }
  const entries = Array.from(tools, ([say, about]): ListEntry => ({ say, value: [...new Set(about)].join(" ") }));
  return entries.length === 0
    ? { phrases: {}, lists: {} }
    : { phrases: { [HELP_WITH]: PHRASES }, lists: { [LIST]: entries } };
}

const namesIn = (tool: string, templates: readonly string[]): readonly string[] =>
  readSpec({
    phrases: { [`${tool}, topics`]: templates },
    lists: {},
    wakeWord: tool.replace(/[^a-z]+/gi, " "),
  }).flatMap(({ template }) => (wordings(template) ?? []).map((words) => words.join(" ")));

function wordsOfName(tool: string, templates: readonly string[]): readonly string[] {
  const said = new Set(
    templates
      .join(" ")
      .toLowerCase()
      .match(/[\p{L}']+/gu),
  );
  return thingOf(tool)
    .split(" ")
    .flatMap((word) => [word, `${word}s`, word.replace(/s$/, "")])
    .filter((word, index, all) => said.has(word) && all.indexOf(word) === index);
}

/** Ways to ask for what one topic is about, each as plainly as it goes. */
export function examplesAbout(topic: string, { commands, ...grammar }: CompiledGrammar): readonly string[] {
  const about = topic.split(" ");
  // One name for each template: examples are given one to a name.
  const own = commands
    .filter(({ name }) => about.includes(name))
    .map(({ template }, index) => ({ name: String(index), template }));
  return [...new Set(examplesOf({ ...grammar, commands: own }))].filter((example) => VERB.test(`${example} `));
}
