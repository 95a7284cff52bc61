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
  /** The driver has waited for so long that the wish is not to be carried out any more by whoever may come. */
  | { readonly type: "unanswered" }
  /** What the side owed nobody any more will not come. */
  | { readonly type: "forgiven"; readonly side: Side }
  /** The primary link has been ready for some time. */
  | { readonly type: "stable" }
  | { readonly type: "quiet"; readonly quiet: boolean };

/** A turn that both sides were asked about. */
export interface Race {
  /** The fallback has been told; it may have to be opened first. */
  readonly asked: boolean;
  readonly impatient: boolean;
  /** What each has said so far, as far as it is worth nothing without an answer. */
  readonly heard: Readonly<Record<Side, readonly SessionEvent[]>>;
}

/** What a side is at, in its own names. */
export interface Answering {
  readonly replyId: string | undefined;
  /** Nothing of this reply is for the driver. */
  readonly muted: boolean;
  /** How often it was asked something, and has not begun to answer. */
  readonly owes: number;
  /** How much of that has been left to the other side: so many replies are for nobody, or a wish would be carried out twice. */
  readonly void: number;
}

export const IDLE: Answering = { replyId: undefined, muted: false, owes: 0, void: 0 };

export interface Failover {
  readonly active: Side;
  readonly ready: Readonly<Record<Side, boolean>>;
  readonly answering: Readonly<Record<Side, Answering>>;
  readonly stable: boolean;
  readonly quiet: boolean;
  /** Whether the fallback is wanted at all: until then it is not opened. */
  readonly needed: boolean;
  readonly turn: DriverTurn;
  /** Where the turn begins in the log. */
  readonly turnFrom: number;
  /** The primary was not there when the turn began: what was said then is too old for it. */
  readonly late: boolean;
  /** Who has the conversation has not heard the beginning of what is being said: it is not to hear the rest. */
  readonly deaf: boolean;
  readonly race: Race | undefined;
  readonly log: ConversationLog;
  /** How far each side knows the conversation. */
  readonly knows: Readonly<Record<Side, number>>;
  readonly listening: readonly LinkCommand[];
  /** What the driver is to hear from whoever is ready next, and that an outage has begun, from the fallback. */
  readonly notes: readonly LinkCommand[];
  readonly notice: readonly LinkCommand[];
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
  answering: { primary: IDLE, fallback: IDLE },
  stable: false,
  quiet: false,
  needed: false,
  turn: NO_TURN,
  turnFrom: 0,
  late: false,
  deaf: false,
  race: undefined,
  log: NOTHING_SAID,
  knows: { primary: 0, fallback: 0 },
  listening: [],
  notes: [],
  notice: [],
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
