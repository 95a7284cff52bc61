import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  map,
  merge,
  type Observable,
  Subject,
  scan,
  switchMap,
  tap,
  timer,
} from "rxjs";

import { flat } from "../shared/flat.ts";
import { DEADLINE_MS, type Deadline, type GateOptions, type GatePhase, OUTSET } from "./gate.ts";
import { nextGate } from "./gate-state.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** A conversation's two directions: commands in, events out. */
export interface Line {
  open(commands$: Observable<LinkCommand>): Observable<SessionEvent>;
}

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
            flat(({ emit }) => emit),
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
