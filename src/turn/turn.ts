import type { SessionEvent } from "../session/session-event.ts";
import type { Answer } from "./answer-ear.ts";

/** What the agent is doing. `asleep` means that nothing but the wake word is listened for. */
export type TurnState = "asleep" | "listening" | "thinking" | "speaking";

/** What moves a turn on: the session's own events, and these. */
export type TurnEvent =
  | SessionEvent
  | { readonly type: "gate-opened"; readonly reason: OpenReason }
  /** The wake word, whether or not the gate was open already. */
  | { readonly type: "woke" }
  /** Somebody answered a question: with a yes, the outcome of the call is owed; otherwise a reply is. */
  | { readonly type: "answered"; readonly answer: Answer; readonly callId: string }
  /** A turn that came as text. */
  | { readonly type: "typed" }
  | { readonly type: "gate-closed" }
  /** The result of a tool call, or how a confirmed one ended, has been handed to the session. */
  | { readonly type: "tool-answered"; readonly callId: string }
  | { readonly type: "playback-started"; readonly replyId: string }
  | { readonly type: "playback-ended"; readonly replyId: string }
  /** Everything that was being played, or waited to be, is silent. */
  | { readonly type: "playback-cut" }
  /** The reply that was owed has not begun. */
  | { readonly type: "turn-timeout" };

export interface Turn {
  /** Counts what drivers began in this process by a wake, by speaking in a window or by typing, from 1. */
  readonly turn: number;
  /** Counts the sessions: tool call ids are only unique within one. */
  readonly session: number;
  /** Whether the turn was spoken, or typed by whoever may. */
  readonly origin: "voice" | "hmi";
  readonly state: TurnState;
  /** The gate is open and the driver has the word. */
  readonly open: boolean;
  /** The gate is open for whoever may speak, without a wake word; nobody has yet. */
  readonly window: ListeningWindow | undefined;
  /** The driver has finished and no reply has begun. */
  readonly awaitingReply: boolean;
  readonly activeReply: string | undefined;
  /** Calls whose result the model has not been given, or has not answered yet. */
  readonly openCalls: readonly string[];
  /** Replies that are heard: the device is given the next one a little before the last has ended. */
  readonly playing: readonly string[];
  /** The newest reply that was owed. A server may speak unasked as well. */
  readonly owedReply: string | undefined;
  /** What is heard, or was heard last, is that reply, and nothing has cut it short. */
  readonly replied: boolean;
}

/** Why the gate opens; as the wake gate knows it. */
export type OpenReason = "wake" | "push-to-talk" | "barge-in" | ListeningWindow;
export type ListeningWindow = "confirmation" | "follow-up";

export const ASLEEP: Turn = {
  turn: 0,
  session: 0,
  origin: "voice",
  state: "asleep",
  open: false,
  window: undefined,
  awaitingReply: false,
  activeReply: undefined,
  openCalls: [],
  playing: [],
  owedReply: undefined,
  replied: false,
};
