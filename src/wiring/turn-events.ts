import { filter, map, merge, mergeMap, type Observable } from "rxjs";

import type { GatedFrame } from "../audio/gated-frame.ts";
import type { PlaybackEvent } from "../audio/playback.ts";
import type { SessionCommand } from "../session/session-command.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { Behavior } from "../shared/behavior.ts";
import type { Question, ToolRequest } from "../tools/run-tools.ts";
import type { Answered } from "../turn/confirmation.ts";
import type { Turn, TurnEvent } from "../turn/turn.ts";
import type { GateOutput } from "../wake/wake-gate.ts";

/** The driver's answer to a question about a call. */
export type DriverAnswered = Answered<Question, GatedFrame>;

/** Everything that moves a turn on. */
export interface Moves {
  readonly gate$: Observable<GateOutput>;
  readonly session$: Observable<SessionEvent>;
  readonly playback$: Observable<PlaybackEvent>;
  /** What has been said to the model: a call is answered when its result has gone out. */
  readonly commands$: Observable<SessionCommand>;
  readonly typed$: Observable<string>;
  readonly wake$: Observable<unknown>;
  readonly answers$: Observable<DriverAnswered>;
}

export function turnEvents(moves: Moves): Observable<TurnEvent> {
  const { gate$, session$, playback$, commands$, typed$, wake$, answers$ } = moves;
  // The session first: the end of speech closes the gate, and must have been heard before the gate is seen to close.
  return merge(
    session$,
    gate$.pipe(mergeMap(ofGate)),
    playback$.pipe(mergeMap(ofPlayback)),
    commands$.pipe(mergeMap(ofCommand)),
    wake$.pipe(map((): TurnEvent => ({ type: "woke" }))),
    answers$.pipe(mergeMap(ofAnswer)),
    typed$.pipe(map((): TurnEvent => ({ type: "typed" }))),
  );
}

function ofGate(output: GateOutput): readonly TurnEvent[] {
  switch (output.type) {
    case "opened":
      return [{ type: "gate-opened", reason: output.reason }];
    case "audio":
      return [];
    case "closed":
      return [{ type: "gate-closed" }];
  }
}

function ofCommand(command: SessionCommand): readonly TurnEvent[] {
  const isAnswer = command.type === "tool-result" || command.type === "note";
  return isAnswer && command.callId !== undefined ? [{ type: "tool-answered", callId: command.callId }] : [];
}

/** Silence begins nothing, and what came another way than by this window has begun its own turn. */
function ofAnswer({ question, answer, frames }: DriverAnswered): readonly TurnEvent[] {
  if (answer === "silence" || (answer === "other" && frames.length === 0)) return [];
  return [{ type: "answered", answer, callId: question.request.callId }];
}

function ofPlayback(event: PlaybackEvent): readonly TurnEvent[] {
  switch (event.type) {
    case "started":
      return [{ type: "playback-started", replyId: event.replyId }];
    case "finished":
      return [{ type: "playback-ended", replyId: event.replyId }];
    case "interrupted":
      return [{ type: "playback-cut" }];
    case "paused":
    case "resumed":
    case "played":
    case "dropped":
      return [];
  }
}

/** The model's calls, each with the turn and session that it belongs to. */
export function toolRequests(session$: Observable<SessionEvent>, turn$: Behavior<Turn>): Observable<ToolRequest> {
  return session$.pipe(
    filter((event) => event.type === "tool-call"),
    map(({ callId, name, args }): ToolRequest => {
      const { turn, session, origin } = turn$.value;
      return { callId, name, args, turn, session: String(session), origin };
    }),
  );
}
