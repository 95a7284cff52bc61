import type { Codec, HistoryEntry, ProviderCommand } from "../session/provider.ts";
import type { SessionEvent } from "../session/session-event.ts";
import { closedEvents } from "./gemini-closed.ts";
import { type GeminiMemory, serverMessages } from "./gemini-messages.ts";
import { type GeminiSetup, setupOf } from "./gemini-setup.ts";
import { createTurns } from "./gemini-turn.ts";
import { inWords } from "./realtime-items.ts";
import { remember } from "./realtime-memory.ts";
import { base64FromPcm, type MessageRow } from "./wire.ts";

/** The Live dialect. `prefix` begins all names that it makes: the wire has none for utterances and replies. */
export function geminiCodec(setup: GeminiSetup, prefix: string): Codec {
  const memory: GeminiMemory = {
    turns: createTurns(prefix),
    calls: [],
    openCalls: new Map(),
    pending: [],
    ready: false,
    resuming: false,
  };
  const table = serverMessages(memory);
  return {
    decode: (raw) => decode(table, raw),
    encode: (command) => encode(command, memory, setup),
    closed: (code, reason) => closedEvents(code, reason, memory),
  };
}

function decode(table: ReadonlyMap<string, MessageRow>, raw: unknown): readonly SessionEvent[] {
  const names = typeof raw === "object" && raw !== null && !Array.isArray(raw) ? Object.keys(raw) : [];
  if (names.length === 0) return [{ type: "ignored", wireType: "", problem: "a message without a key" }];
  const message = raw as Readonly<Record<string, unknown>>;
  const events = [...table].flatMap(([name, row]) => (Object.hasOwn(message, name) ? row(message[name]) : []));
  return events.length > 0 ? events : [{ type: "ignored", wireType: nameOf(message) }];
}

/** What is in it: `serverContent.generationComplete`, or the key alone. */
function nameOf(message: Readonly<Record<string, unknown>>): string {
  const [key = ""] = Object.keys(message);
  const content = message["serverContent"];
  const [inner] = typeof content === "object" && content !== null ? Object.keys(content) : [];
  return (inner === undefined ? key : `serverContent.${inner}`).slice(0, 64);
}

function encode(command: ProviderCommand, memory: GeminiMemory, setup: GeminiSetup): readonly unknown[] {
  switch (command.type) {
    case "configure":
      memory.resuming = command.handle !== undefined;
      return [{ setup: setupOf(command.spec, setup, command.handle) }];
    case "history":
      return command.entries.length === 0 ? [] : [silently(toldAgain(command.entries))];
    case "send-audio":
      return [realtimeInput({ audio: { data: base64FromPcm(command.pcm), mimeType: "audio/pcm;rate=16000" } })];
    case "audio-end":
      return [realtimeInput({ audioStreamEnd: true })];
    case "user-text":
      remember(memory.pending, command.text);
      return [];
    case "note":
      remember(memory.pending, `Tell the driver: ${command.text}`);
      return [];
    case "context":
      return takesContext(setup) ? [silently(`[vehicle state] ${command.text}`)] : [];
    case "tool-result":
      return toolResult(command, memory);
    case "create-reply":
      return asked(memory);
    case "cancel-reply":
      if (memory.turns.reply?.replyId === command.replyId) memory.turns.muted = true;
      return [];
    // The server has no message for these: it has cut its own memory already, and hears on its own who is meant.
    case "truncate":
    case "forget-audio":
    case "listening":
      return [];
  }
}

const realtimeInput = (input: unknown) => ({ realtimeInput: input });

/** Appended without being answered. Interrupts whoever speaks, so it must wait for a quiet moment. */
const silently = (text: string) => ({
  clientContent: { turns: [{ role: "user", parts: [{ text }] }], turnComplete: false },
});

/** This generation hangs up on content after its first turn; it asks the status tool instead. */
const takesContext = ({ model }: GeminiSetup): boolean => !model.startsWith("gemini-3.1");

/**
 * A reply begins by itself after speech and after results. Only what was written must be put to the model, all of it
 * in one turn: each text would interrupt the reply to the one before.
 */
function asked({ pending }: GeminiMemory): readonly unknown[] {
  const texts = pending.splice(0);
  return texts.length === 0 ? [] : [realtimeInput({ text: texts.join("\n") })];
}

function toolResult({ callId, output }: ProviderCommand & { type: "tool-result" }, memory: GeminiMemory) {
  const name = memory.openCalls.get(callId);
  memory.openCalls.delete(callId);
  if (name === undefined) {
    remember(memory.pending, `[an earlier call answered ${JSON.stringify(output ?? null)}]`);
    return [];
  }
  const response = typeof output === "object" && output !== null && !Array.isArray(output) ? output : { output };
  return [{ toolResponse: { functionResponses: [{ id: callId, name, response }] } }];
}

/** In one turn of the user, which every model takes as the first one. */
function toldAgain(entries: readonly HistoryEntry[]): string {
  const who = { user: "Driver", assistant: "You" } as const;
  const lines = entries.map((entry) =>
    entry.type === "call" || entry.type === "result" ? inWords(entry) : `${who[entry.type]}: ${entry.text}`,
  );
  return ["[the conversation so far]", ...lines].join("\n");
}
