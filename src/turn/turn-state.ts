import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  type OperatorFunction,
  pairwise,
  Subject,
  scan,
  startWith,
  switchMap,
  tap,
  timer,
} from "rxjs";

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
  /** The driver has heard something of an answer in this turn. */
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

/** Longer than any deadline after which the session gives a reply up: past this none will come. */
const REPLY_OWED_MS = 10_000;

/** Follows whose turn it is, and waits no longer than 10 s for a reply. Pure but for that: `nextTurn` is the table. */
export function turnState(): OperatorFunction<TurnEvent, Turn> {
  return (events$) =>
    defer(() => {
      const timeouts$ = new Subject<TurnEvent>();
      return merge(events$.pipe(finalize(() => timeouts$.complete())), timeouts$).pipe(
        scan(nextTurn, ASLEEP),
        distinctUntilChanged(),
        connect((turns$) =>
          merge(
            turns$,
            turns$.pipe(
              map(isOnlyOwed),
              distinctUntilChanged(),
              switchMap((owed) => (owed ? timer(REPLY_OWED_MS) : EMPTY)),
              tap(() => timeouts$.next({ type: "turn-timeout" })),
              ignoreElements(),
            ),
          ),
        ),
      );
    });
}

/** Nothing goes on but waiting for the model: whatever else may be going on comes to an end by itself. */
function isOnlyOwed({ state, awaitingReply, activeReply, openCalls }: Turn): boolean {
  return state === "thinking" && awaitingReply && activeReply === undefined && openCalls.length === 0;
}

/** Each turn when it is over: everything that it set off has been answered and heard. A window that nobody speaks in is no turn. */
export function turnEnded(): OperatorFunction<Turn, Turn> {
  return (turns$) =>
    turns$.pipe(
      startWith(ASLEEP),
      pairwise(),
      filter(([before, now]) => !isOver(before) && isOver(now)),
      map(([, now]) => now),
    );
}

function isOver(turn: Turn): boolean {
  return !turn.open && turn.playing.length === 0 && !isOwed(turn);
}

export function nextTurn(turn: Turn, event: TurnEvent): Turn {
  const next = advance(turn, event);
  return next === turn ? turn : { ...next, state: stateOf(next) };
}

function stateOf(turn: Turn): TurnState {
  if (turn.playing.length > 0) return "speaking";
  if (turn.open || turn.window !== undefined) return "listening";
  return isOwed(turn) ? "thinking" : "asleep";
}

/** The model has something to say, or a result to be given. */
function isOwed({ awaitingReply, activeReply, openCalls }: Turn): boolean {
  return awaitingReply || activeReply !== undefined || openCalls.length > 0;
}

function advance(turn: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case "gate-opened":
      return opened(turn, event.reason);
    case "woke":
    case "speech-started":
      return turn.window === "follow-up" ? { ...begun(turn, spokenOrigin(turn)), open: true } : turn;
    case "answered":
      return answered(turn, event.answer, event.callId);
    case "typed":
      return { ...begun(turn, "hmi"), awaitingReply: true };
    case "gate-closed":
      return turn.open || turn.window !== undefined ? { ...turn, open: false, window: undefined } : turn;
    case "speech-stopped":
      return { ...turn, awaitingReply: true };
    case "reply-started":
      return {
        ...turn,
        awaitingReply: false,
        activeReply: event.replyId,
        owedReply: turn.awaitingReply ? event.replyId : turn.owedReply,
      };
    case "tool-call":
      return { ...turn, openCalls: [...turn.openCalls, event.callId] };
    case "tool-answered": {
      // A call of a connection that is gone is nobody's: no reply to it will come.
      if (!turn.openCalls.includes(event.callId)) return turn;
      // The answer makes the model speak again: until that reply starts the turn is not over.
      const openCalls = turn.openCalls.filter((id) => id !== event.callId);
      return { ...turn, openCalls, awaitingReply: turn.awaitingReply || openCalls.length === 0 };
    }
    case "reply-ended":
      return turn.activeReply === event.replyId ? { ...turn, activeReply: undefined } : turn;
    case "playback-started":
      return {
        ...turn,
        playing: [...turn.playing, event.replyId],
        replied: event.replyId === turn.owedReply,
      };
    case "playback-ended":
      return turn.playing.includes(event.replyId)
        ? { ...turn, playing: turn.playing.filter((replyId) => replyId !== event.replyId) }
        : turn;
    case "playback-cut":
      return turn.playing.length > 0 ? { ...turn, playing: [] } : turn;
    case "turn-timeout":
      return { ...turn, awaitingReply: false };
    case "session-lost":
      // Typed words that were never sent are sent later: whose they were is not forgotten.
      return { ...turn, open: false, window: undefined, awaitingReply: false, activeReply: undefined, openCalls: [] };
    case "session-ready":
      return { ...turn, session: turn.session + 1 };
    case "provider-error":
      return event.severity === "benign" ? turn : { ...turn, awaitingReply: false, activeReply: undefined };
    case "transcript":
    case "reply-audio":
    case "reply-text":
    case "ignored":
      return turn;
  }
}

function opened(turn: Turn, reason: OpenReason): Turn {
  if (reason === "follow-up" || reason === "confirmation") return { ...turn, window: reason };
  return { ...begun(turn, spokenOrigin(turn)), open: true };
}

function answered(turn: Turn, answer: Answer, callId: string): Turn {
  const next = begun(turn, spokenOrigin(turn));
  return answer === "yes" ? { ...next, openCalls: [...turn.openCalls, callId] } : { ...next, awaitingReply: true };
}

function begun(turn: Turn, origin: Turn["origin"]): Turn {
  return { ...turn, turn: turn.turn + 1, origin, window: undefined, replied: false };
}

/** What was typed and is not answered yet may still become a call: it must not pass for the driver's voice. */
function spokenOrigin(turn: Turn): Turn["origin"] {
  return isOwed(turn) ? turn.origin : "voice";
}
