import { type ConversationLog, NOTHING_SAID } from "./conversation-log.ts";
import { type DriverTurn, NO_TURN } from "./driver-turn.ts";
import type { Side } from "./failover-sides.ts";
import type { LinkCommand } from "./link-command.ts";
import { type Activity, NO_ACTIVITY } from "./quiet.ts";
import type { SessionEvent } from "./session-event.ts";

export type FailoverInput =
  | { readonly type: "said"; readonly command: LinkCommand }
  | { readonly type: "from"; readonly side: Side; readonly event: SessionEvent }
  /** The side is gone until somebody mends it. */
  | { readonly type: "refused"; readonly side: Side; readonly reason: string; readonly advice?: string | undefined }
  /** The driver waits, and nothing has come for too long. */
  | { readonly type: "silent" }
  /** Both were asked long enough ago for any answer to be better than none. */
  | { readonly type: "impatient" }
  /** The primary link has been ready for some time. */
  | { readonly type: "stable" }
  | { readonly type: "quiet"; readonly quiet: boolean };

/** A turn that both sides were asked about. */
export interface Race {
  readonly impatient: boolean;
  /** What each has said so far, as far as it is worth nothing without an answer. */
  readonly heard: Readonly<Record<Side, readonly SessionEvent[]>>;
}

export interface Failover {
  readonly active: Side;
  readonly ready: Readonly<Record<Side, boolean>>;
  readonly stable: boolean;
  readonly quiet: boolean;
  /** Whether the fallback is wanted at all: until then it is not opened. */
  readonly needed: boolean;
  readonly turn: DriverTurn;
  /** Where the turn begins in the log. */
  readonly turnFrom: number;
  readonly race: Race | undefined;
  readonly log: ConversationLog;
  /** How far each side knows the conversation. */
  readonly knows: Readonly<Record<Side, number>>;
  readonly listening: readonly LinkCommand[];
  /** What the fallback is to be told when it is ready. */
  readonly queue: readonly LinkCommand[];
  /** The reply that whoever listens has been told of and that has not ended. */
  readonly replyId: string | undefined;
  readonly activity: Activity;
  /** Counts what is heard from the active side. */
  readonly signs: number;
  readonly send: readonly (readonly [Side, LinkCommand])[];
  readonly emit: readonly SessionEvent[];
}

export const ON_PRIMARY: Failover = {
  active: "primary",
  ready: { primary: false, fallback: false },
  stable: false,
  quiet: false,
  needed: false,
  turn: NO_TURN,
  turnFrom: 0,
  race: undefined,
  log: NOTHING_SAID,
  knows: { primary: 0, fallback: 0 },
  listening: [],
  queue: [],
  replyId: undefined,
  activity: NO_ACTIVITY,
  signs: 0,
  send: [],
  emit: [],
};

export interface FailoverOptions {
  /** Told to the driver with the next answer after the primary is lost, once each time. */
  readonly notice?: string;
}

/** Longer than this nobody wants to hear while driving. */
const MAX_SPOKEN = 200;

/** Only a person can mend a refusal: the driver is told what it is. */
export function withAdvice({ notice }: FailoverOptions, advice: string | undefined): FailoverOptions {
  if (notice === undefined) return {};
  if (advice === undefined || advice.length > MAX_SPOKEN) return { notice };
  return { notice: `${notice} About the model in the cloud: ${advice.replace(/[.\s]*$/, "")}.` };
}
