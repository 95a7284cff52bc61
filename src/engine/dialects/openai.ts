import type { EngineEvent, RefusalCode } from "../engine-event.ts";
import { DEFAULT_CONFIG } from "../engine-state.ts";
import type { Dialect } from "./dialect.ts";
import { type Wire, wireOf } from "./openai-items.ts";
import { createMemory, type OpenAiMemory } from "./openai-memory.ts";
import { replyMessagesOf } from "./openai-reply.ts";
import { decodeRequest } from "./openai-requests.ts";
import { firstSession, updated } from "./openai-session.ts";

/** OpenAI's Realtime API as of its general availability, from the server's side. */
export function openAiDialect(): Dialect {
  let count = 0;
  const memory = createMemory(firstSession("", DEFAULT_CONFIG));
  return {
    defaults: { interrupts: true },
    decode: decodeRequest,
    encode: (event) => messagesOf(event, memory).map((message) => ({ event_id: `event_${++count}`, ...message })),
  };
}

function messagesOf(event: EngineEvent, memory: OpenAiMemory): readonly Wire[] {
  switch (event.type) {
    case "session-created":
      memory.session = firstSession(event.sessionId, event.config);
      return [{ type: "session.created", session: memory.session }];
    case "session-updated":
      memory.session = updated(memory.session, event.wire);
      return [{ type: "session.updated", session: memory.session }];
    case "speech-started":
      return [{ type: "input_audio_buffer.speech_started", audio_start_ms: event.atMs, item_id: event.itemId }];
    case "speech-stopped":
      return [{ type: "input_audio_buffer.speech_stopped", audio_end_ms: event.atMs, item_id: event.itemId }];
    case "audio-committed": {
      const previous_item_id = event.previousItemId ?? null;
      return [{ type: "input_audio_buffer.committed", previous_item_id, item_id: event.itemId }];
    }
    case "audio-cleared":
      return [{ type: "input_audio_buffer.cleared" }];
    case "transcript":
      return memory.session.audio.input["transcription"] === null ? [] : memory.transcript(event);
    case "error":
      return [errorOf(event)];
    default:
      return event.type.startsWith("item-")
        ? itemMessagesOf(event as ItemEvent, memory)
        : replyMessagesOf(event as ReplyEvent, memory);
  }
}

type ItemEvent = EngineEvent & { type: `item-${string}` };
type ReplyEvent = EngineEvent & { type: `reply-${string}` };

function itemMessagesOf(event: ItemEvent, memory: OpenAiMemory): readonly Wire[] {
  switch (event.type) {
    case "item-created":
      return [memory.added(wireOf(event.item)), memory.done(wireOf(event.item))];
    case "item-deleted":
      memory.forget(event.itemId);
      return [{ type: "conversation.item.deleted", item_id: event.itemId }];
    case "item-retrieved":
      return memory.retrieved(event.itemId);
    case "item-truncated": {
      const { itemId: item_id, contentIndex: content_index, audioEndMs: audio_end_ms } = event;
      memory.cut(item_id, event.text);
      return [{ type: "conversation.item.truncated", item_id, content_index, audio_end_ms }];
    }
  }
}

/** GA's names for what is refused, where it has any. */
const CODES: Readonly<Partial<Record<RefusalCode, string>>> = {
  "reply-active": "conversation_already_has_active_response",
  "nothing-to-cancel": "response_cancel_not_active",
  "nothing-to-commit": "input_audio_buffer_commit_empty",
  "unknown-item": "item_not_found",
  "unknown-call": "invalid_tool_call_id",
  "duplicate-item": "item_already_exists",
};

function errorOf({ kind, code, message, eventId }: EngineEvent & { type: "error" }): Wire {
  const about = { message, param: null, event_id: eventId ?? null };
  if (kind === "server") return { type: "error", error: { type: "server_error", code: "server_error", ...about } };
  const name = (code && CODES[code]) ?? "invalid_value";
  return { type: "error", error: { type: "invalid_request_error", code: name, ...about } };
}
