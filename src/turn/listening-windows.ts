import { distinctUntilChanged, EMPTY, filter, map, merge, type Observable, switchMap, timer } from "rxjs";

import { ANSWER_WITHIN_MS } from "./confirmation.ts";
import type { ListeningWindow, Turn } from "./turn.ts";
import { turnEnded } from "./turn-state.ts";

/** What the agent itself does to the gate: opens it when it awaits something, closes it when nobody came. */
export type WindowMove = { readonly type: "open"; readonly reason: ListeningWindow } | { readonly type: "close" };

export interface WindowOptions {
  /** How long one may speak again without the wake word, counted from the end of the reply. 0: never. */
  readonly followUpMs: number;
  /** Whether a question waits for the driver's answer. */
  readonly isAsked: () => boolean;
}

/**
 * A window opens when the reply has been heard: for the answer where something was asked, else for whatever the driver
 * wants to add. It closes when nobody has spoken in its time, and while the agent speaks, which must not hear itself.
 */
export function listeningWindows(turn$: Observable<Turn>, options: WindowOptions): Observable<WindowMove> {
  const { followUpMs, isAsked } = options;
  const lengthMs: Readonly<Record<ListeningWindow, number>> = {
    "follow-up": followUpMs,
    confirmation: ANSWER_WITHIN_MS,
  };
  const opening$ = turn$.pipe(
    turnEnded(),
    filter(({ replied }) => replied),
    map((turn) => windowAfter(turn, isAsked(), followUpMs)),
    filter((reason) => reason !== undefined),
    map((reason): WindowMove => ({ type: "open", reason })),
  );
  const closing$ = turn$.pipe(
    map(({ window, playing }) => (window === undefined ? undefined : playing.length > 0 ? 0 : lengthMs[window])),
    distinctUntilChanged(),
    switchMap((ms) => (ms === undefined ? EMPTY : timer(ms))),
    map((): WindowMove => ({ type: "close" })),
  );
  return merge(opening$, closing$);
}

/** What was typed is answered by nobody's voice, unless the agent asks for it. */
function windowAfter({ origin }: Turn, isAsked: boolean, followUpMs: number): ListeningWindow | undefined {
  if (isAsked) return "confirmation";
  return followUpMs > 0 && origin === "voice" ? "follow-up" : undefined;
}
