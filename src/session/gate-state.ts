import { MIC_RATE_HZ, SPEAKER_RATE_HZ } from "../audio/audio-frame.ts";
import { type HeldCommands, hold, NOTHING_HELD } from "./hold-commands.ts";
import type { LinkCommand } from "./link-command.ts";
import { audioDropped } from "./link-event.ts";
import type { SessionCommand } from "./session-command.ts";
import { CORE_CODES, type ReplyStatus, type SessionEvent } from "./session-event.ts";

export interface GateOptions {
  /** The server starts a reply by itself at the end of speech. */
  readonly autoReply: boolean;
}

/** Whose reply it is. `expecting`: the server is about to start one. `cancelling`: its end has been asked for. */
export type GatePhase =
  | { readonly type: "holding" }
  | { readonly type: "idle" }
  | { readonly type: "requested" }
  | { readonly type: "expecting" }
  | { readonly type: "active"; readonly replyId: string }
  | { readonly type: "cancelling"; readonly replyId: string };

/** `phase` has lasted too long. */
export interface Deadline {
  readonly type: "deadline";
  readonly phase: GatePhase;
}

type ToolResult = SessionCommand & { type: "tool-result" };
type GateInput = LinkCommand | SessionEvent | Deadline;

export interface Gate {
  readonly phase: GatePhase;
  readonly held: HeldCommands;
  /** Speech ended: the server's own reply must start before ours may be asked for. */
  readonly autoReplyDue: boolean;
  /** A reply is wanted. Any number of wishes are one. */
  readonly wanted: boolean;
  /** Calls that have no result yet, and all that were ever made here. */
  readonly openCalls: readonly string[];
  readonly knownCalls: readonly string[];
  /** Results that wait for the running reply to end. */
  readonly results: readonly ToolResult[];
  readonly replySamples: number;
  /** What to do now. */
  readonly send: readonly LinkCommand[];
  readonly emit: readonly SessionEvent[];
}

const HOLDING: GatePhase = { type: "holding" };

export const OUTSET: Gate = {
  phase: HOLDING,
  held: NOTHING_HELD,
  autoReplyDue: false,
  wanted: false,
  openCalls: [],
  knownCalls: [],
  results: [],
  replySamples: 0,
  send: [],
  emit: [],
};

/** Past this the model has lost the thread: the reply is cancelled. */
const MAX_REPLY_SAMPLES = 60 * SPEAKER_RATE_HZ;
const MAX_OPEN_CALLS = 16;
const MAX_KNOWN_CALLS = 256;

export function nextGate(gate: Gate, input: GateInput, options: GateOptions): Gate {
  const before: Gate = { ...gate, send: [], emit: [] };
  if (isCommand(input)) {
    if (gate.phase.type === "holding") return { ...before, held: hold(gate.held, input) };
    return settled(afterCommand(before, input));
  }
  return settled(input.type === "deadline" ? afterDeadline(before, input) : afterEvent(before, input, options));
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

function afterCommand(gate: Gate, command: LinkCommand): Gate {
  switch (command.type) {
    case "create-reply":
      return { ...gate, wanted: true };
    case "tool-result":
      // A second result, or one for a call of an earlier connection, is nobody's.
      if (!gate.openCalls.includes(command.callId)) return gate;
      return {
        ...gate,
        openCalls: gate.openCalls.filter((callId) => callId !== command.callId),
        results: [...gate.results, command],
      };
    case "cancel-reply":
      if (gate.phase.type !== "active" || gate.phase.replyId !== command.replyId) return gate;
      return { ...gate, phase: { ...gate.phase, type: "cancelling" }, send: [command] };
    case "send-audio":
    case "audio-end":
    case "user-text":
    case "note":
    case "context":
    case "listening":
    case "truncate":
    case "history":
      return { ...gate, send: [command] };
  }
}

function afterEvent(gate: Gate, event: SessionEvent, { autoReply }: GateOptions): Gate {
  switch (event.type) {
    case "session-ready":
      return gate.phase.type === "holding" ? released({ ...gate, emit: [event] }) : gate;
    case "speech-stopped":
      return { ...gate, autoReplyDue: autoReply, emit: [event] };
    case "reply-started":
      return afterStart(gate, event);
    case "reply-ended":
      return replyIdOf(gate) === event.replyId ? ended(gate, event.replyId, event.status) : gate;
    case "reply-audio":
    case "reply-text":
      return isSpeaking(gate, event.replyId) ? withinCap({ ...gate, emit: [event] }, event) : gate;
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
function released({ held, ...gate }: Gate): Gate {
  const dropped =
    held.droppedSamples > 0 ? [audioDropped((held.droppedSamples * 1_000) / MIC_RATE_HZ, "no connection")] : [];
  const open: Gate = { ...gate, held: NOTHING_HELD, phase: { type: "idle" }, emit: [...gate.emit, ...dropped] };
  return held.commands.reduce((state, command) => {
    const next = afterCommand({ ...state, send: [] }, command);
    return { ...next, send: [...state.send, ...next.send] };
  }, open);
}

function afterStart(gate: Gate, event: SessionEvent & { type: "reply-started" }): Gate {
  const running = replyIdOf(gate);
  if (running === event.replyId || gate.phase.type === "holding") return gate;
  // The server began another one without ending this: whoever listens is told of one after the other.
  const over: readonly SessionEvent[] =
    running === undefined ? [] : [{ type: "reply-ended", replyId: running, status: "cancelled" }];
  return {
    ...gate,
    phase: { type: "active", replyId: event.replyId },
    autoReplyDue: false,
    replySamples: 0,
    emit: [...over, event],
  };
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

function withinCap(gate: Gate, event: SessionEvent & { type: "reply-audio" | "reply-text" }): Gate {
  if (event.type === "reply-text") return gate;
  const replySamples = gate.replySamples + event.pcm.length;
  if (replySamples <= MAX_REPLY_SAMPLES) return { ...gate, replySamples };
  const { replyId } = event;
  const message = `the reply is longer than ${MAX_REPLY_SAMPLES / SPEAKER_RATE_HZ} s and was cancelled`;
  return {
    ...gate,
    phase: { type: "cancelling", replyId },
    send: [{ type: "cancel-reply", replyId }],
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

function afterDeadline(gate: Gate, { phase }: Deadline): Gate {
  if (phase !== gate.phase) return gate;
  const running = replyIdOf(gate);
  if (running === undefined) return { ...gate, phase: { type: "idle" }, autoReplyDue: false };
  return ended(gate, running, phase.type === "cancelling" ? "cancelled" : "failed");
}

function ended(gate: Gate, replyId: string, status: ReplyStatus): Gate {
  return { ...gate, phase: { type: "idle" }, emit: [...gate.emit, { type: "reply-ended", replyId, status }] };
}

/** In a quiet moment: first every result, then, when no call is open, the one reply that is wanted. */
function settled(gate: Gate): Gate {
  if (gate.phase.type !== "idle") return gate;
  if (gate.autoReplyDue) return { ...gate, phase: { type: "expecting" } };
  const send = [...gate.send, ...gate.results];
  if (!gate.wanted || gate.openCalls.length > 0) return { ...gate, send, results: [] };
  return {
    ...gate,
    phase: { type: "requested" },
    wanted: false,
    results: [],
    send: [...send, { type: "create-reply" }],
  };
}

function replyIdOf({ phase }: Gate): string | undefined {
  return phase.type === "active" || phase.type === "cancelling" ? phase.replyId : undefined;
}

function isSpeaking({ phase }: Gate, replyId: string): boolean {
  return phase.type === "active" && phase.replyId === replyId;
}
