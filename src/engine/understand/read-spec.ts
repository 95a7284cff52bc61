import type { Command } from "./automaton.ts";
import type { GrammarSpec, ListEntry } from "./grammar.ts";
import { GrammarError } from "./grammar-error.ts";
import { parseTemplate, type SpokenSlot, type Template, TemplateError } from "./template.ts";

const MAX_TEMPLATES = 5_000;
const MAX_ENTRIES = 5_000;
const PHRASE = /^[\p{L}' ]*[\p{L}][\p{L}' ]*$/u;

/** All templates of a grammar in their order, each list checked. Throws a GrammarError that names every mistake. */
export function readSpec(spec: GrammarSpec): readonly Command[] {
  const problems = problemsOfLists(spec.lists);
  if (!PHRASE.test(spec.wakeWord)) problems.push(`wake word "${spec.wakeWord}": letters, apostrophes and spaces only`);

  const commands: Command[] = [];
  for (const [name, templates] of Object.entries(spec.phrases)) {
    templates.forEach((text, index) => {
      const where = `${name}, template ${index + 1} "${shorten(text)}"`;
      const template = tryParse(text);
      if (typeof template === "string") problems.push(`${where}, ${template}`);
      else {
        problems.push(...unknownLists(template, spec.lists).map((list) => `${where}: there is no list "${list}"`));
        commands.push({ name, template });
      }
    });
  }
  if (commands.length > MAX_TEMPLATES) problems.push(`${commands.length} templates; at most ${MAX_TEMPLATES} fit`);
  if (problems.length > 0) throw new GrammarError(problems);
  return commands;
}

function problemsOfLists(lists: GrammarSpec["lists"]): string[] {
  return Object.entries(lists).flatMap(([name, entries]) => {
    if (entries.length === 0) return [`list "${name}" is empty`];
    if (entries.length > MAX_ENTRIES)
      return [`list "${name}" has ${entries.length} entries; at most ${MAX_ENTRIES} fit`];
    return entries.flatMap((entry) => problemOfEntry(name, entry) ?? []);
  });
}

const problemOfEntry = (list: string, { say }: ListEntry): string | undefined =>
  PHRASE.test(say) ? undefined : `list "${list}", entry "${shorten(say)}": letters, apostrophes and spaces only`;

function tryParse(text: string): Template | string {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

const unknownLists = (template: Template, lists: GrammarSpec["lists"]): readonly string[] =>
  slotsOf(template).flatMap((slot) => (slot.type === "list" && !Object.hasOwn(lists, slot.list) ? [slot.list] : []));

function slotsOf(template: Template): readonly SpokenSlot[] {
  switch (template.type) {
    case "list":
    case "number":
      return [template];
    case "sequence":
    case "choice":
      return template.parts.flatMap(slotsOf);
    case "optional":
      return slotsOf(template.part);
    case "word":
    case "set":
      return [];
  }
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
