import { type HeldCommands, NOTHING_HELD } from "./hold-commands.ts";
import type { LinkCommand } from "./link-command.ts";
import type { Capabilities } from "./provider.ts";
import type { SessionCommand } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** What the gate must know of a provider. Left out is what the most capable have. */
export type GateOptions = Pick<Capabilities, "autoReply"> &
  Partial<Pick<Capabilities, "createAfterToolResult" | "resultsWhileReplying" | "cancel" | "context">>;

/**
 * Whose reply it is. `expecting`: the server is about to start one, after speech. `answering`: the same, after results.
 * `cancelling`: its end has been asked for. `muted`: it has ended for us, and the server goes on with it.
 */
export type GatePhase =
  | { readonly type: "holding" }
  | { readonly type: "idle" }
  | { readonly type: "requested" }
  | { readonly type: "expecting" }
  | { readonly type: "answering" }
  | { readonly type: "active"; readonly replyId: string }
  | { readonly type: "cancelling"; readonly replyId: string }
  | { readonly type: "muted"; readonly replyId: string };

/** How long each phase may last. `active` leaves room for a reply of 60 s at the pace of speech. */
export const DEADLINE_MS: Readonly<Record<GatePhase["type"], number | undefined>> = {
  holding: undefined,
  idle: undefined,
  requested: 5_000,
  expecting: 2_000,
  answering: 5_000,
  active: 90_000,
  cancelling: 2_000,
  muted: 60_000,
};

/** `phase` has lasted too long. */
export interface Deadline {
  readonly type: "deadline";
  readonly phase: GatePhase;
}

export interface Gate {
  readonly phase: GatePhase;
  readonly held: HeldCommands;
  /** Speech ended: the server's own reply must start before ours may be asked for. */
  readonly autoReplyDue: boolean;
  /** A reply is wanted. Any number of wishes are one. */
  readonly wanted: boolean;
  /** What the model has been told since it began to speak last, beside speech: `matter` is what a reply must be asked for. */
  readonly told: "nothing" | "result" | "matter";
  /** Calls that have no result yet, and all that were ever made here. */
  readonly openCalls: readonly string[];
  readonly knownCalls: readonly string[];
  /** Results that wait for the running reply to end. */
  readonly results: readonly (SessionCommand & { type: "tool-result" })[];
  /** The microphone is open. */
  readonly hearing: boolean;
  /** The newest of each key, where the model can only be told while nobody speaks. */
  readonly contexts: readonly (SessionCommand & { type: "context" })[];
  /** Items that were spoken on this link, and replies that were cancelled: the newest. */
  readonly items: readonly string[];
  readonly cancelled: readonly string[];
  readonly replySamples: number;
  /** What to do now. */
  readonly send: readonly LinkCommand[];
  readonly emit: readonly SessionEvent[];
}

export const OUTSET: Gate = {
  phase: { type: "holding" },
  held: NOTHING_HELD,
  autoReplyDue: false,
  wanted: false,
  told: "nothing",
  openCalls: [],
  knownCalls: [],
  results: [],
  hearing: false,
  contexts: [],
  items: [],
  cancelled: [],
  replySamples: 0,
  send: [],
  emit: [],
};

/** The reply that runs, as far as whoever listens knows. */
export function replyIdOf({ phase }: Gate): string | undefined {
  return phase.type === "active" || phase.type === "cancelling" ? phase.replyId : undefined;
}

export function isSpeaking({ phase }: Gate, replyId: string): boolean {
  return phase.type === "active" && phase.replyId === replyId;
}

const MAX_REMEMBERED = 32;

/** From now on nothing that this reply still says is heard. */
export function cancelling(gate: Gate, replyId: string): Gate {
  return {
    ...gate,
    phase: { type: "cancelling", replyId },
    cancelled: [...gate.cancelled, replyId].slice(-MAX_REMEMBERED),
    send: [...gate.send, { type: "cancel-reply", replyId }],
  };
}

export function withItem(gate: Gate, itemId: string): Gate {
  return gate.items.at(-1) === itemId || gate.items.includes(itemId)
    ? gate
    : { ...gate, items: [...gate.items, itemId].slice(-MAX_REMEMBERED) };
}
