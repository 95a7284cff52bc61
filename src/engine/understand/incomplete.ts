import type { SpokenSlot, Template } from "./template.ts";
import { leastWords, textOf } from "./template-text.ts";

/** A sentence that lacks nothing but its last argument: "set the temperature", "take me". */
export interface Incomplete {
  readonly tool: string;
  readonly slot: string;
  readonly template: string;
}

/** Where a template is left when only its last argument is not said: before any of its parts `from` to `to`. */
export interface Brink {
  readonly slot: string;
  readonly from: number;
  /** The part that is the argument; those between are of no weight ("to", "at level"). */
  readonly to: number;
}

/** Fewer words say too little of what is wanted. */
const LEAST_WORDS = 2;
/** Nor do these, however many: "I want", "give me", "make it". */
const VAGUE = new Set("i i'd we it me us want need like would give make set put".split(" "));
const JOINT = new Set("to at by on for is in of level speed".split(" "));

/** Undefined where the template has no such argument, or too little stands before it to know what is missing. */
export function brinkOf(template: Template): Brink | undefined {
  const parts = partsOf(template);
  const to = parts.findLastIndex(isSlot);
  const slot = parts[to];
  if (slot === undefined || !isSlot(slot) || !isTail(parts.slice(to + 1))) return undefined;
  const joined = parts.slice(0, to).findLastIndex((part) => !isJoint(part)) + 1;
  const from = [joined, to].find((at) => saysEnough(sequence(parts.slice(0, at))));
  return from === undefined ? undefined : { slot: slot.slot, from, to };
}

/** "navigate [to] {place}" as "navigate to {place}", which says enough without the place, and "navigate {place}". */
export function withJoint(template: Template): readonly Template[] {
  const parts = partsOf(template);
  const at = parts.findLastIndex(isSlot) - 1;
  const joint = parts[at];
  if (joint?.type !== "optional" || !isJoint(joint) || brinkOf(template) !== undefined) return [template];
  return [[joint.part], []].map((said) => sequence(parts.toSpliced(at, 1, ...said)));
}

/** Each template without the slot that it ends with, where enough is left to know what is missing. */
export function incompleteOf(
  commands: readonly { readonly name: string; readonly template: Template }[],
): readonly Incomplete[] {
  const all = commands.flatMap(({ name, template }) => withJoint(template).map((one) => ({ name, template: one })));
  return all.flatMap(({ name, template }) => {
    const brink = brinkOf(template);
    if (brink === undefined) return [];
    const parts = partsOf(template);
    const joints = parts.slice(brink.from, brink.to);
    const optional = joints.map((part) => (part.type === "optional" ? textOf(part) : `[${textOf(part)}]`));
    const said = textOf(sequence(parts.slice(0, brink.from)));
    return [{ tool: name, slot: brink.slot, template: [said, ...optional].join(" ") }];
  });
}

/** The parts of a template that is a sequence; none where it is a single part. */
export const partsOf = (template: Template): readonly Template[] =>
  template.type === "sequence" ? template.parts : [];

const sequence = (parts: readonly Template[]): Template => ({ type: "sequence", parts });

const saysEnough = (template: Template): boolean =>
  leastWords(template) >= LEAST_WORDS && leastWords(template, (word) => !VAGUE.has(word)) > 0;

const isSlot = (part: Template): part is SpokenSlot => part.type === "list" || part.type === "number";

/** Nothing behind the slot but its unit and what may be left out. */
const isTail = (parts: readonly Template[]): boolean =>
  parts.every(({ type }) => type === "optional" || type === "word");

function isJoint(part: Template): boolean {
  if (part.type === "word") return JOINT.has(part.word);
  if (part.type === "choice") return part.parts.every(isJoint);
  return part.type === "optional" && isJoint(part.part);
}
