import { z } from "zod";

import type { ClientRequest } from "../engine-event.ts";
import { isTextOnly, patchOf, replyWishes, session } from "./openai-session.ts";
import { appendAudio, decoderOf, id, type Row, row, text, unsupported } from "./request.ts";

const itemId = { id: id.optional() };

/** Words of a message, also of one that was spoken in an earlier session. */
const part = z.union([
  z.object({ type: z.enum(["input_text", "output_text", "text"]), text }),
  z.object({ type: z.enum(["input_audio", "output_audio", "audio"]), transcript: text }),
]);
const message = z.object({
  ...itemId,
  type: z.literal("message"),
  role: z.enum(["user", "system", "assistant"]),
  content: z.array(part).min(1).max(16),
});
const call = z.object({ ...itemId, type: z.literal("function_call"), call_id: id, name: id, arguments: z.string() });
const output = z.object({ ...itemId, type: z.literal("function_call_output"), call_id: id, output: z.string() });
const item = z.discriminatedUnion("type", [message, call, output]);

function itemRequest(item: z.output<typeof message | typeof call | typeof output>): ClientRequest {
  switch (item.type) {
    case "message": {
      const words = item.content.map((part) => ("text" in part ? part.text : part.transcript));
      return { type: "add-message", role: item.role, text: words.join(" "), itemId: item.id };
    }
    case "function_call":
      return { type: "add-call", callId: item.call_id, name: item.name, args: item.arguments, itemId: item.id };
    case "function_call_output":
      return { type: "add-output", callId: item.call_id, output: item.output, itemId: item.id };
  }
}

const REQUESTS: Readonly<Record<string, Row>> = {
  "session.update": row(z.object({ session }), ({ session: wire }) => ({
    type: "configure",
    patch: patchOf(wire),
    wire,
    context: {},
  })),
  "input_audio_buffer.append": appendAudio,
  "input_audio_buffer.commit": () => ({ type: "commit-audio" }),
  "input_audio_buffer.clear": () => ({ type: "clear-audio" }),
  "conversation.item.create": row(z.object({ item }), ({ item }) => itemRequest(item)),
  "conversation.item.retrieve": row(z.object({ item_id: id }), (request) => ({
    type: "retrieve-item",
    itemId: request.item_id,
  })),
  "conversation.item.delete": row(z.object({ item_id: id }), (request) => ({
    type: "delete-item",
    itemId: request.item_id,
  })),
  "conversation.item.truncate": row(
    z.object({ item_id: id, content_index: z.int(), audio_end_ms: z.int().min(0) }),
    ({ item_id: itemId, content_index: contentIndex, audio_end_ms: audioEndMs }) => ({
      type: "truncate-item",
      itemId,
      contentIndex,
      audioEndMs,
    }),
  ),
  "response.create": row(z.object({ response: replyWishes.optional() }), ({ response }) => {
    if (response?.["conversation"] === "none") {
      return unsupported("response.conversation: replies outside the conversation are not supported by this engine");
    }
    const { output_modalities: wanted } = response ?? {};
    return { type: "create-reply", textOnly: wanted && isTextOnly(wanted) };
  }),
  "response.cancel": () => ({ type: "cancel-reply" }),
  "output_audio_buffer.clear": () => unsupported("output_audio_buffer.clear: only over WebRTC and SIP"),
};

export const decodeRequest = decoderOf(REQUESTS);
