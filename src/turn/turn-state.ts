import { distinctUntilChanged, filter, map, type OperatorFunction, pairwise, scan, startWith } from "rxjs";

import type { SessionEvent } from "../session/session-event.ts";

/** What the agent is doing. `asleep` means that nothing but the wake word is listened for. */
export type TurnState = "asleep" | "listening" | "thinking" | "speaking";

/** What moves a turn on, besides the session's own events. */
export type TurnEvent =
  | SessionEvent
  | { readonly type: "gate-opened" }
  /** A turn that came as text. */
  | { readonly type: "typed" }
  | { readonly type: "gate-closed" }
  /** One result of a tool call has been handed to the session. */
  | { readonly type: "tool-answered"; readonly callId: string }
  | { readonly type: "playback-started" }
  | { readonly type: "playback-ended" }
  /** Nothing has happened for too long. */
  | { readonly type: "turn-timeout" };

export interface Turn {
  /** Counts the wakes and typed turns of this process, from 1. 0 before the first. */
  readonly turn: number;
  /** Counts the sessions: tool call ids are only unique within one. */
  readonly session: number;
  /** Whether the turn was spoken, or typed by whoever may. */
  readonly origin: "voice" | "hmi";
  readonly state: TurnState;
  /** The gate is open. */
  readonly open: boolean;
  /** The driver has finished and no reply has begun. */
  readonly awaitingReply: boolean;
  readonly activeReply: string | undefined;
  /** Calls whose result the model has not been given, or has not answered yet. */
  readonly openCalls: readonly string[];
  readonly playing: boolean;
}

export const ASLEEP: Turn = {
  turn: 0,
  session: 0,
  origin: "voice",
  state: "asleep",
  open: false,
  awaitingReply: false,
  activeReply: undefined,
  openCalls: [],
  playing: false,
};

/** Follows whose turn it is. Pure: `nextTurn` is the table, this only folds it. */
export function turnState(): OperatorFunction<TurnEvent, Turn> {
  return (events$) => events$.pipe(scan(nextTurn, ASLEEP), distinctUntilChanged());
}

/** The number of each turn when it is over: one for every time the agent falls asleep. */
export function turnEnded(): OperatorFunction<Turn, number> {
  return (turns$) =>
    turns$.pipe(
      startWith(ASLEEP),
      pairwise(),
      filter(([before, now]) => before.state !== "asleep" && now.state === "asleep"),
      map(([, now]) => now.turn),
    );
}

export function nextTurn(turn: Turn, event: TurnEvent): Turn {
  const next = advance(turn, event);
  return next === turn ? turn : { ...next, state: stateOf(next) };
}

function stateOf({ open, playing, awaitingReply, activeReply, openCalls }: Turn): TurnState {
  if (playing) return "speaking";
  if (open) return "listening";
  return awaitingReply || activeReply !== undefined || openCalls.length > 0 ? "thinking" : "asleep";
}

function advance(turn: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case "gate-opened":
      return { ...turn, turn: turn.turn + 1, origin: "voice", open: true };
    case "typed":
      return { ...turn, turn: turn.turn + 1, origin: "hmi", awaitingReply: true };
    case "gate-closed":
      return turn.open ? { ...turn, open: false } : turn;
    case "speech-stopped":
      return { ...turn, awaitingReply: true };
    case "reply-started":
      return { ...turn, awaitingReply: false, activeReply: event.replyId };
    case "tool-call":
      return { ...turn, openCalls: [...turn.openCalls, event.callId] };
    case "tool-answered": {
      // The answer makes the model speak again: until that reply starts the turn is not over.
      const openCalls = turn.openCalls.filter((id) => id !== event.callId);
      return { ...turn, openCalls, awaitingReply: turn.awaitingReply || openCalls.length === 0 };
    }
    case "reply-ended":
      return turn.activeReply === event.replyId ? { ...turn, activeReply: undefined } : turn;
    case "playback-started":
      return { ...turn, playing: true };
    case "playback-ended":
      return { ...turn, playing: false };
    case "session-lost":
    case "turn-timeout":
      return { ...ASLEEP, turn: turn.turn, session: turn.session, playing: turn.playing };
    case "session-ready":
      return { ...turn, session: turn.session + 1 };
    case "provider-error":
      return event.severity === "benign" ? turn : { ...turn, awaitingReply: false, activeReply: undefined };
    case "speech-started":
    case "transcript":
    case "reply-audio":
    case "reply-text":
    case "ignored":
      return turn;
  }
}
