import { z } from "zod";
import { DEFAULT_NAME } from "../../engine/engine-understanding.ts";
import type { GrammarSpec, ListEntry } from "../../engine/understand/grammar.ts";
import { phrasesFromSchema } from "../../engine/understand/schema-phrases.ts";
import { parseTemplate, type Template, TemplateError } from "../../engine/understand/template.ts";
import { DocumentError, parseYaml, readYaml } from "../../shared/yaml-document.ts";
import { expand, slotsIn } from "./expand.ts";

/** A value of a list entry or of an argument. */
const VALUE = z.union([z.string(), z.number(), z.boolean()]);

const ENTRY = z.union(
  [z.string(), z.strictObject({ say: z.union([z.string(), z.array(z.string()).min(1)]), value: VALUE })],
  "expected what is said, or {say: …, value: …}",
);

const TOOL = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "letters, digits, _ and - only, at most 64"),
  description: z.string().optional(),
  parameters: z
    .looseObject({ type: z.literal("object"), properties: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
  phrases: z.array(z.string()).min(1).optional(),
});

const SHAPE = z.strictObject({
  wakeWord: z.string().default(DEFAULT_NAME),
  tools: z.array(TOOL).min(1, "a tool at least"),
  lists: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.array(ENTRY).min(1, "the list is empty")).default({}),
});

type Shape = z.output<typeof SHAPE>;
const TOOLS_FILE = SHAPE.superRefine(checkWords);

/** What can be asked for, read from a file (`docs/eval.md` has the format). Throws a DocumentError with file and line. */
export function readToolsFile(file: string): GrammarSpec {
  return grammarSpec(readYaml(file, TOOLS_FILE), file);
}

/** As `readToolsFile`, for text already in memory; `file` is the name that problems carry. */
export function parseToolsFile(text: string, file: string): GrammarSpec {
  return grammarSpec(parseYaml(text, TOOLS_FILE, file), file);
}

function grammarSpec({ wakeWord, tools, lists }: Shape, file: string): GrammarSpec {
  const own = tools.flatMap(({ name, phrases }) => (phrases === undefined ? [] : [[name, phrases] as const]));
  const made = phrasesFromSchema(tools.filter(({ phrases }) => phrases === undefined));
  if (made.unspoken.length > 0) {
    const reason = `${made.unspoken.join(", ")}: no phrases can be made from the schema; write some`;
    throw new DocumentError(file, [{ key: "tools", reason }]);
  }
  return {
    phrases: { ...made.phrases, ...Object.fromEntries(own) },
    lists: { ...made.lists, ...mapValues(lists, (entries) => entries.flatMap(entriesOf)) },
    wakeWord,
  };
}

/** A plain entry is its own value; all ways to say an entry with a value have that one. */
function entriesOf(entry: z.output<typeof ENTRY>): readonly ListEntry[] {
  if (typeof entry === "string") return expand(entry).map((say) => ({ say, value: say }));
  return [entry.say].flat().flatMap((text) => expand(text).map((say) => ({ say, value: entry.value })));
}

/** Finds every mistake in templates and entries, each with its place in the file. */
function checkWords({ tools, lists }: Shape, context: z.RefinementCtx<Shape>): void {
  const complain = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  for (const [name, entries] of Object.entries(lists)) {
    entries.forEach((entry, index) => {
      const problem = problemOf(() => entriesOf(entry));
      if (problem !== undefined) complain(["lists", name, index], problem);
    });
  }
  const names = new Set<string>();
  tools.forEach(({ name, parameters, phrases = [] }, at) => {
    if (names.has(name)) complain(["tools", at, "name"], `there are two tools "${name}"`);
    names.add(name);
    phrases.forEach((text, index) => {
      const problem = problemOf(() => checkSlots(parseTemplate(text), parameters?.properties ?? {}, lists));
      if (problem !== undefined) complain(["tools", at, "phrases", index], problem);
    });
  });
}

function checkSlots(template: Template, properties: object, lists: object): void {
  for (const part of slotsIn(template)) {
    if (!Object.hasOwn(properties, part.slot)) throw new TemplateError(1, `the tool has no parameter "${part.slot}"`);
    if (part.type === "list" && !Object.hasOwn(lists, part.list)) {
      throw new TemplateError(1, `there is no list "${part.list}"`);
    }
  }
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
