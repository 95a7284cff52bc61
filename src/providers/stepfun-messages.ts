import { z } from "zod";

import { REPLY_STATUSES, type ReplyStatus, type SessionEvent } from "../session/session-event.ts";
import { errorEvent } from "./stepfun-errors.ts";
import { type Memory, remember, rememberAs } from "./stepfun-memory.ts";
import { callArguments, type MessageTable, pcmFromBase64, row } from "./wire.ts";

const id = z.string().min(1).max(256);
/** The parts of a reply that say whose they are. */
const part = { response_id: id.optional().catch(undefined), item_id: id.catch("item") };
const delta = z.object({ ...part, content_index: z.int().catch(0), delta: z.string() });
const wholeText = z.object({ ...part, transcript: z.string().optional(), text: z.string().optional() });
const call = z.object({ type: z.literal("function_call"), call_id: id, name: id, arguments: z.string() });
const response = z.object({
  response: z.object({ id, status: z.string().catch("completed"), output: z.array(z.unknown()).catch([]) }),
});
const wireError = z.object({
  type: z.string().optional().catch(undefined),
  code: z.coerce.string().optional().catch(undefined),
  message: z.string(),
});

/** What the server says, message by message. The rows close over the memory of their connection. */
export function serverMessages(memory: Memory): MessageTable {
  return { ...sessionMessages(memory), ...inputMessages(), ...contentMessages(memory), ...replyMessages(memory) };
}

function sessionMessages(memory: Memory): MessageTable {
  return {
    // The reference prints this type for the answer to our update as well.
    "session.created": () => {
      if (memory.greeted) return [{ type: "session-ready" }];
      memory.greeted = true;
      return [{ type: "ignored", wireType: "session.created" }];
    },
    "session.updated": () => [{ type: "session-ready" }],
    "conversation.item.created": row(
      z.object({
        item: z.object({ id: id.optional(), role: z.string().optional(), call_id: id.optional(), name: id.optional() }),
      }),
      ({ item }) => {
        const key = item.role === "system" ? memory.unnamedContexts.shift() : undefined;
        if (key !== undefined && item.id !== undefined) rememberAs(memory.contextItems, key, item.id);
        if (item.call_id !== undefined && item.name !== undefined)
          rememberAs(memory.callNames, item.call_id, item.name);
        return [{ type: "ignored", wireType: "conversation.item.created" }];
      },
    ),
    error: row(z.union([z.object({ error: wireError }), wireError]), (message) => [
      errorEvent("error" in message ? message.error : message),
    ]),
  };
}

function inputMessages(): MessageTable {
  const transcript = "conversation.item.input_audio_transcription";
  return {
    "input_audio_buffer.speech_started": () => [{ type: "speech-started" }],
    "input_audio_buffer.speech_stopped": () => [{ type: "speech-stopped" }],
    // Each delta holds the whole text so far.
    [`${transcript}.delta`]: row(z.object({ item_id: id, delta: z.string() }), (message) => [
      { type: "transcript", itemId: message.item_id, text: message.delta, final: false },
    ]),
    [`${transcript}.completed`]: row(z.object({ item_id: id, transcript: z.string() }), (message) => [
      { type: "transcript", itemId: message.item_id, text: message.transcript, final: true },
    ]),
  };
}

function contentMessages(memory: Memory): MessageTable {
  const replyOf = (message: { response_id?: string | undefined }): string =>
    message.response_id ?? memory.replyId ?? "unknown";
  const textDelta = row(delta, (message) => [
    { type: "reply-text", replyId: replyOf(message), itemId: message.item_id, text: message.delta, final: false },
  ]);
  const textDone = row(wholeText, (message) => [
    {
      type: "reply-text",
      replyId: replyOf(message),
      itemId: message.item_id,
      text: message.transcript ?? message.text ?? "",
      final: true,
    },
  ]);
  return {
    "response.audio.delta": row(delta, (message) => {
      const pcm = pcmFromBase64(message.delta);
      const { item_id: itemId, content_index: contentIndex } = message;
      return pcm === undefined
        ? [{ type: "ignored", wireType: "response.audio.delta", problem: "delta: not 16-bit samples in base64" }]
        : [{ type: "reply-audio", replyId: replyOf(message), itemId, contentIndex, pcm }];
    }),
    "response.audio_transcript.delta": textDelta,
    "response.audio_transcript.done": textDone,
    "response.text.delta": textDelta,
    "response.text.done": textDone,
    "response.function_call_arguments.done": row(
      z.object({ ...part, call_id: id, name: id.optional().catch(undefined), arguments: z.string() }),
      (message) => {
        const name = message.name ?? memory.callNames.get(message.call_id);
        // Without a name it is told by `output_item.done`, which always has one.
        return name === undefined ? [] : toolCall({ ...message, name }, replyOf(message), memory);
      },
    ),
    "response.output_item.done": row(
      z.object({ ...part, item: z.union([call, z.object({ type: z.string() })]) }),
      (message) => ("call_id" in message.item ? toolCall(message.item, replyOf(message), memory) : []),
    ),
  };
}

function replyMessages(memory: Memory): MessageTable {
  const started = (replyId: string): readonly SessionEvent[] => {
    memory.replyId = replyId;
    return [{ type: "reply-started", replyId }];
  };
  const ended = (replyId: string, status: ReplyStatus): readonly SessionEvent[] => {
    if (memory.replyId === replyId) memory.replyId = undefined;
    return [{ type: "reply-ended", replyId, status }];
  };
  return {
    "response.created": row(response, (message) => started(message.response.id)),
    "response.done": row(response, ({ response: { id: replyId, status, output } }) => {
      const calls = output.flatMap((item) => {
        const parsed = call.safeParse(item);
        return parsed.success ? toolCall(parsed.data, replyId, memory) : [];
      });
      return [...calls, ...ended(replyId, statusOf(status))];
    }),
    "response.cancelled": row(z.object({ response_id: id.optional() }), (message) => {
      const replyId = message.response_id ?? memory.replyId;
      return replyId === undefined ? [] : ended(replyId, "cancelled");
    }),
  };
}

function statusOf(status: string): ReplyStatus {
  return REPLY_STATUSES.find((known) => known === status) ?? "incomplete";
}

function toolCall(
  { call_id: callId, name, arguments: text }: { call_id: string; name: string; arguments: string },
  replyId: string,
  memory: Memory,
): readonly SessionEvent[] {
  if (memory.calls.includes(callId)) return [];
  remember(memory.calls, callId);
  return [{ type: "tool-call", replyId, callId, name, args: callArguments(text) }];
}
