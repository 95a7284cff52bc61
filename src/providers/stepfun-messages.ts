import { z } from "zod";

import { type Memory, remember, rememberAs } from "./realtime-memory.ts";
import { contentMessages, id, ready, replyMessages, serverIdOf } from "./realtime-replies.ts";
import { errorEvent } from "./stepfun-errors.ts";
import { type MessageTable, row } from "./wire.ts";

/** What only this dialect makes a connection remember. */
export interface StepFunMemory extends Memory {
  /** The server has sent its first `session.created`. */
  greeted: boolean;
  /** Keys of contexts whose items the server has not named yet, in order. */
  readonly unnamedContexts: string[];
  /** Items that a newer one of the same key replaced before they had a name. */
  readonly outdatedItems: string[];
}

const wireError = z.object({
  type: z.string().optional().catch(undefined),
  code: z.coerce.string().optional().catch(undefined),
  message: z.string(),
});

const STREAMS = { audio: "response.audio", transcript: "response.audio_transcript", text: "response.text" };

/** What the server says, message by message. The rows close over the memory of their connection. */
export function serverMessages(memory: StepFunMemory): MessageTable {
  return {
    ...sessionMessages(memory),
    ...inputMessages(),
    ...contentMessages(memory, STREAMS),
    ...replyMessages(memory, () => []),
  };
}

function sessionMessages(memory: StepFunMemory): MessageTable {
  return {
    // The reference prints this type for the answer to our update as well.
    "session.created": (raw) => {
      if (memory.greeted) return [ready(memory)];
      memory.greeted = true;
      memory.serverId = serverIdOf(raw);
      return [{ type: "ignored", wireType: "session.created" }];
    },
    "session.updated": () => [ready(memory)],
    "conversation.item.created": row(
      z.object({
        item: z.object({ id: id.optional(), role: z.string().optional(), call_id: id.optional(), name: id.optional() }),
      }),
      ({ item }) => {
        const key = item.role === "system" ? memory.unnamedContexts.shift() : undefined;
        if (key && item.id !== undefined) named(key, item.id, memory);
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

function named(key: string, itemId: string, { contextItems, outdatedItems }: StepFunMemory): void {
  const older = contextItems.get(key);
  if (older !== undefined) remember(outdatedItems, older);
  rememberAs(contextItems, key, itemId);
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
