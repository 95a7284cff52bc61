import type { ListEntry, SpokenCall } from "./grammar.ts";
import type { Consequences } from "./memory.ts";
import { MAX_OPTIONS, type Option } from "./question.ts";
import { fieldsOf } from "./tool-output.ts";

type Fields = ReadonlyMap<string, unknown>;

const MAX_UNDO = 8;
const MAX_ARGS = 16;
const MAX_NAME = 60;

/**
 * What a tool's output says beside its sentence: `undo` calls that put things back, `facts.before` and `facts.ops` that
 * tell which way an amount went, `options` to choose from, each of them the arguments of the same tool. Whatever is not of the right shape is as if it were not there.
 */
export function consequencesOf(output: unknown, tool: string, offers: (call: SpokenCall) => boolean): Consequences {
  const fields = fieldsOf(output) ?? new Map<string, unknown>();
  const facts = asFields(fields.get("facts"));
  const offered = fields.get("status") === "choose" ? optionsOf(fields.get("options")) : [];
  const options = offered.filter(({ args }) => offers({ name: tool, args }));
  const undo = fields.get("undo");
  return {
    undo: (Array.isArray(undo) ? undo.slice(0, MAX_UNDO) : [undo]).flatMap((call) => callOf(call) ?? []),
    direction: directionOf(valuesOf(facts.get("before")), valuesOf(facts.get("ops"))),
    question: options.length < 2 ? undefined : { type: "choice", tool, options },
    moving: fields.get("status") === "accepted",
  };
}

function callOf(raw: unknown): SpokenCall | undefined {
  const call = asFields(raw);
  const name = call.get("name");
  const args = argsOf(call.get("args") ?? {});
  return typeof name === "string" && args !== undefined ? { name, args } : undefined;
}

function optionsOf(raw: unknown): readonly Option[] {
  if (!Array.isArray(raw)) return [];
  return raw.slice(0, MAX_OPTIONS).flatMap((one: unknown) => {
    const option = asFields(one);
    const say = option.get("say");
    const args = argsOf(option.get("args"));
    return typeof say === "string" && say.length <= MAX_NAME && args !== undefined ? [{ say, args }] : [];
  });
}

function argsOf(raw: unknown): SpokenCall["args"] | undefined {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const entries = Object.entries(raw as Readonly<Record<string, unknown>>);
  const plain = entries.filter((entry): entry is [string, ListEntry["value"]] =>
    ["string", "number", "boolean"].includes(typeof entry[1]),
  );
  return plain.length === entries.length && plain.length <= MAX_ARGS ? Object.fromEntries(plain) : undefined;
}

/** Of the first number that is another than before. */
function directionOf(before: Fields, now: Fields): 1 | -1 | undefined {
  for (const [path, value] of now) {
    const old = before.get(path);
    if (typeof value === "number" && typeof old === "number" && value !== old) return value > old ? 1 : -1;
  }
  return undefined;
}

function valuesOf(raw: unknown): Fields {
  if (!Array.isArray(raw)) return new Map();
  return new Map(
    raw.flatMap((one: unknown) => {
      const op = asFields(one);
      const path = op.get("path");
      return typeof path === "string" ? [[path, op.get("value")] as const] : [];
    }),
  );
}

function asFields(raw: unknown): Fields {
  return new Map(typeof raw === "object" && raw !== null && !Array.isArray(raw) ? Object.entries(raw) : []);
}
