import { z } from "zod";

import { errorEvent, failureOf, wireError } from "./openai-errors.ts";
import { type Memory, rememberAs } from "./realtime-memory.ts";
import { contentMessages, id, ready, replyMessages, serverIdOf } from "./realtime-replies.ts";
import { type MessageTable, row } from "./wire.ts";

/** Of an utterance; past this the final text must do. */
const MAX_TRANSCRIPT = 4_096;

/** What only this dialect makes a connection remember. */
export interface OpenAiMemory extends Memory {
  /** What was heard so far, by item. */
  readonly transcripts: Map<string, string>;
  /** Samples received, by item: nothing longer than it is may be asked to be cut. */
  readonly received: Map<string, number>;
}

const STREAMS = {
  audio: "response.output_audio",
  transcript: "response.output_audio_transcript",
  text: "response.output_text",
};

/** What the server says, message by message. The rows close over the memory of their connection. */
export function serverMessages(memory: OpenAiMemory): MessageTable {
  return {
    ...sessionMessages(memory),
    ...inputMessages(memory),
    ...measured(contentMessages(memory, STREAMS), memory),
    ...replyMessages(memory, failureOf),
  };
}

function sessionMessages(memory: OpenAiMemory): MessageTable {
  return {
    "session.created": (raw) => {
      memory.serverId = serverIdOf(raw);
      return [{ type: "ignored", wireType: "session.created" }];
    },
    "session.updated": () => [ready(memory)],
    error: row(z.object({ error: wireError }), ({ error }) => [errorEvent(error)]),
  };
}

function inputMessages(memory: OpenAiMemory): MessageTable {
  const transcript = "conversation.item.input_audio_transcription";
  return {
    "input_audio_buffer.speech_started": () => [{ type: "speech-started" }],
    "input_audio_buffer.speech_stopped": () => [{ type: "speech-stopped" }],
    // Each delta holds what is new.
    [`${transcript}.delta`]: row(z.object({ item_id: id, delta: z.string() }), ({ item_id: itemId, delta }) => {
      const text = `${memory.transcripts.get(itemId) ?? ""}${delta}`.slice(0, MAX_TRANSCRIPT);
      rememberAs(memory.transcripts, itemId, text);
      return [{ type: "transcript", itemId, text, final: false }];
    }),
    [`${transcript}.completed`]: row(
      z.object({ item_id: id, transcript: z.string() }),
      ({ item_id: itemId, transcript: text }) => {
        memory.transcripts.delete(itemId);
        return [{ type: "transcript", itemId, text, final: true }];
      },
    ),
    [`${transcript}.failed`]: row(z.object({ error: wireError }), ({ error }) => [
      // The model has heard it all the same.
      { ...errorEvent(error), severity: "benign" },
    ]),
  };
}

/** Keeps count of what every item may be cut to. */
function measured(messages: MessageTable, { received, callNames }: OpenAiMemory): MessageTable {
  const audio = `${STREAMS.audio}.delta`;
  const item = z.object({ item: z.object({ call_id: id, name: id }) });
  return {
    ...messages,
    [audio]: (raw) => {
      const events = messages[audio]?.(raw) ?? [];
      for (const event of events) {
        if (event.type === "reply-audio")
          rememberAs(received, event.itemId, (received.get(event.itemId) ?? 0) + event.pcm.length);
      }
      return events;
    },
    "response.output_item.added": (raw) => {
      const call = item.safeParse(raw).data?.item;
      if (call !== undefined) rememberAs(callNames, call.call_id, call.name);
      return [{ type: "ignored", wireType: "response.output_item.added" }];
    },
  };
}
