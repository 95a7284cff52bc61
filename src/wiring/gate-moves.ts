import { filter, map, merge, mergeMap, type Observable } from "rxjs";

import type { SessionEvent } from "../session/session-event.ts";
import type { BargeInDecision } from "../turn/barge-in.ts";
import type { WindowMove } from "../turn/listening-windows.ts";
import type { GateOpening } from "../wake/wake-gate.ts";

/** Speech is certain a little after it began, and its first sound is weak: so much from before the onset is let through. */
const BEFORE_ONSET_MS = 200;

/** Everything that opens the gate or shuts it. */
export interface GateMoves {
  readonly wake$: Observable<unknown>;
  readonly session$: Observable<SessionEvent>;
  readonly windows$: Observable<WindowMove>;
  readonly interruptions$: Observable<BargeInDecision>;
}

export function gateOpenings({ wake$, windows$, interruptions$ }: GateMoves): Observable<GateOpening> {
  return merge(
    wake$.pipe(map(() => ({ reason: "wake" as const }))),
    windows$.pipe(mergeMap((move) => (move.type === "open" ? [{ reason: move.reason }] : []))),
    interruptions$.pipe(
      mergeMap((decision) =>
        decision.type === "interrupt"
          ? [{ reason: "barge-in" as const, fromMs: decision.onsetAtMs - BEFORE_ONSET_MS }]
          : [],
      ),
    ),
  );
}

/** The end of speech, or of the link; nobody spoke in a window. */
export function gateClosings({ session$, windows$ }: GateMoves): Observable<unknown> {
  return merge(
    session$.pipe(filter(({ type }) => type === "speech-stopped" || type === "session-lost")),
    windows$.pipe(filter(({ type }) => type === "close")),
  );
}
