import { defer, finalize, map, mergeMap, type Observable, type OperatorFunction, of, tap } from "rxjs";

import type { ToolEvent } from "./tool-event.ts";

/** One call of the model, and the turn that it belongs to. */
export interface ToolCall {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly args: unknown;
}

export interface ToolStep {
  readonly call: ToolCall;
  readonly event: ToolEvent;
}

/** Whoever carries calls out: emits exactly one result a call and never errors. */
export type ToolDesk = (call: ToolCall) => Observable<ToolEvent>;

/** A model in a loop must not pile up work: calls beyond this many unanswered ones are refused at once, with a result. */
const MAX_UNANSWERED = 16;

/** Runs the calls side by side. Each gets its result, whatever the others do. */
export function runTools(desk: ToolDesk): OperatorFunction<ToolCall, ToolStep> {
  return (calls$) =>
    defer(() => {
      const unanswered = new Set<string>();
      return calls$.pipe(
        mergeMap((call) => {
          if (unanswered.size >= MAX_UNANSWERED) return of({ call, event: TOO_MANY });
          unanswered.add(call.callId);
          return desk(call).pipe(
            tap(({ type }) => type === "result" && unanswered.delete(call.callId)),
            finalize(() => unanswered.delete(call.callId)),
            map((event) => ({ call, event })),
          );
        }),
      );
    });
}

const TOO_MANY: ToolEvent = {
  type: "result",
  result: { status: "failed", say: "That is more than I can do at once." },
};
