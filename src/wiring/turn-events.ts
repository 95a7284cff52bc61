import { filter, map, merge, mergeMap, type Observable } from "rxjs";

import type { PlaybackEvent } from "../audio/playback.ts";
import type { SessionCommand } from "../session/session-command.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { Behavior } from "../shared/behavior.ts";
import type { ToolRequest } from "../tools/run-tools.ts";
import type { Turn, TurnEvent } from "../turn/turn-state.ts";
import type { GateOutput } from "../wake/wake-gate.ts";

/** Everything that moves a turn on. */
export interface Moves {
  readonly gate$: Observable<GateOutput>;
  readonly session$: Observable<SessionEvent>;
  readonly playback$: Observable<PlaybackEvent>;
  /** What has been said to the model: a call is answered when its result has gone out. */
  readonly commands$: Observable<SessionCommand>;
  readonly typed$: Observable<string>;
}

export function turnEvents({ gate$, session$, playback$, commands$, typed$ }: Moves): Observable<TurnEvent> {
  // The session first: the end of speech closes the gate, and must have been heard before the gate is seen to close.
  return merge(
    session$,
    gate$.pipe(mergeMap(ofGate)),
    playback$.pipe(mergeMap(ofPlayback)),
    commands$.pipe(
      filter((command) => command.type === "tool-result"),
      map(({ callId }): TurnEvent => ({ type: "tool-answered", callId })),
    ),
    typed$.pipe(map((): TurnEvent => ({ type: "typed" }))),
  );
}

function ofGate({ type }: GateOutput): readonly TurnEvent[] {
  if (type === "audio") return [];
  return [{ type: type === "opened" ? "gate-opened" : "gate-closed" }];
}

function ofPlayback(event: PlaybackEvent): readonly TurnEvent[] {
  switch (event.type) {
    case "started":
      return [{ type: "playback-started", replyId: event.replyId }];
    case "finished":
      return [{ type: "playback-ended", replyId: event.replyId }];
    case "interrupted":
      return [{ type: "playback-cut" }];
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
