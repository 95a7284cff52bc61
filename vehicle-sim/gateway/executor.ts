import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  Subject,
  scan,
  takeUntil,
  tap,
  timer,
} from "rxjs";
import type { ReceivedCommand } from "../../src/mqtt/command-wire.ts";
import type { CarCatalogue } from "../../src/vehicle/vehicle-bus.ts";
import type { Car, CarStep } from "./car.ts";
import {
  type Answer,
  EXECUTOR_LIMITS,
  type ExecutorEffect,
  type ExecutorEvent,
  type ExecutorLimits,
  IDLE_EXECUTOR,
  nextExecutor,
} from "./executor-state.ts";

export interface ExecutorOptions {
  readonly car: Car;
  readonly catalogue: CarCatalogue;
  readonly limits?: Partial<ExecutorLimits>;
}

/**
 * Commands in, answers out. The car's `execute` is subscribed at most once per id however often the id arrives, and
 * every id gets exactly one final answer (a copy gets that one again). Never errors.
 */
export function executor({ car, catalogue, limits }: ExecutorOptions): OperatorFunction<ReceivedCommand, Answer> {
  return (commands$) =>
    defer(() => {
      // The one loop: what the car does with a command decides what becomes of the others.
      const happened$ = new Subject<ExecutorEvent>();
      const stopped$ = new Subject<string>();

      function carryOut(effect: ExecutorEffect): Observable<Answer> {
        switch (effect.type) {
          case "answer":
            return of(effect.answer);
          case "start":
            return run(car, effect.received).pipe(
              tap((event) => happened$.next(event)),
              ignoreElements(),
              takeUntil(stopped$.pipe(filter((id) => id === effect.received.id))),
            );
          case "later":
            return timer(effect.afterMs).pipe(
              tap(() => happened$.next(effect.event)),
              ignoreElements(),
            );
          case "stop":
            stopped$.next(effect.id);
            return EMPTY;
        }
      }
      return merge(happened$, commands$.pipe(map((received): ExecutorEvent => ({ type: "received", received })))).pipe(
        scan(nextExecutor({ ...EXECUTOR_LIMITS, ...limits }, catalogue), IDLE_EXECUTOR),
        mergeMap(({ effects }) => effects),
        mergeMap(carryOut),
      );
    });
}

/** What the car does with one command, and the end of the time it has. */
function run(car: Car, { id, command, author, remainingMs }: ReceivedCommand): Observable<ExecutorEvent> {
  const steps$ = concat(
    defer(() => car.execute(command, author)),
    of(broken("the car stopped without a final answer")),
  ).pipe(catchError((error: unknown) => of(broken(String(error).slice(0, 200)))));
  return merge(
    timer(remainingMs).pipe(map((): ExecutorEvent => ({ type: "deadline", id }))),
    steps$.pipe(map((step): ExecutorEvent => ({ type: "step", id, step }))),
  );
}

const broken = (detail: string): CarStep => ({ phase: "failed", final: true, error: { code: "INTERNAL", detail } });
