import type { z } from "zod";

import type { SessionEvent, Severity } from "../session/session-event.ts";
import { parseJson } from "../shared/json-limits.ts";

/** A row per message that we act on: the fields we read, and what it means in our words. */
export type MessageRow = (raw: unknown) => readonly SessionEvent[];
export type MessageTable = Readonly<Record<string, MessageRow>>;

/** Makes a row. A message that does not fit its schema becomes `ignored`, with the field that is wrong. */
export function row<Schema extends z.ZodType>(
  schema: Schema,
  meaning: (message: z.output<Schema>) => readonly SessionEvent[],
): MessageRow {
  return (raw) => readable(wireTypeOf(raw), schema, meaning)(raw);
}

/** As `row`, for messages whose type stands elsewhere. */
export function readable<Schema extends z.ZodType>(
  wireType: string,
  schema: Schema,
  meaning: (message: z.output<Schema>) => readonly SessionEvent[],
): MessageRow {
  return (raw) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? meaning(parsed.data) : [unreadable(wireType, parsed.error)];
  };
}

/** Messages without a row are ignored by name; those without a type are a problem. */
export function decodeWith(table: MessageTable, raw: unknown): readonly SessionEvent[] {
  const wireType = wireTypeOf(raw);
  if (wireType === "") return [{ type: "ignored", wireType, problem: "a message without a type" }];
  const row = Object.hasOwn(table, wireType) ? table[wireType] : undefined;
  return row?.(raw) ?? [{ type: "ignored", wireType }];
}

function wireTypeOf(raw: unknown): string {
  const type = typeof raw === "object" && raw !== null && "type" in raw ? raw.type : undefined;
  return typeof type === "string" ? type.slice(0, 64) : "";
}

function unreadable(wireType: string, { issues: [issue] }: z.ZodError): SessionEvent {
  const where = issue?.path.join(".") ?? "";
  return { type: "ignored", wireType, problem: `${where || "message"}: ${issue?.message ?? "unreadable"}` };
}

const MAX_MESSAGE = 300;

/** An error in our words: what a person can do about it, then what the server said, at a length that can be logged. */
export function providerError(
  code: string,
  message: string,
  severity: Severity,
  advice?: string,
): SessionEvent & { type: "provider-error" } {
  const said = message.slice(0, MAX_MESSAGE);
  const whole = advice === undefined || said === "" ? (advice ?? said) : `${advice} ("${said}")`;
  return { type: "provider-error", code: code.slice(0, 64), message: whole, severity };
}

/** An endpoint with a model in its query; a query that the endpoint has of its own stays. */
export function withModel(url: string, model: string): string {
  const whole = new URL(url);
  whole.searchParams.set("model", model);
  return whole.href;
}

/** 16-bit samples from base64, or undefined when it is not that. */
export function pcmFromBase64(text: string): Int16Array | undefined {
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  // Node skips what is not base64: a shorter result than the text promises means that something was.
  if (bytes.length !== Math.floor((text.length * 3) / 4) - padding || bytes.length % 2 === 1) return undefined;
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

export function base64FromPcm(pcm: Int16Array): string {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
}

/** Arguments of a call: parsed, or the raw text where it is not JSON. No text at all means no arguments. */
export function callArguments(text: string): unknown {
  if (text.trim() === "") return {};
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}
