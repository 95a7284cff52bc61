import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  Subject,
  scan,
  switchMap,
  tap,
  timer,
} from "rxjs";

import { type Deadline, type GateOptions, type GatePhase, nextGate, OUTSET } from "./gate-state.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** A conversation's two directions: commands in, events out. */
export interface Line {
  open(commands$: Observable<LinkCommand>): Observable<SessionEvent>;
}

/** How long each phase may last. `active` leaves room for a reply of 60 s at the pace of speech. */
const DEADLINE_MS: Readonly<Record<GatePhase["type"], number | undefined>> = {
  holding: undefined,
  idle: undefined,
  requested: 5_000,
  expecting: 2_000,
  active: 90_000,
  cancelling: 2_000,
};

/**
 * Stands between us and the model, so that a conversation never has two active replies: replies are asked for one at
 * a time, after all results of the calls before, and not while the server is about to start one by itself. Commands
 * wait until the session is ready. What a cancelled reply still says is dropped. No phase lasts for ever.
 */
export function responseGate(
  commands$: Observable<LinkCommand>,
  line: Line,
  options: GateOptions,
): Observable<SessionEvent> {
  return defer(() => {
    const passed$ = new Subject<LinkCommand>();
    const deadlines$ = new Subject<Deadline>();
    return merge(line.open(passed$), commands$, deadlines$).pipe(
      scan((gate, input: SessionEvent | LinkCommand | Deadline) => nextGate(gate, input, options), OUTSET),
      connect((gates$) =>
        merge(
          gates$.pipe(
            map(({ phase }) => phase),
            distinctUntilChanged(),
            switchMap(deadlineOf),
            tap((deadline) => deadlines$.next(deadline)),
            ignoreElements(),
          ),
          gates$.pipe(
            tap(({ send }) => send.forEach((command) => passed$.next(command))),
            mergeMap(({ emit }) => emit),
          ),
        ),
      ),
    );
  });
}

function deadlineOf(phase: GatePhase): Observable<Deadline> {
  const ms = DEADLINE_MS[phase.type];
  return ms === undefined ? EMPTY : timer(ms).pipe(map(() => ({ type: "deadline", phase })));
}
