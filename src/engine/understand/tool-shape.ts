import type { Command } from "./automaton.ts";
import type { GrammarSpec, ListEntry, SpokenCall } from "./grammar.ts";
import type { NumberRange } from "./numbers.ts";
import type { Template } from "./template.ts";
import { wordings } from "./template-text.ts";
import type { Value } from "./trie.ts";

/** What may fill one argument, gathered from all templates of its tool. */
export interface SlotShape {
  readonly lists: readonly string[];
  readonly ranges: readonly NumberRange[];
  /** Words that stand for a value in a choice: `(on{on=true}|off{on=false})`. Of the same words the first count. */
  readonly words: readonly ListEntry[];
  /** What templates set without a word of its own: `{delta=2}`. */
  readonly fixed: readonly Value[];
  /** Of lists, words and what is fixed. */
  readonly values: ReadonlySet<Value>;
  /** Words that may follow a number: "degrees". */
  readonly units: readonly string[];
}

/** What the templates of a tool can say. */
export interface ToolShape {
  readonly name: string;
  readonly slots: ReadonlyMap<string, SlotShape>;
  /** The arguments that one sentence can bring together, by name. */
  readonly combinations: ReadonlySet<string>;
}

type Args = SpokenCall["args"];

const MAX_COMBINATIONS = 256;
const MAX_CARRIED = 8;

export function toolShapes(commands: readonly Command[], lists: GrammarSpec["lists"]): ReadonlyMap<string, ToolShape> {
  const names = new Set(commands.map(({ name }) => name));
  return new Map(
    Array.from(names, (name) => {
      const own = commands.filter((command) => command.name === name);
      return [
        name,
        shapeOf(
          name,
          own.map(({ template }) => template),
          lists,
        ),
      ];
    }),
  );
}

function shapeOf(name: string, templates: readonly Template[], lists: GrammarSpec["lists"]): ToolShape {
  const parts = templates.flatMap((template) => partsOf(template));
  const names = new Set(parts.flatMap((part) => ("slot" in part ? [part.slot] : [])));
  const slots = Array.from(names, (slot) => [slot, slotShape(slot, parts, lists)] as const);
  return { name, slots: new Map(slots), combinations: new Set(templates.flatMap(combinationsOf).map(keyOf)) };
}

function slotShape(slot: string, parts: readonly Template[], lists: GrammarSpec["lists"]): SlotShape {
  const own = parts.filter((part) => "slot" in part && part.slot === slot);
  const listed = [...new Set(own.flatMap((part) => (part.type === "list" ? [part.list] : [])))];
  const fixed = [...new Set(own.flatMap((part) => (part.type === "set" ? [part.value] : [])))];
  const words = parts.flatMap((part) => (part.type === "choice" ? wordsFor(slot, part.parts) : []));
  const entries = listed.flatMap((list) => lists[list] ?? []);
  return {
    lists: listed,
    ranges: covering(own.flatMap((part) => (part.type === "number" ? [part.range] : []))),
    words: [...new Map(words.toReversed().map((entry) => [entry.say, entry])).values()].toReversed(),
    fixed,
    values: new Set([...fixed, ...entries.map(({ value }) => value)]),
    units: [...new Set(parts.flatMap((part) => (part.type === "sequence" ? unitsIn(slot, part.parts) : [])))],
  };
}

/** Every part that has to do with an argument, at any depth. */
function partsOf(template: Template, found: Template[] = []): readonly Template[] {
  if (template.type === "word") return found;
  const before = found.length;
  if (template.type === "optional") partsOf(template.part, found);
  if (template.type === "sequence" || template.type === "choice")
    for (const part of template.parts) partsOf(part, found);
  if ("slot" in template || found.length > before) found.push(template);
  return found;
}

/** Of ranges with the same step one that has all their values. */
function covering(ranges: readonly NumberRange[]): readonly NumberRange[] {
  const steps = [...new Set(ranges.map(({ step }) => step))];
  return steps.map((step) => {
    const same = ranges.filter((range) => range.step === step);
    return { min: Math.min(...same.map(({ min }) => min)), max: Math.max(...same.map(({ max }) => max)), step };
  });
}

/** Only where every alternative is nothing but words for a value of this slot. */
function wordsFor(slot: string, alternatives: readonly Template[]): readonly ListEntry[] {
  const entries = alternatives.map((alternative) => {
    if (alternative.type !== "sequence") return [];
    const last = alternative.parts.at(-1);
    if (last?.type !== "set" || last.slot !== slot) return [];
    const said = wordings({ type: "sequence", parts: alternative.parts.slice(0, -1) }) ?? [];
    return said.map((words): ListEntry => ({ say: words.join(" "), value: last.value }));
  });
  return entries.every((some) => some.length > 0) ? entries.flat() : [];
}

function unitsIn(slot: string, parts: readonly Template[]): readonly string[] {
  return parts.flatMap((part, at) => {
    if (part.type !== "number" || part.slot !== slot) return [];
    const behind = parts.slice(at + 1).map((next) => (next.type === "optional" ? next.part : next));
    const end = behind.findIndex(({ type }) => type !== "word");
    return behind.slice(0, end < 0 ? undefined : end).flatMap((next) => (next.type === "word" ? [next.word] : []));
  });
}

function combinationsOf(template: Template): readonly (readonly string[])[] {
  if (partsOf(template).length === 0) return [[]];
  switch (template.type) {
    case "word":
      return [[]];
    case "list":
    case "number":
    case "set":
      return [[template.slot]];
    case "optional":
      return distinct([[], ...combinationsOf(template.part)]);
    case "choice":
      return distinct(template.parts.flatMap(combinationsOf));
    case "sequence":
      return template.parts.reduce<readonly (readonly string[])[]>(
        (before, part) => distinct(combinationsOf(part).flatMap((more) => before.map((names) => [...names, ...more]))),
        [[]],
      );
  }
}

const distinct = (sets: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  [...new Map(sets.map((names) => [keyOf(names), names])).values()].slice(0, MAX_COMBINATIONS);

const keyOf = (names: readonly string[]): string => [...new Set(names)].sort().join(" ");

/**
 * The arguments said now and as many of those from before as one sentence of the tool could bring with them; undefined
 * where no sentence could. So what has no sense beside the new ones ("by two degrees" beside "to twenty") is dropped.
 */
export function joined(shape: ToolShape, said: Args, before: Args): Args | undefined {
  const kept = Object.entries(before).filter(
    ([slot, value]) => !Object.hasOwn(said, slot) && takes(shape, slot, value),
  );
  return subsetsOf(kept.slice(0, MAX_CARRIED))
    .map((some) => ({ ...Object.fromEntries(some), ...said }))
    .find((args) => shape.combinations.has(keyOf(Object.keys(args))));
}

function takes({ slots }: ToolShape, slot: string, value: Value): boolean {
  const shape = slots.get(slot);
  return shape !== undefined && (shape.values.has(value) || shape.ranges.some((range) => isIn(range, value)));
}

export const isIn = ({ min, max }: NumberRange, value: Value): boolean =>
  typeof value === "number" && value >= min && value <= max;

/** The largest first. */
function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const all = items.reduce<readonly (readonly Item[])[]>(
    (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
    [[]],
  );
  return all.toSorted((a, b) => b.length - a.length);
}
