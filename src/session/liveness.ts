import {
  concat,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  of,
  startWith,
  switchMap,
  throttleTime,
  timer,
} from "rxjs";

import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** With a turn open: ask after 3 s of silence, dead after 6 s. Idle: ask after 20 s, dead 6 s later. */
const ASK_MS = { open: 3_000, idle: 20_000 };
const DEAD_MS = { open: 3_000, idle: 6_000 };
/** A turn that leads to nothing is not open for ever. */
const MAX_TURN_MS = 30_000;
/** Fine enough for seconds, and cheap while audio pours in. */
const GRAIN_MS = 250;

/** Says when to ask the other side for a sign of life, and when it must be taken for dead. */
export function liveness(alive$: Observable<unknown>, turnOpen$: Observable<boolean>): Observable<"ask" | "dead"> {
  const signs$ = alive$.pipe(
    throttleTime(GRAIN_MS, undefined, { leading: true, trailing: true }),
    startWith(undefined),
  );
  return turnOpen$.pipe(
    distinctUntilChanged(),
    map((open) => (open ? "open" : "idle")),
    switchMap((state) =>
      signs$.pipe(
        switchMap(() =>
          concat(
            timer(ASK_MS[state]).pipe(map(() => "ask" as const)),
            timer(DEAD_MS[state]).pipe(map(() => "dead" as const)),
          ),
        ),
      ),
    ),
  );
}

/** A turn is open from what we say until the reply to it has ended. */
export function turnOpen(commands$: Observable<LinkCommand>, events$: Observable<SessionEvent>): Observable<boolean> {
  const opens$ = commands$.pipe(
    filter(({ type }) => type === "send-audio" || type === "user-text" || type === "create-reply"),
    throttleTime(GRAIN_MS),
    map(() => true),
  );
  const closes$ = events$.pipe(
    filter(({ type }) => type === "reply-ended"),
    map(() => false),
  );
  return merge(opens$, closes$).pipe(
    switchMap((open) => (open ? concat(of(true), timer(MAX_TURN_MS).pipe(map(() => false))) : of(false))),
    startWith(false),
  );
}
