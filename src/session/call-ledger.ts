import type { LinkCommand } from "./link-command.ts";
import type { SessionCommand } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** A call of the present link. */
interface Call {
  /** Unique in this conversation. */
  readonly callId: string;
  /** As the model knows it: unique only on its own link. */
  readonly wireId: string;
  /** `sent`: the model has the result. `telling`: a reply has begun since. */
  readonly state: "open" | "sent" | "telling";
  readonly output?: unknown;
}

/** Nobody has answered this call for too long. */
export interface Overdue {
  readonly type: "overdue";
  readonly callId: string;
}

/** Who waits for which result, over all links of a conversation. */
export interface CallLedger {
  readonly calls: readonly Call[];
  /** Calls whose link is gone and that have no result yet. */
  readonly orphans: readonly string[];
  /** Ids that were used before. */
  readonly used: readonly string[];
  readonly count: number;
  readonly send: readonly LinkCommand[];
  readonly emit: readonly SessionEvent[];
}

export interface LedgerOptions {
  /** The server goes on by itself after a result, in the same reply. */
  readonly answersItself: boolean;
}

export const NO_CALLS: CallLedger = { calls: [], orphans: [], used: [], count: 0, send: [], emit: [] };

const MAX_ORPHANS = 64;
const MAX_USED = 512;
const CREATE_REPLY: SessionCommand = { type: "create-reply" };
const UNANSWERED = { status: "failed", say: "I have no answer from the car." };

/**
 * Gives every call one result: on the link that it was made on, or, when that is gone before the driver could be told,
 * as a note to the next one. Never both, and none is forgotten.
 */
export function nextLedger(
  ledger: CallLedger,
  input: LinkCommand | SessionEvent | Overdue,
  options: LedgerOptions,
): CallLedger {
  const before: CallLedger = { ...ledger, send: [], emit: [] };
  switch (input.type) {
    case "tool-result":
      return withResult(before, input.callId, input.output);
    case "overdue":
      return overdue(before, input.callId);
    case "send-audio":
    case "audio-end":
    case "user-text":
    case "context":
    case "listening":
    case "note":
    case "create-reply":
    case "cancel-reply":
    case "truncate":
    case "history":
      return { ...before, send: [input] };
    default:
      return afterEvent({ ...before, emit: [input] }, input, options);
  }
}

function afterEvent(ledger: CallLedger, event: SessionEvent, { answersItself }: LedgerOptions): CallLedger {
  switch (event.type) {
    case "tool-call":
      return called(ledger, event);
    case "calls-withdrawn":
      return withdrawn(ledger, event.callIds);
    case "reply-started":
      return withStates(ledger, "sent", "telling");
    case "reply-audio":
    case "reply-text":
      return without(ledger, ({ state }) => state === "telling" || (answersItself && state === "sent"));
    case "reply-ended":
      return event.status === "completed"
        ? without(ledger, ({ state }) => state === "telling")
        : withStates(ledger, "telling", "sent");
    case "session-lost":
    case "failover":
      return orphaned(ledger, "untold");
    case "session-ready":
      return orphaned(ledger, "open");
    default:
      return ledger;
  }
}

function called(ledger: CallLedger, event: SessionEvent & { type: "tool-call" }): CallLedger {
  const { callId: wireId } = event;
  const count = ledger.count + 1;
  const callId = ledger.used.includes(wireId) ? `${wireId}~${count}` : wireId;
  return {
    ...ledger,
    count,
    used: [...ledger.used, callId].slice(-MAX_USED),
    calls: [...ledger.calls, { callId, wireId, state: "open" }],
    emit: [{ ...event, callId }],
  };
}

function withdrawn(ledger: CallLedger, wireIds: readonly string[]): CallLedger {
  const gone = ledger.calls.filter(({ wireId }) => wireIds.includes(wireId));
  const callIds = gone.map(({ callId }) => callId);
  return { ...without(ledger, (call) => gone.includes(call)), emit: [{ type: "calls-withdrawn", callIds }] };
}

function withResult(ledger: CallLedger, callId: string, output: unknown): CallLedger {
  const call = ledger.calls.find((each) => each.callId === callId && each.state === "open");
  if (call !== undefined) {
    const calls = ledger.calls.map((each) => (each === call ? { ...call, state: "sent" as const, output } : each));
    return { ...ledger, calls, send: [...ledger.send, { type: "tool-result", callId: call.wireId, output }] };
  }
  if (!ledger.orphans.includes(callId)) return ledger;
  const orphans = ledger.orphans.filter((each) => each !== callId);
  return { ...ledger, orphans, send: [...ledger.send, noteOf(output)] };
}

function overdue(ledger: CallLedger, callId: string): CallLedger {
  const answered = withResult(ledger, callId, UNANSWERED);
  if (answered === ledger) return ledger;
  const isOpen = ledger.calls.some((call) => call.callId === callId);
  return {
    ...answered,
    send: [...answered.send, CREATE_REPLY],
    // Whoever listens waits for a result as well: there will be none.
    emit: isOpen ? [{ type: "calls-withdrawn", callIds: [callId] }] : [],
  };
}

/** The link is gone. What it was told and the driver was not, the next one is to tell. */
function orphaned(ledger: CallLedger, tell: "untold" | "open"): CallLedger {
  if (ledger.calls.length === 0) return ledger;
  const open = ledger.calls.filter(({ state }) => state === "open").map(({ callId }) => callId);
  const untold = tell === "open" ? [] : ledger.calls.filter(({ state }) => state !== "open");
  const notes = untold.map(({ output }) => noteOf(output));
  return {
    ...ledger,
    calls: [],
    orphans: [...ledger.orphans, ...open].slice(-MAX_ORPHANS),
    send: [...ledger.send, ...notes, ...(notes.length > 0 ? [CREATE_REPLY] : [])],
  };
}

function without(ledger: CallLedger, told: (call: Call) => boolean): CallLedger {
  return ledger.calls.some(told) ? { ...ledger, calls: ledger.calls.filter((call) => !told(call)) } : ledger;
}

function withStates(ledger: CallLedger, from: Call["state"], to: Call["state"]): CallLedger {
  if (!ledger.calls.some(({ state }) => state === from)) return ledger;
  return { ...ledger, calls: ledger.calls.map((call) => (call.state === from ? { ...call, state: to } : call)) };
}

function noteOf(output: unknown): SessionCommand {
  const said = typeof output === "object" && output !== null && "say" in output ? output.say : undefined;
  return {
    type: "note",
    text: typeof said === "string" && said !== "" ? said : `This came of it: ${JSON.stringify(output)}`,
  };
}
