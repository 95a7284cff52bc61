import { z } from "zod";

import { parseJson } from "../shared/json-limits.ts";

/** One line of a wire log: something that happened on a connection to a model, in the order in which it happened. */
export type WireEntry =
  | {
      readonly ms: number;
      readonly connection: number;
      readonly what: "dialled";
      readonly provider: string;
      readonly host: string;
    }
  | { readonly ms: number; readonly connection: number; readonly what: "opened" }
  | { readonly ms: number; readonly connection: number; readonly what: "sent" | "received"; readonly message: unknown }
  /** Something that is not JSON, or not within the limits: how much of it, never what. */
  | { readonly ms: number; readonly connection: number; readonly what: "unreadable"; readonly problem: string }
  | { readonly ms: number; readonly connection: number; readonly what: "lost"; readonly reason: string };

export interface Redaction {
  /** Keep the samples. Without this only their number is kept, and a replay is silent. */
  readonly audio: boolean;
}

const at = { ms: z.number(), connection: z.int().positive() };
const entry = z.discriminatedUnion("what", [
  z.object({ ...at, what: z.literal("dialled"), provider: z.string(), host: z.string() }),
  z.object({ ...at, what: z.literal("opened") }),
  z.object({ ...at, what: z.enum(["sent", "received"]), message: z.unknown() }),
  z.object({ ...at, what: z.literal("unreadable"), problem: z.string() }),
  z.object({ ...at, what: z.literal("lost"), reason: z.string() }),
]);

/** A recorded line, or what is wrong with it. */
export function parseEntry(line: string): WireEntry | { readonly problem: string } {
  const json = parseJson(line);
  if (!json.ok) return { problem: json.problem };
  const parsed = entry.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "line" : issue.path.join(".");
  return { problem: `${where}: ${issue?.message ?? "unreadable"}` };
}

/** Names under which providers carry samples, and what opens a conversation to whoever knows it. */
const AUDIO_KEYS: ReadonlySet<string> = new Set(["audio", "delta", "data"]);
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "handle",
  "newHandle",
  "client_secret",
  "token",
  "api_key",
  "apiKey",
]);
const SECRET = "(secret)";
/** Shorter than 20 ms of sound; a word is never taken for it, because words have no such alphabet throughout. */
const BASE64 = /^[A-Za-z0-9+/]{64,}={0,2}$/;
const SAMPLES = /^\(audio of (\d+) bytes\)$/;

/** A copy that may be kept: without secrets, and without samples unless they are asked for. */
export function redacted(message: unknown, redaction: Redaction, key = ""): unknown {
  if (typeof message === "string") {
    if (SECRET_KEYS.has(key)) return SECRET;
    const isSound = AUDIO_KEYS.has(key) && BASE64.test(message);
    return isSound && !redaction.audio ? `(audio of ${Buffer.byteLength(message, "base64")} bytes)` : message;
  }
  return copied(message, (value, name) => redacted(value, redaction, name));
}

/** The message as it can be decoded again: where samples were left out there is as much silence. */
export function restored(message: unknown): unknown {
  if (typeof message === "string") {
    const bytes = SAMPLES.exec(message)?.[1];
    return bytes === undefined ? message : Buffer.alloc(Number(bytes)).toString("base64");
  }
  return copied(message, restored);
}

function copied(value: unknown, change: (value: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => change(each, ""));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each, key)]));
}
