import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { parseJson as parseLimited } from "../shared/json-limits.ts";
import { COMMAND_ERRORS, COMMAND_PHASES, type CommandPhase } from "../vehicle/command.ts";

/** The major and minor version of the contract that both ends announce. */
export const CONTRACT = "1.0";
export const DEFAULT_DEADLINE_MS = 5_000;
export const MAX_DEADLINE_MS = 30_000;

const MAX_OPS = 64;
const path = z.string().regex(/^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,15}$/, "must be a dotted signal path");
const value = z.union([z.number(), z.boolean(), z.string().max(4_096)]);
const moment = z.string().max(40);
const name = z.string().max(64);

const author = z.object({
  agent: name,
  seat: name,
  turn: name,
  confirmed: z.exactOptional(z.string().max(128)),
});

const envelope = {
  id: z.uuid(),
  ts: z.exactOptional(moment),
  deadlineMs: z.int().min(1).max(MAX_DEADLINE_MS).default(DEFAULT_DEADLINE_MS),
  wait: z.exactOptional(z.enum(["accepted", "done"])),
  by: author,
};

/** `cmd/signal/set`. */
export const setSignalsPayload = z.object({
  ...envelope,
  mode: z.literal("atomic").default("atomic"),
  ops: z
    .array(z.object({ path, value, if: z.exactOptional(z.object({ value })) }))
    .min(1)
    .max(MAX_OPS),
});

/** `cmd/{domain}/{action}`. */
export const callServicePayload = z.object({ ...envelope, args: z.record(name, z.unknown()).default({}) });

const TERMINAL: ReadonlySet<CommandPhase> = new Set(["done", "failed", "rejected", "cancelled", "timeout"]);
const operation = z.object({ path, value, target: z.exactOptional(value) });

/** `rsp/{clientId}`. */
export const responsePayload = z
  .object({
    id: z.uuid(),
    phase: z.enum(COMMAND_PHASES),
    final: z.boolean(),
    ops: z.exactOptional(z.array(operation).max(MAX_OPS)),
    effects: z.exactOptional(z.array(operation).max(MAX_OPS)),
    result: z.exactOptional(z.record(z.string(), z.unknown())),
    error: z.exactOptional(
      z.object({
        code: z.enum(COMMAND_ERRORS),
        detail: z.string().max(1_024),
        retryable: z.exactOptional(z.boolean()),
        say: z.exactOptional(z.string().max(128)),
      }),
    ),
  })
  .refine(({ phase, final }) => final === TERMINAL.has(phase), "`final` does not fit the phase");

/** `presence/{role}`. */
export const presencePayload = z.object({
  state: z.enum(["starting", "online", "degraded", "stopping", "offline", "lost"]),
  role: z.enum(["agent", "gateway", "simulator", "hmi", "observer"]),
  instance: z.exactOptional(name),
  sw: z.exactOptional(name),
  contract: z.exactOptional(name),
  since: z.exactOptional(moment),
});
export type Presence = z.output<typeof presencePayload>;

/** `meta/catalog`. */
export const cataloguePayload = z.object({
  profile: name,
  signals: z.record(
    path,
    z.object({
      type: z.enum(["sensor", "actuator", "attribute"]),
      datatype: name,
      unit: z.exactOptional(name),
      min: z.exactOptional(z.number()),
      max: z.exactOptional(z.number()),
      step: z.exactOptional(z.number()),
      allowed: z.exactOptional(z.array(z.string())),
    }),
  ),
  services: z.array(name),
});

/** `state/Vehicle/…`. The value may be missing when the status is not `valid`. */
export const statePayload = z.object({
  value: z.exactOptional(z.nullable(value)),
  ts: z.exactOptional(moment),
  status: z.enum(["valid", "stale", "unavailable", "fault", "simulated"]).default("valid"),
  simulated: z.exactOptional(z.boolean()),
});

/** `agent/text`: one typed turn. */
export const textPayload = z.object({ text: z.string().trim().min(1).max(2_000), lang: z.exactOptional(name) });
export type TextTurn = z.output<typeof textPayload>;

/** `agent/ptt`: the push-to-talk key. */
export const pttPayload = z.object({ pressed: z.boolean() });

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

interface Schema<T> {
  safeParse(raw: unknown): { success: true; data: T } | { success: false; error: z.ZodError };
}

/** Bytes from the wire → a value that fits, or a short sentence why not. Never throws. */
export function parsePayload<T>(schema: Schema<T>, payload: Uint8Array): Parsed<T> {
  const json = parseJson(payload);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, detail: explain(parsed.error) };
}

/** With the limits of any JSON from a stranger: what is nested too deeply could be read, but not written again. */
export function parseJson(payload: Uint8Array): Parsed<unknown> {
  if (!isUtf8(payload)) return { ok: false, detail: `${payload.byteLength} bytes that are not UTF-8` };
  const json = parseLimited(payload);
  return json.ok ? json : { ok: false, detail: json.problem };
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "does not fit the contract";
  const where = issue.path.map(String).join(".");
  return `${where === "" ? "payload" : where}: ${issue.message}`.slice(0, 240);
}

/** The 16 bytes of a UUID in text, as they travel in Correlation Data. */
export function uuidBytes(id: string): Uint8Array {
  return Uint8Array.from(Buffer.from(id.replaceAll("-", ""), "hex"));
}

export function sameBytes(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}
