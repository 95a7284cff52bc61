import type { Codec, HistoryEntry, ProviderCommand } from "../session/provider.ts";
import type { SessionSpec } from "../session/session-command.ts";
import type { SessionEvent } from "../session/session-event.ts";
import { createMemory, type Memory, remember } from "./stepfun-memory.ts";
import { serverMessages } from "./stepfun-messages.ts";
import { base64FromPcm, decodeWith } from "./wire.ts";

export interface StepFunDialect {
  /** Makes the object that configures the conversation. */
  readonly sessionOf: (spec: SessionSpec) => Readonly<Record<string, unknown>>;
  /** What only some servers of this dialect understand; nothing is sent for it to the others. */
  readonly beyond?: (command: Beyond) => readonly unknown[];
}

/** Commands that StepFun's own server has no message for. */
export type Beyond = ProviderCommand & { type: "listening" | "truncate" };

/** The StepFun dialect, seen from the client: the event names of OpenAI's beta, a flat session, nested tools. */
export function stepFunCodec(dialect: StepFunDialect): Codec {
  const memory = createMemory();
  const table = serverMessages(memory);
  return {
    decode: (raw): readonly SessionEvent[] => decodeWith(table, raw),
    encode: (command): readonly unknown[] => encode(command, memory, dialect),
  };
}

function encode(command: ProviderCommand, memory: Memory, dialect: StepFunDialect): readonly unknown[] {
  switch (command.type) {
    case "configure":
      return [{ type: "session.update", session: dialect.sessionOf(command.spec) }];
    case "history":
      return command.entries.map((entry) => createItem(itemOf(entry)));
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
      return [...forgetContext(command.key, memory), createItem(textItem("system", command.text))];
    case "note":
      return [createItem(textItem("system", `Tell the driver: ${command.text}`))];
    case "tool-result":
      return [
        createItem({ type: "function_call_output", call_id: command.callId, output: JSON.stringify(command.output) }),
      ];
    case "create-reply":
      return [{ type: "response.create" }];
    case "cancel-reply":
      return [{ type: "response.cancel" }];
  }
}

const createItem = (item: Readonly<Record<string, unknown>>) => ({ type: "conversation.item.create", item });

const textItem = (role: "user" | "system", text: string) => ({
  type: "message",
  role,
  content: [{ type: "input_text", text }],
});

function itemOf(entry: HistoryEntry): Readonly<Record<string, unknown>> {
  switch (entry.type) {
    case "user":
      return textItem("user", entry.text);
    case "assistant":
      return { type: "message", role: "assistant", content: [{ type: "text", text: entry.text }] };
    case "call":
      return {
        type: "function_call",
        call_id: entry.callId,
        name: entry.name,
        arguments: JSON.stringify(entry.args),
      };
    case "result":
      return { type: "function_call_output", call_id: entry.callId, output: JSON.stringify(entry.output) };
  }
}

/** Deletes what was said under the same key before. The server names items itself, so its id is known only later. */
function forgetContext(key: string, memory: Memory): readonly unknown[] {
  const itemId = memory.contextItems.get(key);
  memory.contextItems.delete(key);
  remember(memory.unnamedContexts, key);
  return itemId === undefined ? [] : [{ type: "conversation.item.delete", item_id: itemId }];
}
