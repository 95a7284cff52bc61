import { z } from "zod";

import type { ClientMessage, ClientRequest } from "../engine-event.ts";
import { type GeminiMemory, hasOpenCalls, MAX_HELD } from "./gemini-memory.ts";
import { content, contextUpdate, isManual, patchOfSetup, patchOfUpdate, type Setup, setup } from "./gemini-setup.ts";
import { id, pcmOf, type Row, row, text, unreadable, unsupported } from "./request.ts";

type Requests = readonly ClientRequest[];

/** No message says in so many words that no more audio comes to an ear that waits for silence. */
const SILENCE_MS = 1_000;

const blob = z.object({ data: z.string(), mimeType: z.string() });
const realtimeInput = z.looseObject({
  audio: blob.optional(),
  mediaChunks: z.array(blob).max(16).default([]),
  audioStreamEnd: z.boolean().optional(),
  text: text.optional(),
  activityStart: z.looseObject({}).optional(),
  activityEnd: z.looseObject({}).optional(),
});
const clientContent = z.object({
  turns: z.array(content).max(256).default([]),
  turnComplete: z.boolean().default(false),
});
const toolResponse = z.object({
  functionResponses: z
    .array(
      z.looseObject({
        id,
        response: z.record(z.string(), z.unknown()).default({}),
        scheduling: z.string().optional(),
        willContinue: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(64),
});

/** Reads one connection's messages. Never throws. */
export function decoderOf(memory: GeminiMemory): (raw: unknown) => readonly ClientMessage[] {
  const rows: Readonly<Record<string, Row>> = {
    setup: row(setup, (wire) => setUp(wire, memory)),
    clientContent: row(clientContent, (wire) => said(wire, memory)),
    realtimeInput: row(realtimeInput, (wire) => inRealTime(wire, memory)),
    toolResponse: row(toolResponse, (wire) => responded(wire, memory)),
    contextUpdate: row(contextUpdate, (wire) => ({
      type: "configure",
      patch: patchOfUpdate(wire),
      wire: {},
      context: {},
    })),
  };
  return (raw) => [read(raw, rows, memory)].flat().map((request) => ({ request, eventId: undefined }));
}

function read(raw: unknown, rows: Readonly<Record<string, Row>>, { setup }: GeminiMemory): ClientRequest | Requests {
  const entries: readonly (readonly [string, unknown])[] =
    typeof raw === "object" && raw !== null ? Object.entries(raw) : [];
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) return unreadable("an object with one key is expected");
  const [kind, value] = entry;
  const row = Object.hasOwn(rows, kind) ? rows[kind] : undefined;
  if (row === undefined) return unreadable(`unknown message ${JSON.stringify(kind.slice(0, 64))}`);
  if ((setup === undefined) !== (kind === "setup")) return unreadable("setup must be the first message, and only that");
  return row(value);
}

function setUp(wire: Setup, memory: GeminiMemory): ClientRequest {
  if (wire.sessionResumption?.handle !== undefined) {
    return unsupported("session not found: this engine forgets a session with its connection");
  }
  memory.setup = wire;
  memory.history = wire.historyConfig?.initialHistoryInClientContent === true;
  return { type: "configure", patch: patchOfSetup(wire), wire: {}, context: {} };
}

/** What is incomplete waits for the message that completes it, and is never answered where another turn comes first. */
function said({ turns, turnComplete }: z.output<typeof clientContent>, memory: GeminiMemory): Requests {
  const messages = turns.flatMap(({ role, parts }): Requests => {
    const words = parts.flatMap((part) => part.text ?? []).join(" ");
    if (words === "") return [];
    return [{ type: "add-message", role: role === "user" ? "user" : "assistant", text: words, past: memory.history }];
  });
  if (memory.history) {
    memory.history = !turnComplete;
    return messages;
  }
  const all = [...memory.held, ...messages].slice(-MAX_HELD);
  memory.held = turnComplete ? [] : all;
  return turnComplete ? [HUSH, ...all, CREATE] : [HUSH];
}

function inRealTime(wire: z.output<typeof realtimeInput>, memory: GeminiMemory): Requests {
  const { audio, mediaChunks, text, activityStart, activityEnd, audioStreamEnd } = wire;
  if ("video" in wire) return [unsupported("realtimeInput.video: this engine has no eyes")];
  const manual = memory.setup !== undefined && isManual(memory.setup);
  if ((activityStart ?? activityEnd) && !manual) {
    return [unreadable("activityStart and activityEnd are for setups with automaticActivityDetection.disabled")];
  }
  if (text !== undefined || activityStart) memory.held = [];
  return [
    ...(activityStart ? [HUSH, { type: "clear-audio" } as const] : []),
    ...[...(audio ? [audio] : []), ...mediaChunks].flatMap((chunk) => heard(chunk, memory)),
    ...(text === undefined ? [] : typed(text)),
    ...(activityEnd ? [{ type: "commit-audio" } as const, CREATE] : []),
    ...(audioStreamEnd && !manual ? [silence(memory)] : []),
  ];
}

const HUSH: ClientRequest = { type: "hush" };
const CREATE: ClientRequest = { type: "create-reply", textOnly: undefined, waits: true };

/** A text without words only asks the model to go on. */
const typed = (text: string): Requests =>
  text.trim() === "" ? [CREATE] : [HUSH, { type: "add-message", role: "user", text }, CREATE];

const silence = ({ inputRateHz }: GeminiMemory): ClientRequest => ({
  type: "append-audio",
  pcm: new Int16Array((inputRateHz * SILENCE_MS) / 1_000),
});

function heard({ data, mimeType }: z.output<typeof blob>, memory: GeminiMemory): Requests {
  const rateHz = Number(/^audio\/pcm(?:;\s*rate=(\d{4,5}))?$/.exec(mimeType)?.map((part) => part || "16000")[1]);
  if (!(rateHz >= 8_000 && rateHz <= 48_000)) {
    return [
      unsupported(`realtimeInput.audio.mimeType: ${mimeType.slice(0, 64)} is not audio/pcm of 8,000 to 48,000 Hz`),
    ];
  }
  const pcm = pcmOf(data);
  if (pcm === undefined) return [unreadable("realtimeInput.audio.data: not 16-bit samples in base64")];
  const isNew = rateHz !== memory.inputRateHz;
  memory.inputRateHz = rateHz;
  const changed: ClientRequest = { type: "configure", patch: { inputRateHz: rateHz }, wire: {}, context: {} };
  return [...(isNew ? [changed] : []), { type: "append-audio", pcm }];
}

/** We go on by ourselves when the last call of a reply has its response. */
function responded({ functionResponses }: z.output<typeof toolResponse>, memory: GeminiMemory): Requests {
  return functionResponses
    .filter(({ willContinue }) => !willContinue)
    .flatMap(({ id: callId, response, scheduling }): Requests => {
      const replyId = memory.open.get(callId);
      memory.open.delete(callId);
      const isLast = replyId !== undefined && !hasOpenCalls(memory, replyId) && scheduling !== "SILENT";
      return [{ type: "add-output", callId, output: JSON.stringify(outputOf(response)) }, ...(isLast ? [CREATE] : [])];
    });
}

/** By convention a result is wrapped. */
function outputOf(response: Readonly<Record<string, unknown>>): unknown {
  const { error, result, output = result } = response;
  return error === undefined && output !== undefined ? output : response;
}
