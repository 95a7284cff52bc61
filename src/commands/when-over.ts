import { delay, filter, map, merge, NEVER, type Observable, scan, share, switchMap, timer } from "rxjs";

import type { AgentEvent } from "../observability/agent-event.ts";

/** How long what has been begun may take to end. */
const DRAIN_MS = 3_000;

/**
 * Emits when the agent may end after it was asked to: at once while nothing goes on or the driver is still speaking,
 * else when the reply has been heard and every command has its answer, but within 3 s.
 */
export function drained(stop$: Observable<unknown>, agent$: Observable<AgentEvent>): Observable<unknown> {
  const stopping$ = stop$.pipe(share());
  const idle$ = agent$.pipe(
    filter((event) => event.type === "state"),
    map(({ state }) => state === "asleep" || state === "listening"),
  );
  const calm$ = merge(idle$.pipe(map((idle) => ({ idle }))), stopping$.pipe(map(() => ({ stopping: true })))).pipe(
    scan((before, now) => ({ ...before, ...now }), { idle: true, stopping: false }),
    filter(({ idle, stopping }) => idle && stopping),
    // What else this moment has to tell is still logged and published.
    delay(0),
  );
  return merge(calm$, stopping$.pipe(delay(DRAIN_MS)));
}

/** Nothing has been going on for a second since the microphone ended. */
export function quietAfter(ended$: Observable<void>, agent$: Observable<AgentEvent>): Observable<unknown> {
  const asleep$ = agent$.pipe(
    filter((event) => event.type === "state"),
    map(({ state }) => ({ asleep: state === "asleep" })),
  );
  return merge(asleep$, ended$.pipe(map(() => ({ ended: true })))).pipe(
    scan((before, now) => ({ ...before, ...now }), { asleep: true, ended: false }),
    switchMap(({ asleep, ended }) => (asleep && ended ? timer(1_000) : NEVER)),
  );
}
