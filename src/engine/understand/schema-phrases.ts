import type { GrammarSpec, ListEntry } from "./grammar.ts";
import { isRangeOk, sayNumber } from "./numbers.ts";

/** A tool as model APIs describe it: `parameters` is a JSON Schema. */
export interface PlainTool {
  readonly name: string;
  readonly parameters?: unknown;
}

export interface SchemaPhrases extends Pick<GrammarSpec, "phrases" | "lists"> {
  /** Tools that need something that has no end of spoken forms, such as free text. */
  readonly unspoken: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly type: "list" | "number" | "switch";
  readonly slot: string;
  readonly required: boolean;
  /** What fills the slot, in the words of a template. */
  readonly list: string;
  readonly entries: readonly ListEntry[];
}

const VERBS: Readonly<Record<string, string>> = {
  set: "(set|put|change|turn)",
  change: "(set|change)",
  adjust: "(set|adjust|change)",
  control: "(set|change)",
  get: "(what is|what's|tell me|get|show me)",
  read: "(what is|what's|tell me|read)",
  query: "(what is|what's|tell me)",
  start: "(start|begin)",
  stop: "(stop|end)",
  cancel: "(cancel|stop)",
  ...Object.fromEntries(
    "open close lock unlock play pause turn switch enable disable activate toggle find call send add remove show"
      .split(" ")
      .map((verb) => [verb, verb]),
  ),
};

/**
 * Simple phrases for tools whose client sent none, made of the tool's name and its schema: `set_cabin_temperature
 * {zone, celsius}` is heard as "set the driver cabin temperature to twenty one degrees".
 */
export function phrasesFromSchema(tools: readonly PlainTool[]): SchemaPhrases {
  const phrases = new Map<string, readonly string[]>();
  const lists = new Map<string, readonly ListEntry[]>();
  const unspoken: string[] = [];
  for (const tool of tools) {
    const parameters = readParameters(tool);
    const templates = parameters === undefined ? [] : templatesOf(tool.name, parameters);
    if (templates.length === 0) unspoken.push(tool.name);
    else phrases.set(tool.name, templates);
    for (const { type, list, entries } of parameters ?? []) {
      if (type === "list") lists.set(list, entries);
    }
  }
  return { phrases: Object.fromEntries(phrases), lists: Object.fromEntries(lists), unspoken };
}

function templatesOf(tool: string, parameters: readonly Parameter[]): readonly string[] {
  const [verb, noun] = verbAndNoun(tool);
  if (noun === "") return [];
  const onOff = parameters.find(({ type }) => type === "switch");
  const values = parameters.filter(({ type }) => type === "number").map(sayValue);
  const [lead, ...others] = parameters.filter(({ type }) => type === "list");
  const behind = others.map(sayBehind);

  const around = (start: readonly string[], end: readonly string[] = []): readonly string[][] => {
    if (lead === undefined) return [[...start, noun, ...end, ...values, ...behind]];
    const inFront = [...start, optionally(lead, `{${lead.slot}:${lead.list}}`), noun, ...end, ...values];
    if (!lead.required) return [[...inFront, sayBehind(lead), ...behind]];
    const before = [...start, noun, ...end, sayBehind(lead), ...values, ...behind];
    const after = [...start, noun, ...end, ...values, sayBehind(lead), ...behind];
    return [[...inFront, ...behind], before, ...(values.length > 0 ? [after] : [])];
  };

  const state = onOff && `(on{${onOff.slot}=true}|off{${onOff.slot}=false})`;
  const switching = state
    ? [...around(["(turn|switch)", state, "[the]"]), ...around(["(turn|switch)", "[the]"], [state])]
    : [];
  const plain = onOff?.required === true ? [] : around([verb, "[the]"]);
  return [...switching, ...plain].map((parts) => parts.join(" "));
}

/** `window_set` and `set_window` are both "set" and "window"; of `climate_set_fan` the domain in front is not said. */
function verbAndNoun(tool: string): readonly [verb: string, noun: string] {
  const words = spoken(tool).split(" ");
  const at = words.findIndex((word) => Object.hasOwn(VERBS, word));
  const verb = VERBS[words[at] ?? ""] ?? "set";
  const noun = at >= 0 && at < words.length - 1 ? words.slice(at + 1) : words.filter((_, index) => index !== at);
  return [verb, noun.join(" ")];
}

/** What a tool is about: `climate_set_fan` and `climate_adjust_fan` are both about "climate fan". */
export const thingOf = (tool: string): string =>
  spoken(tool)
    .split(" ")
    .filter((word) => !Object.hasOwn(VERBS, word))
    .join(" ");

const sayValue = (parameter: Parameter, index: number): string => {
  const name = index === 0 ? "[to|at|by]" : `[${spoken(parameter.slot)}]`;
  return optionally(parameter, `${name} {${parameter.slot}:${parameter.list}} [degrees|percent]`);
};

const sayBehind = (parameter: Parameter): string =>
  optionally(parameter, `[for|in|on|to] [the] {${parameter.slot}:${parameter.list}}`);

const optionally = ({ required }: Parameter, template: string): string => (required ? template : `[${template}]`);

/** The parameters that can be said; undefined when one that must be said cannot. */
function readParameters({ name, parameters }: PlainTool): readonly Parameter[] | undefined {
  const schema = fieldsOf(parameters);
  const required = Array.isArray(schema["required"]) ? new Set<unknown>(schema["required"]) : new Set<unknown>();
  const read: Parameter[] = [];
  for (const [slot, about] of Object.entries(fieldsOf(schema["properties"]))) {
    const parameter = readParameter(name, slot, fieldsOf(about), required.has(slot));
    if (parameter !== undefined) read.push(parameter);
    else if (required.has(slot)) return undefined;
  }
  return read;
}

function readParameter(tool: string, slot: string, about: Fields, required: boolean): Parameter | undefined {
  if (!/^[a-zA-Z_]\w*$/.test(slot)) return undefined;
  if (about["type"] === "boolean") return { type: "switch", slot, required, list: "", entries: [] };
  if (Array.isArray(about["enum"])) {
    const entries = about["enum"].flatMap((value: unknown) => entryOf(value) ?? []);
    const list = `${tool}_${slot}`.replace(/\W/g, "_");
    return entries.length === 0 ? undefined : { type: "list", slot, required, list, entries };
  }
  if (about["type"] !== "integer" && about["type"] !== "number") return undefined;
  const { minimum: min = 0, maximum: max = 100, multipleOf: step = 1 } = about;
  if (typeof min !== "number" || typeof max !== "number" || typeof step !== "number") return undefined;
  if (!isRangeOk({ min, max, step })) return undefined;
  return { type: "number", slot, required, list: `number(${min}..${max},${step})`, entries: [] };
}

function entryOf(value: unknown): ListEntry | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const say = typeof value === "number" ? sayNumber(value) : spoken(value);
  return say === "" ? undefined : { say, value };
}

/** A program's name as words: "rearLeft2" is "rear left two". */
const spoken = (name: string): string =>
  name
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replace(/\d+/g, (digits) => ` ${sayNumber(Number(digits))} `)
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, " ")
    .trim();

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
