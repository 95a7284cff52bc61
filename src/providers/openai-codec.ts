import type { Codec, ProviderCommand } from "../session/provider.ts";
import type { SessionSpec } from "../session/session-command.ts";
import { closedEvents } from "./openai-errors.ts";
import { type OpenAiMemory, serverMessages } from "./openai-messages.ts";
import { createItem, historyItem, resultItem, textItem } from "./realtime-items.ts";
import { createMemory, rememberAs } from "./realtime-memory.ts";
import { base64FromPcm, decodeWith } from "./wire.ts";

const SAMPLES_PER_MS = 24;

/** The dialect of OpenAI's realtime API as it is generally available: nested audio, flat tools, codes for errors. */
export function openAiCodec(sessionOf: (spec: SessionSpec) => Readonly<Record<string, unknown>>): Codec {
  const memory: OpenAiMemory = { ...createMemory(), transcripts: new Map(), received: new Map() };
  const table = serverMessages(memory);
  const nextItemId = itemIds();
  return {
    decode: (raw) => decodeWith(table, raw),
    encode: (command) => encode(command, { memory, nextItemId, sessionOf }),
    closed: closedEvents,
  };
}

interface Writer {
  readonly memory: OpenAiMemory;
  readonly nextItemId: () => string;
  readonly sessionOf: (spec: SessionSpec) => Readonly<Record<string, unknown>>;
}

function encode(command: ProviderCommand, writer: Writer): readonly unknown[] {
  switch (command.type) {
    case "configure":
      return [{ type: "session.update", session: writer.sessionOf(command.spec) }];
    case "history":
      return command.entries.map((entry) => createItem(historyItem(entry, "output_text")));
    case "audio-end":
    case "listening":
      return [];
    case "send-audio":
      return [{ type: "input_audio_buffer.append", audio: base64FromPcm(command.pcm) }];
    case "forget-audio":
      return [{ type: "input_audio_buffer.clear" }];
    case "user-text":
      return [createItem(textItem("user", command.text))];
    case "context":
      return context(command, writer);
    case "note":
      return [createItem(textItem("system", `Tell the driver: ${command.text}`))];
    case "tool-result":
      return [createItem(resultItem(command.callId, command.output))];
    case "create-reply":
      return [{ type: "response.create" }];
    case "cancel-reply":
      return [{ type: "response.cancel", response_id: command.replyId }];
    case "truncate":
      return [truncate(command, writer.memory)];
  }
}

/** The new text, then the old one away: at no time does the model know nothing of it. */
function context({ key, text }: ProviderCommand & { type: "context" }, { memory, nextItemId }: Writer) {
  const replaced = memory.contextItems.get(key);
  const item_id = nextItemId();
  rememberAs(memory.contextItems, key, item_id);
  const added = createItem({ id: item_id, ...textItem("system", text) });
  return replaced === undefined ? [added] : [added, { type: "conversation.item.delete", item_id: replaced }];
}

/** The server refuses fractions, and more than it has sent. What was not heard at all was not said. */
function truncate({ itemId, contentIndex, playedMs }: ProviderCommand & { type: "truncate" }, memory: OpenAiMemory) {
  const sent = memory.received.get(itemId) ?? Number.POSITIVE_INFINITY;
  const audio_end_ms = Math.floor(Math.min(playedMs, sent / SAMPLES_PER_MS));
  return audio_end_ms > 0
    ? { type: "conversation.item.truncate", item_id: itemId, content_index: contentIndex, audio_end_ms }
    : { type: "conversation.item.delete", item_id: itemId };
}

/** Ids are ours, so that an item can be replaced before the server has said anything of it. */
function itemIds(): () => string {
  let count = 0;
  return () => `context_${++count}`;
}
