import { z } from "zod";

/** One step of a turn as it stands on `agent/turn`. What else it says depends on its type and on the agent's version. */
export const STEP = z.looseObject({
  type: z.string().max(40),
  turn: z.int().positive(),
  callId: z.string().max(200).optional(),
  status: z.string().max(40).optional(),
});
export type Step = z.output<typeof STEP>;

/** What a person reads of each type, in this order; other types are not shown. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  heard: ["text"],
  call: ["name", "args"],
  verdict: ["verdict", "reason"],
  command: ["topic"],
  phase: ["phase", "error"],
  result: ["status", "say"],
  answered: ["answer"],
  reply: ["text"],
};
const NAMES: Readonly<Record<string, string>> = { call: "understood", verdict: "policy", phase: "car" };
const PRIVATE = "(in words that the agent keeps to itself, unless its privacy.transcripts is true)";
const MAX_CHARS = 500;

/** A line for a person, or nothing for what would only be noise. */
export function lineOf(step: Step): string | undefined {
  const fields = SHOWN[step.type];
  if (fields === undefined || isNoise(step)) return undefined;
  const words = fields.map((field) => shown(step[field])).filter((text) => text !== "");
  const what = step.type === "reply" && words.length === 0 ? PRIVATE : words.join(" ");
  return `${(NAMES[step.type] ?? step.type).padEnd(11)}${what}`.trimEnd();
}

function isNoise(step: Step): boolean {
  if (step.type === "heard") return step["final"] === false || step["text"] === undefined;
  return step["verdict"] === "allow" || step["verdict"] === "none" || step["phase"] === "progress";
}

/** It comes from the network: nothing in it may move the terminal. */
function shown(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.slice(0, MAX_CHARS).replaceAll(/\p{Cc}/gu, " ");
}
