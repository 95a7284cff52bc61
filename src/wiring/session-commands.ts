import {
  concatMap,
  connect,
  distinctUntilChanged,
  filter,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  switchMap,
  take,
} from "rxjs";

import type { SessionCommand } from "../session/session-command.ts";
import type { ToolStep } from "../tools/run-tools.ts";
import type { Turn } from "../turn/turn-state.ts";
import type { GateOutput } from "../wake/wake-gate.ts";

/** Everything that is said to the model. */
export interface Said {
  readonly gate$: Observable<GateOutput>;
  readonly tools$: Observable<ToolStep>;
  readonly typed$: Observable<string>;
  readonly turn$: Observable<Turn>;
}

/** What the gate lets through, what the car answered and what was typed, in the session's words. */
export function sessionCommands({ gate$, tools$, typed$, turn$ }: Said): Observable<SessionCommand> {
  const typedTurns$ = typed$.pipe(concatMap((text): SessionCommand[] => [{ type: "user-text", text }, CREATE_REPLY]));
  return merge(
    gate$.pipe(concatMap(ofGate)),
    turn$.pipe(silencing()),
    merge(tools$.pipe(concatMap(ofTool)), typedTurns$).pipe(lettingSpeak(turn$)),
  );
}

const CREATE_REPLY: SessionCommand = { type: "create-reply" };

/** A reply that is wanted while the driver speaks is asked for afterwards. Several are one. */
function lettingSpeak(turn$: Observable<Turn>): MonoTypeOperatorFunction<SessionCommand> {
  return connect((commands$) =>
    merge(
      commands$.pipe(filter((command) => command !== CREATE_REPLY)),
      commands$.pipe(
        filter((command) => command === CREATE_REPLY),
        switchMap((command) =>
          turn$.pipe(
            filter(({ open }) => !open),
            take(1),
            map(() => command),
          ),
        ),
      ),
    ),
  );
}

/** While the driver speaks no reply does: neither one that is still coming, nor one that begins late. */
function silencing(): OperatorFunction<Turn, SessionCommand> {
  return (turn$) =>
    turn$.pipe(
      map(({ open, activeReply }) => (open ? activeReply : undefined)),
      distinctUntilChanged(),
      filter((replyId) => replyId !== undefined),
      map((replyId): SessionCommand => ({ type: "cancel-reply", replyId })),
    );
}

function ofGate(output: GateOutput): readonly SessionCommand[] {
  switch (output.type) {
    case "opened":
      return [];
    case "audio":
      return [{ type: "send-audio", frame: output.frame }];
    case "closed":
      return [{ type: "audio-end" }];
  }
}

/** A result is sent at once, and a reply to it is asked for. What went wrong after "under way" is told unasked. */
function ofTool({ request: { callId }, event }: ToolStep): readonly SessionCommand[] {
  if (event.type === "result") {
    return [{ type: "tool-result", callId, output: event.result }, CREATE_REPLY];
  }
  if (event.type !== "late" || event.result.status === "done") return [];
  return [{ type: "note", text: event.result.say }, CREATE_REPLY];
}
