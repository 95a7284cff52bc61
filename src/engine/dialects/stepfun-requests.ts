import { z } from "zod";

import type { EngineConfig } from "../engine-event.ts";
import { appendAudio, decoderOf, id, MAX_TOOLS, type Row, row, text, toolFields } from "./request.ts";

const strings = z.array(text).max(256);
const entry = z.object({ say: text, value: z.union([z.string(), z.number(), z.boolean()]) });
const MAX_CONTEXT_KEYS = 64;
const context = z
  .record(z.string().min(1).max(64), z.string().max(1_024))
  .refine((state) => Object.keys(state).length <= MAX_CONTEXT_KEYS, `at most ${MAX_CONTEXT_KEYS} keys`);
const extension = z.object({
  phrases: z.record(z.string(), z.record(z.string(), strings)).optional(),
  lists: z.record(z.string(), z.array(entry).max(1_024)).optional(),
  wording: z.record(z.string(), strings).optional(),
  wake_word: z.string().min(1).max(64).optional(),
  /** Told at any time, also alone. */
  state: context.optional(),
  input_rate_hz: z.union([z.literal(16_000), z.literal(24_000)]).optional(),
});

const functionTool = z.object({ type: z.literal("function"), function: z.object(toolFields) });
/** Tools that a server runs by itself. We have none of them. */
const serverTool = z.object({ type: z.enum(["web_search", "retrieval"]) });

const session = z.object({
  modalities: z
    .array(z.enum(["text", "audio"]))
    .min(1)
    .optional(),
  instructions: z.string().optional(),
  voice: z.string().max(256).optional(),
  input_audio_format: z.literal("pcm16").optional(),
  output_audio_format: z.literal("pcm16").optional(),
  turn_detection: z
    .looseObject({ type: z.enum(["server_vad", ""]) })
    .nullable()
    .optional(),
  tools: z
    .array(z.union([functionTool, serverTool]))
    .max(MAX_TOOLS)
    .optional(),
  codriver: extension.optional(),
});

const message = z.object({
  type: z.literal("message"),
  role: z.enum(["user", "system", "assistant"]),
  content: z
    .array(z.object({ type: z.enum(["input_text", "text"]), text }))
    .min(1)
    .max(16),
});
const output = z.object({ type: z.literal("function_call_output"), call_id: id, output: z.string() });

/** Our reading of every client message. Those without fields need no schema. */
const REQUESTS: Readonly<Record<string, Row>> = {
  "session.update": row(z.object({ session }), (update) => {
    const told = update.session.codriver?.state;
    const isAlone = Object.keys(update.session).length === 1 && Object.keys(update.session.codriver ?? {}).length === 1;
    if (told !== undefined && isAlone) return { type: "context", context: told };
    return { type: "configure", patch: patchOf(update.session), wire: echoOf(update.session), context: told ?? {} };
  }),
  "input_audio_buffer.append": appendAudio,
  "input_audio_buffer.commit": () => ({ type: "commit-audio" }),
  "input_audio_buffer.clear": () => ({ type: "clear-audio" }),
  "conversation.item.create": row(
    z.object({ previous_item_id: id.optional(), item: z.discriminatedUnion("type", [message, output]) }),
    ({ previous_item_id: previous, item }) => {
      if (previous === "root") return { type: "unreadable", problem: "cannot find previous item" };
      if (item.type === "function_call_output") {
        return { type: "add-output", callId: item.call_id, output: item.output };
      }
      return { type: "add-message", role: item.role, text: item.content.map((part) => part.text).join(" ") };
    },
  ),
  "conversation.item.delete": row(z.object({ item_id: id }), (request) => ({
    type: "delete-item",
    itemId: request.item_id,
  })),
  // Undocumented by the vendor, and sent by its own console.
  "conversation.item.truncate": row(
    z.object({ item_id: id, content_index: z.int().default(0), audio_end_ms: z.number().min(0) }),
    ({ item_id: itemId, content_index: contentIndex, audio_end_ms: audioEndMs }) => ({
      type: "truncate-item",
      itemId,
      contentIndex,
      audioEndMs,
    }),
  ),
  "response.create": row(
    z.object({ response: z.object({ modalities: session.shape.modalities }).optional() }),
    ({ response }) => ({ type: "create-reply", textOnly: response?.modalities && isTextOnly(response.modalities) }),
  ),
  "response.cancel": () => ({ type: "cancel-reply" }),
};

export const decodeRequest = decoderOf(REQUESTS);

type Session = z.output<typeof session>;

function patchOf({
  modalities,
  instructions,
  voice,
  turn_detection: turns,
  tools,
  codriver,
}: Session): Partial<EngineConfig> {
  return {
    ...(modalities !== undefined && { textOnly: isTextOnly(modalities) }),
    ...(instructions !== undefined && { instructions }),
    ...(voice !== undefined && { voice }),
    ...(turns !== undefined && { turns: turns?.type === "server_vad" ? "server" : "manual" }),
    ...(tools !== undefined && {
      tools: tools.flatMap((tool) => (tool.type === "function" ? [tool.function] : [])),
    }),
    ...(codriver !== undefined && {
      extension: {
        phrases: codriver.phrases ?? {},
        lists: codriver.lists ?? {},
        wording: codriver.wording ?? {},
        wakeWord: codriver.wake_word,
      },
      ...(codriver.input_rate_hz !== undefined && { inputRateHz: codriver.input_rate_hz }),
    }),
  };
}

/** What the client set, as it is told back: everything but the bulk. */
function echoOf(update: Session): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(update).filter(([key]) => key !== "tools" && key !== "codriver"));
}

function isTextOnly(modalities: readonly string[]): boolean {
  return !modalities.includes("audio");
}
