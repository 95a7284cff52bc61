import { isRangeOk, type NumberRange } from "./numbers.ts";

/** One template, read. Words are lower case; `set` gives a slot a value without a word. */
export type Template =
  | { readonly type: "word"; readonly word: string }
  | { readonly type: "sequence"; readonly parts: readonly Template[] }
  | { readonly type: "choice"; readonly parts: readonly Template[] }
  | { readonly type: "optional"; readonly part: Template }
  | { readonly type: "list"; readonly slot: string; readonly list: string }
  | { readonly type: "number"; readonly slot: string; readonly range: NumberRange }
  | { readonly type: "set"; readonly slot: string; readonly value: string | number | boolean };

/** A part that is filled by one of many phrases. */
export type SpokenSlot = Extract<Template, { type: "list" | "number" }>;

/** Says what is wrong with one template and where: `column` counts from 1. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly column: number;

  constructor(column: number, reason: string) {
    super(`column ${column}: ${reason}`);
    this.column = column;
  }
}

const MAX_LENGTH = 1_000;
const MAX_DEPTH = 16;
const WORD = /'?\p{L}[\p{L}']*/uy;
const SPACE = /\s+/y;
const SLOT = /\{\s*([a-zA-Z_]\w*)\s*(?:([:=])\s*([^{}]*?))?\s*\}/y;
const NUMBER = /^number\s*\(\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*(?:,\s*([\d.]+)\s*)?\)$/;
const LIST_NAME = /^[a-zA-Z_]\w*$/;
const VALUE = /^[\w.-]+$/;
const BRACKETS = { "(": ")", "[": "]" } as const;

/** Reads one template (`docs/phrases.md` has the syntax). Throws a TemplateError. */
export function parseTemplate(text: string): Template {
  if (text.length > MAX_LENGTH) throw new TemplateError(MAX_LENGTH, `a template has at most ${MAX_LENGTH} characters`);
  const reader = { text, at: 0, depth: 0 };
  const template = readSequence(reader);
  const left = text[reader.at];
  if (left === "|") throw new TemplateError(reader.at + 1, '"|" stands outside brackets; write (a|b)');
  if (left !== undefined) throw new TemplateError(reader.at + 1, `"${left}" closes nothing`);
  if (!needsAWord(template)) throw new TemplateError(1, "nothing in it has to be said; leave a word outside [ ]");
  return template;
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

function readSequence(reader: Reader): Template {
  const parts: Template[] = [];
  for (;;) {
    take(reader, SPACE);
    const next = reader.text[reader.at];
    if (next === undefined || next === "|" || next === ")" || next === "]") break;
    parts.push(readPart(reader, next));
  }
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { type: "sequence", parts };
}

function readPart(reader: Reader, next: string): Template {
  if (next === "(" || next === "[") return readBrackets(reader, next);
  if (next === "{") return readSlot(reader);
  const word = take(reader, WORD)?.[0];
  if (word !== undefined) return { type: "word", word: word.toLowerCase() };
  const digit = /\d/.test(next);
  throw new TemplateError(
    reader.at + 1,
    digit ? `"${next}" is a digit; spell numbers out` : `"${next}" is neither a letter nor part of the syntax`,
  );
}

function readBrackets(reader: Reader, open: "(" | "["): Template {
  const start = reader.at + 1;
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw new TemplateError(start, `brackets are nested deeper than ${MAX_DEPTH}`);
  const parts: Template[] = [];
  do {
    reader.at += 1;
    const column = reader.at + 1;
    const part = readSequence(reader);
    if (!needsAWord(part)) throw new TemplateError(column, "nothing in this alternative has to be said");
    parts.push(part);
  } while (reader.text[reader.at] === "|");
  if (reader.text[reader.at] !== BRACKETS[open]) throw new TemplateError(start, `"${open}" is not closed`);
  reader.at += 1;
  reader.depth -= 1;
  const [only] = parts;
  const part: Template = only !== undefined && parts.length === 1 ? only : { type: "choice", parts };
  return open === "[" ? { type: "optional", part } : part;
}

function readSlot(reader: Reader): Template {
  const column = reader.at + 1;
  const match = take(reader, SLOT);
  if (match === undefined)
    throw new TemplateError(column, "a slot is {name}, {name:list}, {name:number(0..9)} or {name=value}");
  const [, slot = "", kind, detail = ""] = match;
  if (kind === undefined) return { type: "list", slot, list: slot };
  if (kind === "=") return { type: "set", slot, value: readValue(detail, column) };
  if (LIST_NAME.test(detail)) return { type: "list", slot, list: detail };
  const [, min, max, step = "1"] = NUMBER.exec(detail) ?? [];
  const range = { min: Number(min), max: Number(max), step: Number(step) };
  if (!isRangeOk(range)) {
    throw new TemplateError(column, `"${detail}" is neither a list nor number(min..max,step) with a step of tenths`);
  }
  return { type: "number", slot, range };
}

function readValue(text: string, column: number): string | number | boolean {
  if (!VALUE.test(text)) throw new TemplateError(column, `"${text}" is no value: a number, true, false or a bare word`);
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** False when the template could be said without a word, which would make it fit silence. */
function needsAWord(template: Template): boolean {
  switch (template.type) {
    case "word":
    case "list":
    case "number":
      return true;
    case "sequence":
      return template.parts.some(needsAWord);
    case "choice":
      return template.parts.every(needsAWord);
    case "optional":
    case "set":
      return false;
  }
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match !== null) reader.at = pattern.lastIndex;
  return match ?? undefined;
}
