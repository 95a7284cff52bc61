import { MIC_RATE_HZ, SPEAKER_RATE_HZ } from "../audio/audio-frame.ts";
import { cancelling, type Deadline, type Gate, type GateOptions, isSpeaking, replyIdOf, withItem } from "./gate.ts";
import { afterCommand, settled } from "./gate-commands.ts";
import { hold, NOTHING_HELD } from "./hold-commands.ts";
import type { LinkCommand } from "./link-command.ts";
import { audioDropped } from "./link-event.ts";
import { CORE_CODES, type ReplyStatus, type SessionEvent } from "./session-event.ts";

type GateInput = LinkCommand | SessionEvent | Deadline;

/** Past this the model has lost the thread: the reply is cancelled. */
const MAX_REPLY_SAMPLES = 60 * SPEAKER_RATE_HZ;
const MAX_OPEN_CALLS = 16;
const MAX_KNOWN_CALLS = 256;

export function nextGate(gate: Gate, input: GateInput, options: GateOptions): Gate {
  const before: Gate = { ...gate, send: [], emit: [] };
  if (isCommand(input)) {
    if (gate.phase.type === "holding") return { ...before, held: hold(gate.held, input) };
    return settled(afterCommand(before, input, options), options);
  }
  return settled(
    input.type === "deadline" ? afterDeadline(before, input, options) : afterEvent(before, input, options),
    options,
  );
}

const COMMANDS: ReadonlySet<string> = new Set<LinkCommand["type"]>([
  "send-audio",
  "audio-end",
  "user-text",
  "context",
  "note",
  "tool-result",
  "create-reply",
  "cancel-reply",
  "listening",
  "truncate",
  "history",
]);

function isCommand(input: GateInput): input is LinkCommand {
  return COMMANDS.has(input.type);
}

function afterEvent(gate: Gate, event: SessionEvent, options: GateOptions): Gate {
  switch (event.type) {
    case "session-ready":
      return gate.phase.type === "holding" ? released({ ...gate, emit: [event] }, options) : gate;
    case "speech-stopped":
      return { ...gate, autoReplyDue: options.autoReply, emit: [event] };
    case "reply-started":
      return afterStart(gate, event);
    case "reply-ended":
      return afterEnd(gate, event);
    case "reply-audio":
    case "reply-text":
      return isSpeaking(gate, event.replyId) ? spoken({ ...gate, emit: [event] }, event) : gate;
    case "tool-call":
      return isSpeaking(gate, event.replyId) && !gate.knownCalls.includes(event.callId) ? called(gate, event) : gate;
    case "provider-error":
      return afterError({ ...gate, emit: [event] }, event);
    case "calls-withdrawn":
      return {
        ...gate,
        openCalls: gate.openCalls.filter((callId) => !event.callIds.includes(callId)),
        emit: [event],
      };
    case "session-lost":
    case "failover":
    case "session-expiring":
    case "session-handle":
    case "speech-started":
    case "transcript":
    case "ignored":
      return { ...gate, emit: [event] };
  }
}

/** Lets out what waited for the session, as if it were asked for now. */
function released({ held, ...gate }: Gate, options: GateOptions): Gate {
  const dropped =
    held.droppedSamples > 0 ? [audioDropped((held.droppedSamples * 1_000) / MIC_RATE_HZ, "no connection")] : [];
  const open: Gate = { ...gate, held: NOTHING_HELD, phase: { type: "idle" }, emit: [...gate.emit, ...dropped] };
  return held.commands.reduce((state, command) => {
    const next = afterCommand({ ...state, send: [] }, command, options);
    return { ...next, send: [...state.send, ...next.send] };
  }, open);
}

function afterStart(gate: Gate, event: SessionEvent & { type: "reply-started" }): Gate {
  const running = replyIdOf(gate);
  if (running === event.replyId || gate.phase.type === "holding" || gate.cancelled.includes(event.replyId)) return gate;
  // The server began another one without ending this: whoever listens is told of one after the other.
  const over: readonly SessionEvent[] =
    running === undefined ? [] : [{ type: "reply-ended", replyId: running, status: "cancelled" }];
  return {
    ...gate,
    phase: { type: "active", replyId: event.replyId },
    autoReplyDue: false,
    told: "nothing",
    replySamples: 0,
    emit: [...over, event],
  };
}

function afterEnd(gate: Gate, { replyId, status }: SessionEvent & { type: "reply-ended" }): Gate {
  if (gate.phase.type === "muted" && gate.phase.replyId === replyId) return { ...gate, phase: { type: "idle" } };
  return replyIdOf(gate) === replyId ? ended(gate, replyId, status) : gate;
}

function called(gate: Gate, event: SessionEvent & { type: "tool-call" }): Gate {
  const knownCalls = [...gate.knownCalls, event.callId].slice(-MAX_KNOWN_CALLS);
  if (gate.openCalls.length < MAX_OPEN_CALLS) {
    return { ...gate, knownCalls, openCalls: [...gate.openCalls, event.callId], emit: [event] };
  }
  if (gate.results.length >= 2 * MAX_OPEN_CALLS) return { ...gate, knownCalls };
  const output = { status: "failed", say: "Too many things at once. Ask for fewer." };
  return { ...gate, knownCalls, results: [...gate.results, { type: "tool-result", callId: event.callId, output }] };
}

function spoken(before: Gate, event: SessionEvent & { type: "reply-audio" | "reply-text" }): Gate {
  // What a server says after a result in the same reply is its answer to it.
  const heard: Gate = before.told === "result" ? { ...before, told: "nothing" } : before;
  const gate = withItem(heard, event.itemId);
  if (event.type === "reply-text") return gate;
  const replySamples = gate.replySamples + event.pcm.length;
  if (replySamples <= MAX_REPLY_SAMPLES) return { ...gate, replySamples };
  const message = `the reply is longer than ${MAX_REPLY_SAMPLES / SPEAKER_RATE_HZ} s and was cancelled`;
  return {
    ...cancelling(gate, event.replyId),
    emit: [{ type: "provider-error", code: "reply-too-long", message, severity: "benign" }],
  };
}

function afterError(gate: Gate, { code, severity }: SessionEvent & { type: "provider-error" }): Gate {
  const requested = gate.phase.type === "requested";
  // Our request met a reply that the server started by itself: ask again when that is over.
  if (code === CORE_CODES.replyActive) {
    return { ...gate, wanted: true, phase: requested ? { type: "expecting" } : gate.phase };
  }
  return requested && severity !== "benign" ? { ...gate, phase: { type: "idle" } } : gate;
}

function afterDeadline(gate: Gate, { phase }: Deadline, { cancel }: GateOptions): Gate {
  if (phase !== gate.phase) return gate;
  switch (phase.type) {
    case "active":
      return ended(gate, phase.replyId, "failed");
    case "cancelling": {
      const over = ended(gate, phase.replyId, "cancelled");
      return cancel === "mute-only" ? { ...over, phase: { type: "muted", replyId: phase.replyId } } : over;
    }
    case "answering":
      // It was to answer by itself and does not: ask it to.
      return { ...gate, phase: { type: "idle" }, told: "nothing", wanted: true };
    default:
      return { ...gate, phase: { type: "idle" }, autoReplyDue: false };
  }
}

function ended(gate: Gate, replyId: string, status: ReplyStatus): Gate {
  return { ...gate, phase: { type: "idle" }, emit: [...gate.emit, { type: "reply-ended", replyId, status }] };
}
