import { delay, filter, map, merge, type Observable, scan, share } from "rxjs";

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
  );
  return merge(calm$, stopping$.pipe(delay(DRAIN_MS)));
}
