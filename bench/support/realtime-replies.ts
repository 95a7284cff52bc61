import { SPEAKER_RATE_HZ } from "../../src/audio/audio-frame.ts";

/** What is said in one go, and what is asked of the car meanwhile. */
export interface SaidItem {
  readonly itemId: string;
  readonly ms: number;
  readonly callId?: string;
}

export const CHUNK_MS = 40;

/** Of a steady tone. */
const CHUNK = chunkOf(CHUNK_MS);

function chunkOf(ms: number): string {
  const pcm = Int16Array.from({ length: (ms * SPEAKER_RATE_HZ) / 1000 }, (_, at) =>
    Math.round(8_000 * Math.sin(at / 9)),
  );
  return Buffer.from(pcm.buffer).toString("base64");
}

/** 40 ms of a reply, as the vendor frames it. */
export function audioDelta(responseId: string, itemId: string): unknown {
  return {
    type: "response.output_audio.delta",
    event_id: "event_C9G5RJeJ2gF77mV7f2B1j",
    response_id: responseId,
    item_id: itemId,
    output_index: 0,
    content_index: 0,
    delta: CHUNK,
  };
}

/** All that a server says of a reply, without its sound between `began` and `ended`. */
export function began(responseId: string, { itemId }: SaidItem): readonly unknown[] {
  const item = { id: itemId, object: "realtime.item", type: "message", status: "in_progress", role: "assistant" };
  const part = { type: "audio", transcript: "" };
  const at = { response_id: responseId, output_index: 0 };
  return [
    { type: "response.created", event_id: "e", response: response(responseId, "in_progress") },
    { type: "response.output_item.added", event_id: "e", ...at, item: { ...item, content: [] } },
    { type: "conversation.item.added", event_id: "e", previous_item_id: null, item: { ...item, content: [] } },
    { type: "response.content_part.added", event_id: "e", ...at, item_id: itemId, content_index: 0, part },
  ];
}

export function ended(responseId: string, { itemId, callId }: SaidItem, status = "completed"): readonly unknown[] {
  const at = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
  const content = [{ type: "output_audio", transcript: "There you are." }];
  const item = { id: itemId, object: "realtime.item", type: "message", status, role: "assistant", content };
  const calls = callId === undefined ? [] : [callItem(callId)];
  const told = calls.flatMap((call) => [
    { type: "response.output_item.added", event_id: "e", response_id: responseId, output_index: 1, item: call },
    { type: "conversation.item.added", event_id: "e", previous_item_id: itemId, item: call },
    {
      type: "response.function_call_arguments.done",
      event_id: "e",
      response_id: responseId,
      item_id: call.id,
      output_index: 1,
      call_id: call.call_id,
      name: call.name,
      arguments: call.arguments,
    },
    { type: "response.output_item.done", event_id: "e", response_id: responseId, output_index: 1, item: call },
  ]);
  return [
    { type: "response.output_audio.done", event_id: "e", ...at },
    { type: "response.output_audio_transcript.done", event_id: "e", ...at, transcript: "There you are." },
    { type: "response.output_item.done", event_id: "e", response_id: responseId, output_index: 0, item },
    ...told,
    { type: "response.done", event_id: "e", response: { ...response(responseId, status), output: [item, ...calls] } },
  ];
}

/** A whole reply with its sound. */
export function reply(responseId: string, item: SaidItem): readonly unknown[] {
  const chunks = Array.from({ length: Math.round(item.ms / CHUNK_MS) }, () => audioDelta(responseId, item.itemId));
  return [...began(responseId, item), ...chunks, ...ended(responseId, item)];
}

function response(id: string, status: string) {
  return { object: "realtime.response", id, status, status_details: null, output: [], conversation_id: "conv" };
}

function callItem(callId: string) {
  return {
    id: `fc_${callId}`,
    object: "realtime.item",
    type: "function_call",
    status: "completed",
    name: "set_cabin_temperature",
    call_id: callId,
    arguments: '{"celsius":21}',
  };
}
