import type { EngineEvent } from "../engine-event.ts";
import type { Dialect, HangUp } from "./dialect.ts";
import { createMemory, type GeminiMemory, hasOpenCalls, openCall } from "./gemini-memory.ts";
import { decoderOf } from "./gemini-requests.ts";
import { base64Of } from "./request.ts";

type Wire = Readonly<Record<string, unknown>>;

/** Google's Live API (`BidiGenerateContent`) from the server's side. It has no ids of items, and errors end the connection. */
export function geminiDialect(): Dialect {
  const memory = createMemory();
  return {
    defaults: { inputRateHz: memory.inputRateHz, interrupts: true, playback: "assumed" },
    binary: true,
    decode: decoderOf(memory),
    encode: (event) => messagesOf(event, memory),
    hangUp,
  };
}

function messagesOf(event: EngineEvent, memory: GeminiMemory): readonly Wire[] {
  switch (event.type) {
    case "session-created":
      memory.sessionId = event.sessionId;
      return [];
    case "session-updated":
      return memory.isReady ? [] : ready(memory);
    case "speech-started":
      memory.held = [];
      return activity("ACTIVITY_START", event.atMs, memory);
    case "speech-stopped":
      return activity("ACTIVITY_END", event.atMs, memory);
    case "transcript": {
      const isTold = event.final && event.text !== "" && memory.setup?.inputAudioTranscription !== undefined;
      return isTold ? [{ serverContent: { inputTranscription: { text: event.text, finished: true } } }] : [];
    }
    case "reply-started":
      memory.turn ??= { said: false };
      return [];
    case "reply-call":
      memory.calling = [...memory.calling, event.item];
      openCall(memory, event.item.callId, event.place.replyId);
      return [];
    case "reply-message-started":
      return calls(memory);
    case "reply-text":
      return words(event, memory);
    case "reply-audio": {
      const inlineData = { mimeType: "audio/pcm;rate=24000", data: base64Of(event.pcm) };
      return [modelTurn({ inlineData })];
    }
    case "reply-ended":
      return replyEnd(event, memory);
    case "reply-played":
      return hasOpenCalls(memory, event.replyId) ? [] : turnEnd(memory);
    case "reply-cut":
      return interrupted(memory);
    default:
      return [];
  }
}

function ready(memory: GeminiMemory): readonly Wire[] {
  memory.isReady = true;
  const resumes = memory.setup?.sessionResumption !== undefined;
  const update = { sessionResumptionUpdate: { newHandle: "", resumable: false } };
  return [{ setupComplete: { sessionId: memory.sessionId } }, ...(resumes ? [update] : [])];
}

function activity(voiceActivityType: string, atMs: number, { setup }: GeminiMemory): readonly Wire[] {
  const audioOffset = `${(atMs / 1_000).toFixed(3)}s`;
  return setup?.explicitVadSignal === true ? [{ voiceActivity: { voiceActivityType, audioOffset } }] : [];
}

function calls(memory: GeminiMemory): readonly Wire[] {
  const functionCalls = memory.calling.map(({ callId, name, args }) => ({
    id: callId,
    name,
    args: JSON.parse(args) as unknown,
  }));
  memory.calling = [];
  return functionCalls.length === 0 ? [] : [{ toolCall: { functionCalls } }];
}

/** Texts of one turn are put together by the client. */
function words({ spoken, text }: EngineEvent & { type: "reply-text" }, memory: GeminiMemory): readonly Wire[] {
  const fragment = memory.turn?.said ? ` ${text}` : text;
  memory.turn = { said: true };
  if (!spoken) return [modelTurn({ text: fragment })];
  const isTold = memory.setup?.outputAudioTranscription !== undefined;
  return isTold ? [{ serverContent: { outputTranscription: { text: fragment } } }] : [];
}

const modelTurn = (part: Wire): Wire => ({ serverContent: { modelTurn: { role: "model", parts: [part] } } });

function replyEnd({ status }: EngineEvent & { type: "reply-ended" }, memory: GeminiMemory): readonly Wire[] {
  const told = calls(memory);
  if (status === "cancelled") return [...told, ...interrupted(memory)];
  return memory.turn?.said ? [...told, { serverContent: { generationComplete: true } }] : told;
}

function interrupted(memory: GeminiMemory): readonly Wire[] {
  if (memory.turn === undefined) return [];
  return [{ serverContent: { interrupted: true } }, ...turnEnd(memory)];
}

function turnEnd(memory: GeminiMemory): readonly Wire[] {
  memory.turn = undefined;
  return [{ serverContent: { turnComplete: true } }];
}

/** Nothing was said where a turn was ended: that is no mistake. */
function hangUp(event: EngineEvent): HangUp | undefined {
  if (event.type !== "error" || event.code === "nothing-to-commit") return undefined;
  if (event.kind === "server") return { code: 1011, reason: event.message };
  return { code: event.code === "unsupported" ? 1008 : 1007, reason: event.message };
}
