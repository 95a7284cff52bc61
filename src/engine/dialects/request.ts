import { z } from "zod";

import type { ClientMessage, ClientRequest } from "../engine-event.ts";

/** What every dialect's requests are made of. */
export const text = z.string().max(8_192);
export const id = z.string().min(1).max(256);
export const toolFields = {
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  description: text.default(""),
  parameters: z.record(z.string(), z.unknown()).default({}),
};
export const MAX_TOOLS = 256;

type Requests = ClientRequest | readonly ClientRequest[];

/** How one kind of message is read: what it asks for, or why it cannot be read. */
export type Row = (raw: unknown) => Requests;

export function row<Schema extends z.ZodType>(schema: Schema, meaning: (message: z.output<Schema>) => Requests): Row {
  return (raw) => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return meaning(parsed.data);
    const [issue] = parsed.error.issues;
    return unreadable(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit"}`);
  };
}

export const unreadable = (problem: string): ClientRequest => ({
  type: "unreadable",
  problem: `invalid event format: ${problem}`,
});

export const unsupported = (problem: string): ClientRequest => ({ type: "unreadable", problem, unsupported: true });

/** Undefined when it is not 16-bit samples in base64. */
export function pcmOf(base64: string): Int16Array | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length % 2 === 1) return undefined;
  const pcm = new Int16Array(bytes.length / 2);
  bytes.copy(new Uint8Array(pcm.buffer));
  return pcm;
}

export function base64Of(pcm: Int16Array): string {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
}

export const appendAudio = row(z.object({ audio: z.string() }), ({ audio }) => {
  const pcm = pcmOf(audio);
  return pcm === undefined ? unreadable("audio: not 16-bit samples in base64") : { type: "append-audio", pcm };
});

const envelope = z.object({ type: z.string(), event_id: id.optional().catch(undefined) });

/** Reads messages that say by `type` what they are. Never throws. */
export function decoderOf(rows: Readonly<Record<string, Row>>): (raw: unknown) => readonly ClientMessage[] {
  return (raw) => {
    const parsed = envelope.safeParse(raw);
    if (!parsed.success) return [{ request: unreadable("an object with a type is expected"), eventId: undefined }];
    const { type, event_id: eventId } = parsed.data;
    const read = Object.hasOwn(rows, type) ? rows[type] : undefined;
    const requests = read?.(raw) ?? unreadable(`unknown type ${JSON.stringify(type.slice(0, 64))}`);
    return [requests].flat().map((request) => ({ request, eventId }));
  };
}
