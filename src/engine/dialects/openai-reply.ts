import type { EngineEvent, MessageItem } from "../engine-event.ts";
import { contentPlace, outputOf, outputPlace, type Progress, partOf, type Wire, wireOf } from "./openai-items.ts";
import type { OpenAiMemory } from "./openai-memory.ts";
import { base64Of } from "./request.ts";

type ReplyEvent = EngineEvent & { type: `reply-${string}` };

/** One reply in GA's words. An item is told of twice: as the reply's output, and as part of the conversation. */
export function replyMessagesOf(event: ReplyEvent, memory: OpenAiMemory): readonly Wire[] {
  switch (event.type) {
    case "reply-started":
      return [{ type: "response.created", response: responseOf(event.replyId, "in_progress", [], memory) }];
    case "reply-message-started":
      return messageStart(event, memory);
    case "reply-text":
      return [{ type: `response.${textKind(event.spoken)}.delta`, ...contentPlace(event.place), delta: event.text }];
    case "reply-audio":
      return [{ type: "response.output_audio.delta", ...contentPlace(event.place), delta: base64Of(event.pcm) }];
    case "reply-message-ended":
      return messageEnd(event, "completed", memory);
    case "reply-call":
      return callOf(event, memory);
    case "reply-ended":
      return replyEnd(event, memory);
    // Its clients keep time themselves.
    case "reply-played":
    case "reply-cut":
      return [];
  }
}

function messageStart(event: ReplyEvent & { type: "reply-message-started" }, memory: OpenAiMemory): readonly Wire[] {
  const { place, spoken } = event;
  memory.open = { place, spoken };
  const item: MessageItem = { type: "message", itemId: place.itemId, role: "assistant", text: "", spoken };
  return [
    { type: "response.output_item.added", ...outputPlace(place), item: wireOf(item, "in_progress") },
    memory.added(wireOf(item, "in_progress")),
    { type: "response.content_part.added", ...contentPlace(place), part: partOf(spoken, "") },
  ];
}

function messageEnd(
  { place, item }: Pick<ReplyEvent & { type: "reply-message-ended" }, "place" | "item">,
  status: Progress,
  memory: OpenAiMemory,
): readonly Wire[] {
  memory.open = undefined;
  const at = contentPlace(place);
  const wire = wireOf(item, status);
  const whole = item.spoken ? { transcript: item.text } : { text: item.text };
  return [
    ...(item.spoken ? [{ type: "response.output_audio.done", ...at }] : []),
    { type: `response.${textKind(item.spoken)}.done`, ...at, ...whole },
    { type: "response.content_part.done", ...at, part: partOf(item.spoken, item.text) },
    memory.done(wire),
    { type: "response.output_item.done", ...outputPlace(place), item: wire },
  ];
}

function callOf({ place, item }: ReplyEvent & { type: "reply-call" }, memory: OpenAiMemory): readonly Wire[] {
  const { callId: call_id, name, args } = item;
  const at = { ...outputPlace(place), item_id: place.itemId, call_id };
  return [
    { type: "response.output_item.added", ...outputPlace(place), item: wireOf(item, "in_progress") },
    memory.added(wireOf(item, "in_progress")),
    { type: "response.function_call_arguments.delta", ...at, delta: args },
    { type: "response.function_call_arguments.done", ...at, name, arguments: args },
    memory.done(wireOf(item)),
    { type: "response.output_item.done", ...outputPlace(place), item: wireOf(item) },
  ];
}

/** What is cut off in the middle is ended as incomplete first. */
function replyEnd(event: ReplyEvent & { type: "reply-ended" }, memory: OpenAiMemory): readonly Wire[] {
  const { replyId, status, output, by } = event;
  const { open } = memory;
  const cut = output.find((item) => item.type === "message" && item.itemId === open?.place.itemId);
  const reason = by === "client" ? "client_cancelled" : "turn_detected";
  const details = status === "cancelled" ? { type: "cancelled", reason } : null;
  const response = { ...responseOf(replyId, status, outputOf(output, cut?.itemId), memory), status_details: details };
  return [
    ...(open !== undefined && cut?.type === "message"
      ? messageEnd({ place: open.place, item: cut }, "incomplete", memory)
      : []),
    { type: "response.done", response },
  ];
}

const textKind = (spoken: boolean): string => (spoken ? "output_audio_transcript" : "output_text");

const responseOf = (id: string, status: string, output: readonly Wire[], { session }: OpenAiMemory): Wire => ({
  object: "realtime.response",
  id,
  status,
  status_details: null,
  output,
  conversation_id: "conv_1",
  output_modalities: session["output_modalities"],
  max_output_tokens: session["max_output_tokens"],
  audio: { output: { format: session.audio.output["format"], voice: session.audio.output["voice"] } },
  usage: null,
  metadata: null,
});
