import type { Command, Courtesies } from "./automaton.ts";
import type { SpokenSlot, Template } from "./template.ts";
import type { Trie } from "./trie.ts";

/**
 * The grammar as text: one rule for each tool, list and number. Phrases of a list that share words share paths. Further
 * commands are a right recursion, which, unlike a second mention, does not double the recogniser's network.
 */
export function toJsgf(
  commands: readonly Command[],
  around: Courtesies,
  phrasesOf: (slot: SpokenSlot) => Trie,
): string {
  const slotRules = new Map<string, string>();
  const refer = (slot: SpokenSlot): string => {
    const name = slotRule(slot);
    if (!slotRules.has(name)) slotRules.set(name, printTrie(phrasesOf(slot)));
    return `<${name}>`;
  };
  const tools = new Map<string, string[]>();
  for (const { name, template } of commands) {
    const variants = tools.get(name) ?? [];
    tools.set(name, [...variants, print(template, refer)]);
  }
  const toolRules = [...tools].map(([name, variants], index): [string, string] => [
    `tool_${index}_${name.replace(/\W/g, "_")}`,
    variants.join(" | "),
  ]);
  const rules: readonly (readonly [string, string])[] = [
    ["wish", "[ <before> ] <command> [ <after> | <join> <wish> ]"],
    ["command", toolRules.map(([name]) => `<${name}>`).join(" | ")],
    ...Object.entries<Template>({ ...around }).map(([name, template]) => [name, print(template, refer)] as const),
    ...toolRules,
    ...slotRules,
  ];
  return [
    "#JSGF V1.0;",
    "grammar codriver;",
    "public <utterance> = [ <wake> ] <wish> | <wake> ;",
    ...rules.map(([name, body]) => `<${name}> = ${body} ;`),
    "",
  ].join("\n");
}

function slotRule(slot: SpokenSlot): string {
  if (slot.type === "list") return `list_${slot.list}`;
  const { min, max, step } = slot.range;
  return `number_${[min, max, step].join("_").replaceAll(".", "p").replaceAll("-", "m")}`;
}

function print(template: Template, refer: (slot: SpokenSlot) => string): string {
  switch (template.type) {
    case "word":
      return template.word;
    case "set":
      return "";
    case "list":
    case "number":
      return refer(template);
    case "optional":
      return `[ ${printChoice(template.part.type === "choice" ? template.part.parts : [template.part], refer)} ]`;
    case "choice":
      return `( ${printChoice(template.parts, refer)} )`;
    case "sequence":
      return template.parts
        .map((part) => print(part, refer))
        .filter((part) => part !== "")
        .join(" ");
  }
}

const printChoice = (parts: readonly Template[], refer: (slot: SpokenSlot) => string): string =>
  parts.map((part) => print(part, refer)).join(" | ");

/** Words that are followed by the same phrases stand together: "( twenty | thirty ) [ one | two ]". */
function printTrie(trie: Trie): string {
  const byTail = new Map<string, string[]>();
  for (const [word, child] of trie.children) {
    const tail = child.children.size === 0 ? "" : printTail(child);
    byTail.set(tail, [...(byTail.get(tail) ?? []), word]);
  }
  return [...byTail]
    .map(([tail, words]) => {
      if (tail === "") return words.join(" | ");
      return `${words.length === 1 ? words.join("") : `( ${words.join(" | ")} )`} ${tail}`;
    })
    .join(" | ");
}

function printTail(trie: Trie): string {
  const phrases = printTrie(trie);
  if (trie.value !== undefined) return `[ ${phrases} ]`;
  return trie.children.size > 1 ? `( ${phrases} )` : phrases;
}
