import { asapScheduler, filter, map, merge, type Observable, observeOn } from "rxjs";

import type { Behavior } from "../shared/behavior.ts";
import { listeningWindows, type WindowMove } from "../turn/listening-windows.ts";
import type { Turn } from "../turn/turn.ts";
import type { DriverAnswered } from "./turn-events.ts";

export interface Windows {
  readonly turn$: Behavior<Turn>;
  readonly answers$: Observable<DriverAnswered>;
  readonly asked$: Behavior<boolean>;
  readonly followUpMs: number;
}

/** When the agent listens without a wake word. An answer shuts the window that it was given in, and no other. */
export function windowMoves({ turn$, answers$, asked$, followUpMs }: Windows): Observable<WindowMove> {
  return merge(
    answers$.pipe(
      filter(() => turn$.value.window === "confirmation"),
      map((): WindowMove => ({ type: "close" })),
    ),
    listeningWindows(turn$, { followUpMs, isAsked: () => asked$.value }),
    // A move changes the turn that it follows from: first everybody is to have heard of that one.
  ).pipe(observeOn(asapScheduler));
}
