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
import { isOwed, nextTurn } from "./next-turn.ts";

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
