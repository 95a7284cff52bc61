import { concat, defer, finalize, map, mergeMap, type Observable, type OperatorFunction, of, tap } from "rxjs";

import type { Author } from "../vehicle/command.ts";
import type { ToolCall } from "./call-tool.ts";
import type { DriversAnswer, PendingCommand, ToolEvent } from "./tool-event.ts";

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

/** A call that waits for the driver's yes. */
export interface Question {
  readonly request: ToolRequest;
  readonly question: string;
  readonly pending: PendingCommand;
}

/** Whoever carries calls out: emits exactly one result a call and never errors. */
export interface ToolDesk {
  carryOut(request: ToolRequest): Observable<ToolEvent>;
  /** The driver has said yes to this very question: exactly one outcome, unless something else must be asked first. */
  confirmed(question: Question): Observable<ToolEvent>;
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

/** The calls that the driver must be asked about. */
export function questions(): OperatorFunction<ToolStep, Question> {
  return (steps$) =>
    steps$.pipe(
      mergeMap(({ request, event }) =>
        event.type === "verdict" && event.verdict === "ask"
          ? [{ request, question: event.reason, pending: event.pending }]
          : [],
      ),
    );
}

const DECLINED: Readonly<Record<"no" | "silence", ToolEvent>> = {
  no: { type: "outcome", result: { status: "declined", say: "All right, I leave it." } },
  silence: { type: "outcome", result: { status: "declined", say: "I heard no answer, so I leave it." } },
};

/** What is done about the driver's answers. `turn` is the one in which the answer was given. */
export function carryOutAnswers(
  desk: ToolDesk,
  turn: () => number,
): OperatorFunction<{ readonly question: Question; readonly answer: DriversAnswer }, ToolStep> {
  return (answers$) =>
    answers$.pipe(
      mergeMap(({ question, answer }) => {
        const request = { ...question.request, turn: turn() };
        const events$ = concat(
          of<ToolEvent>({ type: "answered", answer }),
          answer === "yes" ? desk.confirmed({ ...question, request }) : answer === "other" ? [] : of(DECLINED[answer]),
        );
        return events$.pipe(map((event) => ({ request, event })));
      }),
    );
}
