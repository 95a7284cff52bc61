import { distinctUntilChanged, filter, map, merge, type Observable, skip } from "rxjs";

import type { SessionEvent } from "../session/session-event.ts";
import type { Behavior } from "../shared/behavior.ts";
import type { Withdrawal } from "../turn/confirmation.ts";
import type { Turn } from "../turn/turn.ts";

/** What ends a question: a turn that begins is a new wish, and over a lost link nobody is asked to the end. */
export function withdrawals(turn$: Behavior<Turn>, session$: Observable<SessionEvent>): Observable<Withdrawal> {
  return merge(
    turn$.pipe(
      map(({ turn }) => turn),
      distinctUntilChanged(),
      skip(1),
      map(() => "other" as const),
    ),
    session$.pipe(
      filter(({ type }) => type === "session-lost"),
      map(() => "silence" as const),
    ),
  );
}
