import type { Command } from "./automaton.ts";
import type { Template } from "./template.ts";
import { leastWords, textOf } from "./template-text.ts";

/** A sentence that lacks nothing but its last argument: "set the temperature", "take me". */
export interface Incomplete {
  readonly tool: string;
  readonly slot: string;
  readonly template: string;
}

/** Fewer words say too little of what is wanted. */
const LEAST_WORDS = 2;
const JOINT = new Set("to at by on for is in of level speed".split(" "));

/** Each template without the slot that it ends with, where enough is left to know what is missing. */
export function incompleteOf(commands: readonly Command[]): readonly Incomplete[] {
  return commands.flatMap(({ name, template }) => {
    const parts = template.type === "sequence" ? template.parts : [];
    const at = parts.findLastIndex(({ type }) => type === "list" || type === "number");
    const slot = parts[at];
    if (slot === undefined || !("slot" in slot) || !isTail(parts.slice(at + 1))) return [];
    const head = parts.slice(0, at);
    const end = head.findLastIndex((part) => !isJoint(part)) + 1;
    const said: Template = { type: "sequence", parts: head.slice(0, end) };
    if (leastWords(said) < LEAST_WORDS) return [];
    const joints = head.slice(end).map((part) => (part.type === "optional" ? textOf(part) : `[${textOf(part)}]`));
    return [{ tool: name, slot: slot.slot, template: [textOf(said), ...joints].join(" ") }];
  });
}

/** Nothing behind the slot but its unit and what may be left out. */
const isTail = (parts: readonly Template[]): boolean =>
  parts.every(({ type }) => type === "optional" || type === "word");

function isJoint(part: Template): boolean {
  if (part.type === "word") return JOINT.has(part.word);
  if (part.type === "choice") return part.parts.every(isJoint);
  return part.type === "optional" && isJoint(part.part);
}
