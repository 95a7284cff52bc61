import type { Command, Courtesies } from "./automaton.ts";
import type { SpokenSlot, Template } from "./template.ts";
import { buildTrie, type Trie } from "./trie.ts";

/**
 * The recogniser's grammar. Templates that begin alike share their beginning, since the recogniser pays for every path
 * on every frame. Further commands are a right recursion, which, unlike a second mention, does not double the network.
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
  const openings = buildTrie(
    commands.flatMap(({ template }) =>
      spread(template).map((parts) => ({
        path: parts.map((part) => print(part, refer)).filter(isSpoken),
        value: true,
      })),
    ),
  );
  const rules: readonly (readonly [string, string])[] = [
    ["wish", "[ <before> ] <command> [ <after> | <join> <wish> ]"],
    ["command", printTrie(openings)],
    ...Object.entries<Template>({ ...around }).map(([name, template]) => [name, print(template, refer)] as const),
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

/**
 * "(set|put) the fan" as "set the fan" and "put the fan", so that every verb is one path, whatever it is said of.
 * An optional end is spread too: an empty path beside another empty path would make the recogniser search twice.
 */
function spread(template: Template): readonly (readonly Template[])[] {
  const parts = template.type === "sequence" ? template.parts : [template];
  const [first, ...rest] = parts;
  const last = parts.at(-1);
  if (first?.type === "sequence") return spread({ type: "sequence", parts: [...first.parts, ...rest] });
  if (first?.type === "choice")
    return first.parts.flatMap((part) => spread({ type: "sequence", parts: [part, ...rest] }));
  return last?.type === "optional" && parts.length > 1
    ? [parts.slice(0, -1), [...parts.slice(0, -1), last.part]]
    : [parts];
}

const isSpoken = (text: string): boolean => text !== "";

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
