import { z } from "zod";

import type { ReplyStatus, SessionEvent } from "../session/session-event.ts";
import { endReply, heard, replying, said, type Turns } from "./gemini-turn.ts";
import { isNewCall, rememberAs } from "./realtime-memory.ts";
import { type MessageRow, pcmFromBase64, providerError, readable } from "./wire.ts";

/** What the wire leaves out and one connection has to remember. */
export interface GeminiMemory {
  readonly turns: Turns;
  /** Calls that were told already. */
  readonly calls: string[];
  /** Names of those that the model waits for, by id: their results need them. */
  readonly openCalls: Map<string, string>;
  /** What the driver typed or is to hear; the next reply that is asked for takes it along. */
  readonly pending: string[];
  ready: boolean;
  resuming: boolean;
}

const id = z.string().min(1).max(256);
const fragment = z.object({ text: z.string().catch(""), finished: z.boolean().optional().catch(undefined) });
const part = z.object({
  text: z.string().optional().catch(undefined),
  thought: z.boolean().optional().catch(undefined),
  inlineData: z.object({ mimeType: z.string(), data: z.string() }).optional().catch(undefined),
});
const content = z.object({
  inputTranscription: fragment.optional().catch(undefined),
  modelTurn: z
    .object({ parts: z.array(part).catch([]) })
    .optional()
    .catch(undefined),
  outputTranscription: fragment.optional().catch(undefined),
  generationComplete: z.boolean().optional().catch(undefined),
  interrupted: z.boolean().optional().catch(undefined),
  turnComplete: z.boolean().optional().catch(undefined),
  turnCompleteReason: z.string().max(64).optional().catch(undefined),
  interactionStatus: z.string().optional().catch(undefined),
});

type Part = z.output<typeof part>;
type Content = z.output<typeof content>;

/** A message is an object whose keys say what it is; several may come at once and are taken in this order. */
export function serverMessages(memory: GeminiMemory): ReadonlyMap<string, MessageRow> {
  return new Map([
    ["setupComplete", setupComplete(memory)],
    ["sessionResumptionUpdate", resumption],
    // A call ends what was being said: the end of the turn that may come with it has nothing left to end.
    ["toolCall", toolCall(memory)],
    ["serverContent", serverContent(memory)],
    ["toolCallCancellation", withdrawal(memory)],
    ["goAway", goAway],
  ]);
}

function setupComplete(memory: GeminiMemory): MessageRow {
  return readable("setupComplete", z.object({ sessionId: id.optional().catch(undefined) }), ({ sessionId }) => {
    memory.ready = true;
    return [{ type: "session-ready", ...(sessionId !== undefined && { trace: sessionId }) }];
  });
}

/** While the model speaks or waits for a tool there is no new handle, and the last one still counts. */
const resumption = readable(
  "sessionResumptionUpdate",
  z.object({ newHandle: z.string().max(8_192).catch(""), resumable: z.boolean().catch(false) }),
  ({ newHandle, resumable }) => (resumable && newHandle !== "" ? [{ type: "session-handle", handle: newHandle }] : []),
);

const DURATION = /^(\d+(?:\.\d+)?)s$/;

const goAway = readable("goAway", z.object({ timeLeft: z.string().catch("") }), ({ timeLeft }) => {
  const seconds = Number(DURATION.exec(timeLeft)?.[1] ?? 0);
  return [{ type: "session-expiring", inMs: Math.round(seconds * 1_000) }];
});

function withdrawal({ openCalls }: GeminiMemory): MessageRow {
  return readable("toolCallCancellation", z.object({ ids: z.array(id) }), ({ ids }) => {
    for (const callId of ids) openCalls.delete(callId);
    return [{ type: "calls-withdrawn", callIds: ids }];
  });
}

/**
 * The model waits for its tools in the middle of a turn. In our words its reply is over then, and what it says after
 * the results is another one: results are not kept back for the end of something that waits for them.
 */
function toolCall(memory: GeminiMemory): MessageRow {
  const call = z.object({ id, name: id, args: z.unknown().optional() });
  return readable("toolCall", z.object({ functionCalls: z.array(call) }), ({ functionCalls }) => {
    const fresh = functionCalls.filter(({ id: callId }) => isNewCall(memory, callId));
    if (fresh.length === 0) return [];
    const { replyId, begun } = replying(memory.turns);
    const calls = fresh.map(({ id: callId, name, args = {} }): SessionEvent => {
      rememberAs(memory.openCalls, callId, name);
      return { type: "tool-call", replyId, callId, name, args };
    });
    return [...begun, ...calls, ...(memory.turns.muted ? [] : endReply(memory.turns, "completed"))];
  });
}

/** Its fields exclude each other only in theory. */
function serverContent({ turns, openCalls }: GeminiMemory): MessageRow {
  return readable("serverContent", content, (message) => {
    const { inputTranscription, modelTurn, outputTranscription } = message;
    // What is said while tools run is said: the turn itself may last until their results.
    const waits = message.generationComplete === true && openCalls.size > 0 && !turns.muted;
    return [
      ...(inputTranscription ? heard(turns, inputTranscription.text, inputTranscription.finished === true) : []),
      ...(modelTurn?.parts ?? []).flatMap((each) => partEvents(turns, each)),
      ...(outputTranscription?.text ? said(turns, outputTranscription.text) : []),
      ...(waits ? endReply(turns, "completed") : []),
      ...(message.interrupted === true ? endReply(turns, "cancelled") : []),
      ...(message.turnComplete === true ? turnEnd(turns, message) : []),
    ];
  });
}

function partEvents(turns: Turns, { text, thought, inlineData }: Part): readonly SessionEvent[] {
  if (inlineData !== undefined) return audioEvents(turns, inlineData);
  return text === undefined || text === "" || thought === true ? [] : said(turns, text);
}

function audioEvents(turns: Turns, { mimeType, data }: NonNullable<Part["inlineData"]>): readonly SessionEvent[] {
  const isSpeech = /^audio\/pcm(;\s*rate=24000)?$/.test(mimeType);
  const pcm = isSpeech ? pcmFromBase64(data) : undefined;
  if (pcm === undefined) {
    const problem = isSpeech ? "not 16-bit samples in base64" : "not PCM at 24 kHz";
    return [{ type: "ignored", wireType: "serverContent", problem: `inlineData: ${problem}` }];
  }
  const { replyId, begun } = replying(turns);
  return [...begun, { type: "reply-audio", replyId, itemId: replyId, contentIndex: 0, pcm }];
}

const FINE = /^(TURN_COMPLETE_REASON_UNSPECIFIED|NEED_MORE_INPUT)$/;

function turnEnd(turns: Turns, { turnCompleteReason: reason, interactionStatus }: Content): readonly SessionEvent[] {
  if (reason !== undefined && !FINE.test(reason)) {
    const failed = providerError(reason, "", "benign", `the model broke its turn off (${reason})`);
    return [failed, ...replying(turns).begun, ...endReply(turns, "failed")];
  }
  // A request may take several turns: it goes on by itself.
  if (interactionStatus === "IN_PROGRESS") return [];
  const status: ReplyStatus = turns.muted ? "cancelled" : "completed";
  return endReply(turns, status);
}
