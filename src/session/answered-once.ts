import {
  connect,
  defer,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  Subject,
  scan,
  tap,
  timer,
} from "rxjs";

import { flat } from "../shared/flat.ts";
import { type LedgerOptions, NO_CALLS, nextLedger, type Overdue } from "./call-ledger.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** Links that follow one another. */
export interface Links {
  open(commands$: Observable<LinkCommand>): Observable<SessionEvent>;
}

/** Longer than any command to the car may take. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Stands between whoever carries calls out and the links that they come by: each call is answered once, by its result
 * or after 30 s without one, on its own link or as something to tell on the next (`call-ledger.ts`).
 */
export function answeredOnce(
  commands$: Observable<LinkCommand>,
  links: Links,
  options: LedgerOptions,
): Observable<SessionEvent> {
  return defer(() => {
    const passed$ = new Subject<LinkCommand>();
    const overdue$ = new Subject<Overdue>();
    return merge(links.open(passed$), commands$, overdue$).pipe(
      scan((ledger, input: SessionEvent | LinkCommand | Overdue) => nextLedger(ledger, input, options), NO_CALLS),
      connect((ledgers$) =>
        merge(
          ledgers$.pipe(
            tap(({ send }) => send.forEach((command) => passed$.next(command))),
            flat(({ emit }) => emit),
          ),
          ledgers$.pipe(
            flat(({ emit }) => emit),
            filter((event) => event.type === "tool-call"),
            mergeMap(({ callId }) => timer(ANSWER_WITHIN_MS).pipe(map((): Overdue => ({ type: "overdue", callId })))),
            tap((overdue) => overdue$.next(overdue)),
            ignoreElements(),
          ),
        ),
      ),
    );
  });
}
