import type { EngineConfig, EngineEvent, Item, Place } from "../engine-event.ts";
import type { Dialect } from "./dialect.ts";
import { base64Of } from "./request.ts";
import { decodeRequest } from "./stepfun-requests.ts";

type Wire = Readonly<Record<string, unknown>>;

/** StepFun's wire from the server's side: the event names of OpenAI's beta, a flat session, transcripts that are whole. */
export function stepFunDialect(): Dialect {
  let count = 0;
  return {
    defaults: {},
    decode: decodeRequest,
    encode: (event) => messagesOf(event).map((message) => ({ event_id: `evt_${++count}`, ...message })),
  };
}

const TRANSCRIPTION = "conversation.item.input_audio_transcription";

function messagesOf(event: EngineEvent): readonly Wire[] {
  switch (event.type) {
    case "session-created": {
      const session = {
        id: event.sessionId,
        object: "realtime.session",
        model: "codriver",
        ...sessionOf(event.config),
        ...event.about,
      };
      return [{ type: "session.created", session }];
    }
    case "session-updated":
      return [{ type: "session.updated", session: { ...sessionOf(event.config), ...event.wire } }];
    case "speech-started":
      return [{ type: "input_audio_buffer.speech_started", audio_start_ms: event.atMs, item_id: event.itemId }];
    case "speech-stopped":
      return [{ type: "input_audio_buffer.speech_stopped", audio_end_ms: event.atMs, item_id: event.itemId }];
    case "audio-committed":
      return [{ type: "input_audio_buffer.committed", ...after(event.previousItemId), item_id: event.itemId }];
    case "audio-cleared":
      return [{ type: "input_audio_buffer.cleared" }];
    case "item-created":
      return [{ type: "conversation.item.created", ...after(event.previousItemId), item: itemOf(event.item) }];
    case "item-deleted":
      return [{ type: "conversation.item.deleted", item_id: event.itemId }];
    case "item-retrieved":
      return [];
    case "item-truncated": {
      const { itemId: item_id, contentIndex: content_index, audioEndMs: audio_end_ms, text: transcript } = event;
      return [{ type: "conversation.item.truncated", item_id, content_index, audio_end_ms, transcript }];
    }
    case "transcript": {
      const place = { item_id: event.itemId, content_index: 0 };
      return event.final
        ? [{ type: `${TRANSCRIPTION}.completed`, ...place, transcript: event.text }]
        : [{ type: `${TRANSCRIPTION}.delta`, ...place, delta: event.text }];
    }
    case "error": {
      const type = event.kind === "server" ? "server_error" : "invalid_request_error";
      const error = { type, code: "invalid_param", message: event.message, event_id: event.eventId };
      return [{ type: "error", error: event.kind === "server" ? { ...error, code: undefined } : error }];
    }
    default:
      return replyMessagesOf(event);
  }
}

type ReplyEvent = EngineEvent & { type: `reply-${string}` };

function replyMessagesOf(event: ReplyEvent): readonly Wire[] {
  switch (event.type) {
    case "reply-started":
      return [{ type: "response.created", response: responseOf(event.replyId, "in_progress", []) }];
    case "reply-message-started": {
      const item = { ...itemHead(event.place.itemId, "message", "in_progress"), role: "assistant", content: [] };
      return [
        { type: "response.output_item.added", ...outputPlace(event.place), item },
        { type: "response.content_part.added", ...contentPlace(event.place), part: partOf(event.spoken, "") },
      ];
    }
    case "reply-text":
      return [{ type: `response.${textKind(event.spoken)}.delta`, ...contentPlace(event.place), delta: event.text }];
    case "reply-audio":
      return [{ type: "response.audio.delta", ...contentPlace(event.place), delta: base64Of(event.pcm) }];
    case "reply-message-ended":
      return messageEnd(event);
    case "reply-call":
      return callOf(event);
    case "reply-ended": {
      const cancelled = { type: "response.cancelled", response_id: event.replyId };
      const done = { type: "response.done", response: responseOf(event.replyId, event.status, event.output) };
      return event.status === "cancelled" ? [cancelled, done] : [done];
    }
    // Its clients keep time themselves.
    case "reply-played":
    case "reply-cut":
      return [];
  }
}

function messageEnd({ place, item }: ReplyEvent & { type: "reply-message-ended" }): readonly Wire[] {
  const at = contentPlace(place);
  const whole = item.spoken ? { transcript: item.text } : { text: item.text };
  return [
    { type: `response.${textKind(item.spoken)}.done`, ...at, ...whole },
    ...(item.spoken ? [{ type: "response.audio.done", ...at }] : []),
    { type: "response.content_part.done", ...at, part: partOf(item.spoken, item.text) },
    { type: "response.output_item.done", ...outputPlace(place), item: itemOf(item) },
  ];
}

function callOf({ place, item }: ReplyEvent & { type: "reply-call" }): readonly Wire[] {
  const { callId: call_id, name, args } = item;
  const at = { ...outputPlace(place), item_id: place.itemId, call_id, name };
  const begun = { ...itemHead(place.itemId, "function_call", "incomplete"), call_id, name };
  return [
    { type: "response.output_item.added", ...outputPlace(place), item: begun },
    { type: "response.function_call_arguments.delta", ...at, arguments: args },
    { type: "response.function_call_arguments.done", ...at, arguments: args },
    { type: "response.output_item.done", ...outputPlace(place), item: itemOf(item) },
  ];
}

function sessionOf({ textOnly, instructions, voice, turns }: EngineConfig): Wire {
  return {
    modalities: textOnly ? ["text"] : ["text", "audio"],
    instructions,
    voice,
    input_audio_format: "pcm16",
    output_audio_format: "pcm16",
    turn_detection: turns === "server" ? { type: "server_vad" } : null,
    max_response_output_tokens: 4_096,
  };
}

function itemOf(item: Item): Wire {
  switch (item.type) {
    case "message":
      return { ...itemHead(item.itemId, "message", "completed"), role: item.role, content: contentOf(item) };
    case "call": {
      const { callId: call_id, name, args } = item;
      return { ...itemHead(item.itemId, "function_call", "completed"), call_id, name, arguments: args };
    }
    case "output":
      return {
        ...itemHead(item.itemId, "function_call_output", "completed"),
        call_id: item.callId,
        output: item.output,
      };
  }
}

function contentOf({ role, text, spoken }: Item & { type: "message" }): readonly Wire[] {
  if (role === "assistant") return [partOf(spoken, text)];
  return spoken ? [{ type: "input_audio", transcript: null }] : [{ type: "input_text", text }];
}

const itemHead = (id: string, type: string, status: string) => ({ id, object: "realtime.item", type, status });

const partOf = (spoken: boolean, text: string): Wire =>
  spoken ? { type: "audio", transcript: text } : { type: "text", text };

const textKind = (spoken: boolean): string => (spoken ? "audio_transcript" : "text");

const responseOf = (id: string, status: string, output: readonly Item[]): Wire => ({
  id,
  object: "realtime.response",
  status,
  status_details: null,
  output: output.map(itemOf),
});

const outputPlace = ({ replyId, index }: Place): Wire => ({ response_id: replyId, output_index: index });

const contentPlace = ({ replyId, itemId, index }: Place): Wire => ({
  response_id: replyId,
  item_id: itemId,
  output_index: index,
  content_index: 0,
});

const after = (previous: string | undefined): Wire => (previous === undefined ? {} : { previous_item_id: previous });
