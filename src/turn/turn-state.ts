import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  type OperatorFunction,
  pairwise,
  Subject,
  scan,
  startWith,
  switchMap,
  tap,
  timer,
} from "rxjs";

import { isOwed, nextTurn } from "./next-turn.ts";
import { ASLEEP, type Turn, type TurnEvent } from "./turn.ts";

/** Longer than any deadline after which the session gives a reply up: past this none will come. */
const REPLY_OWED_MS = 10_000;

/** Follows whose turn it is, and waits no longer than 10 s for a reply. Pure but for that: `nextTurn` is the table. */
export function turnState(): OperatorFunction<TurnEvent, Turn> {
  return (events$) =>
    defer(() => {
      const timeouts$ = new Subject<TurnEvent>();
      return merge(events$.pipe(finalize(() => timeouts$.complete())), timeouts$).pipe(
        scan(nextTurn, ASLEEP),
        distinctUntilChanged(),
        connect((turns$) =>
          merge(
            turns$,
            turns$.pipe(
              map(isOnlyOwed),
              distinctUntilChanged(),
              switchMap((owed) => (owed ? timer(REPLY_OWED_MS) : EMPTY)),
              tap(() => timeouts$.next({ type: "turn-timeout" })),
              ignoreElements(),
            ),
          ),
        ),
      );
    });
}

/** Nothing goes on but waiting for the model: whatever else may be going on comes to an end by itself. */
function isOnlyOwed({ state, awaitingReply, activeReply, openCalls }: Turn): boolean {
  return state === "thinking" && awaitingReply && activeReply === undefined && openCalls.length === 0;
}

/** Each turn when it is over: everything that it set off has been answered and heard. A window that nobody speaks in is no turn. */
export function turnEnded(): OperatorFunction<Turn, Turn> {
  return (turns$) =>
    turns$.pipe(
      startWith(ASLEEP),
      pairwise(),
      filter(([before, now]) => !isOver(before) && isOver(now)),
      map(([, now]) => now),
    );
}

function isOver(turn: Turn): boolean {
  return !turn.open && turn.playing.length === 0 && !isOwed(turn);
}
