import { defer, finalize, map, mergeMap, type Observable, type OperatorFunction, of, tap } from "rxjs";

import type { Author } from "../vehicle/command.ts";
import type { ToolCall } from "./call-tool.ts";
import type { ToolEvent } from "./tool-event.ts";

/** One call of the model, and whose wish it is. */
export interface ToolRequest extends ToolCall {
  readonly turn: number;
  /** The connection that the call came by: call ids are only unique within it. */
  readonly session: string;
  readonly origin: Author["origin"];
}

export interface ToolStep {
  readonly request: ToolRequest;
  readonly event: ToolEvent;
}

/** Whoever carries calls out: emits exactly one result a call and never errors. */
export interface ToolDesk {
  carryOut(request: ToolRequest): Observable<ToolEvent>;
}

/** A model in a loop must not pile up work: calls beyond this many unanswered ones are refused at once, with a result. */
const MAX_UNANSWERED = 16;

const TOO_MANY: ToolEvent = {
  type: "result",
  result: { status: "failed", say: "That is more than I can do at once." },
};

/** Runs the calls side by side. Each gets its result, whatever the others do. */
export function runTools(desk: ToolDesk): OperatorFunction<ToolRequest, ToolStep> {
  return (requests$) =>
    defer(() => {
      let unanswered = 0;
      return requests$.pipe(
        mergeMap((request) => {
          if (unanswered >= MAX_UNANSWERED) return of({ request, event: TOO_MANY });
          unanswered += 1;
          let open = true;
          const answered = (): void => {
            if (open) unanswered -= 1;
            open = false;
          };
          return desk.carryOut(request).pipe(
            tap(({ type }) => type === "result" && answered()),
            finalize(answered),
            map((event) => ({ request, event })),
          );
        }),
      );
    });
}
