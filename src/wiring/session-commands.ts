import { concatMap, merge, type Observable, withLatestFrom } from "rxjs";

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
  return merge(
    gate$.pipe(
      withLatestFrom(turn$),
      concatMap(([output, turn]) => ofGate(output, turn)),
    ),
    tools$.pipe(concatMap(ofTool)),
    typed$.pipe(concatMap((text): SessionCommand[] => [{ type: "user-text", text }, { type: "create-reply" }])),
  );
}

/** A wake takes the turn from a reply that is still coming. */
function ofGate(output: GateOutput, { activeReply }: Turn): readonly SessionCommand[] {
  switch (output.type) {
    case "opened":
      return activeReply === undefined ? [] : [{ type: "cancel-reply", replyId: activeReply }];
    case "audio":
      return [{ type: "send-audio", frame: output.frame }];
    case "closed":
      return [{ type: "audio-end" }];
  }
}

/** A result is sent at once, and a reply to it is asked for. What went wrong after "under way" is told unasked. */
function ofTool({ request: { callId }, event }: ToolStep): readonly SessionCommand[] {
  if (event.type === "result") {
    return [{ type: "tool-result", callId, output: event.result }, { type: "create-reply" }];
  }
  if (event.type !== "late" || event.result.status === "done") return [];
  return [{ type: "note", text: event.result.say }, { type: "create-reply" }];
}
