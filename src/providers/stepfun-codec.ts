import type { Codec, HistoryEntry, ProviderCommand } from "../session/provider.ts";
import type { SessionSpec } from "../session/session-command.ts";
import type { SessionEvent } from "../session/session-event.ts";
import { createItem, historyItem, inWords, resultItem, textItem } from "./realtime-items.ts";
import { createMemory, remember } from "./realtime-memory.ts";
import { type StepFunMemory, serverMessages } from "./stepfun-messages.ts";
import { base64FromPcm, decodeWith } from "./wire.ts";

export interface StepFunDialect {
  /** Makes the object that configures the conversation. */
  readonly sessionOf: (spec: SessionSpec) => Readonly<Record<string, unknown>>;
  /** What only some servers of this dialect understand; nothing is sent for it to the others. */
  readonly beyond?: (command: Beyond) => readonly unknown[];
  /** Whether the server takes calls as items from the client; else it is told of them in words. */
  readonly takesCalls?: boolean;
}

/** Commands that StepFun's own server has no message for. */
export type Beyond = ProviderCommand & { type: "listening" | "truncate" };

/** A system item that is nobody's context. */
const NO_KEY = "";

/** The StepFun dialect, seen from the client: the event names of OpenAI's beta, a flat session, nested tools. */
export function stepFunCodec(dialect: StepFunDialect): Codec {
  const memory: StepFunMemory = {
    ...createMemory(),
    greeted: false,
    unnamedContexts: [],
    outdatedItems: [],
  };
  const table = serverMessages(memory);
  return {
    decode: (raw): readonly SessionEvent[] => decodeWith(table, raw),
    encode: (command): readonly unknown[] => encode(command, memory, dialect),
  };
}

function encode(command: ProviderCommand, memory: StepFunMemory, dialect: StepFunDialect): readonly unknown[] {
  switch (command.type) {
    case "configure":
      return [{ type: "session.update", session: dialect.sessionOf(command.spec) }];
    case "history":
      return command.entries.map((entry) => createItem(itemOf(entry, memory, dialect)));
    case "audio-end":
      return [];
    case "listening":
    case "truncate":
      return dialect.beyond?.(command) ?? [];
    case "send-audio":
      return [{ type: "input_audio_buffer.append", audio: base64FromPcm(command.pcm) }];
    case "forget-audio":
      return [{ type: "input_audio_buffer.clear" }];
    case "user-text":
      return [createItem(textItem("user", command.text))];
    case "context":
      return [...forgetContext(command.key, memory), createItem(systemItem(command.key, command.text, memory))];
    case "note":
      return [createItem(systemItem(NO_KEY, `Tell the driver: ${command.text}`, memory))];
    case "tool-result":
      return [createItem(resultItem(command.callId, command.output))];
    case "create-reply":
      return [{ type: "response.create" }];
    case "cancel-reply":
      return [{ type: "response.cancel" }];
  }
}

function itemOf(entry: HistoryEntry, memory: StepFunMemory, { takesCalls = false }: StepFunDialect) {
  const isTold = (entry.type === "call" || entry.type === "result") && !takesCalls;
  return isTold ? systemItem(NO_KEY, inWords(entry), memory) : historyItem(entry, "text");
}

/** The server names items itself, and tells the names in the order in which the items came. */
function systemItem(key: string, text: string, { unnamedContexts }: StepFunMemory) {
  remember(unnamedContexts, key);
  return textItem("system", text);
}

/** Deletes what was said under the same key before, as far as the server has named it. */
function forgetContext(key: string, { contextItems, outdatedItems }: StepFunMemory): readonly unknown[] {
  const current = contextItems.get(key);
  contextItems.delete(key);
  const itemIds = [...outdatedItems.splice(0), ...(current === undefined ? [] : [current])];
  return itemIds.map((itemId) => ({ type: "conversation.item.delete", item_id: itemId }));
}
