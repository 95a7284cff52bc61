import { monitorEventLoopDelay } from "node:perf_hooks";
import { Observable } from "rxjs";

import type { Lateness } from "../scene.ts";

const WATCH_MS = 600;
const PERIOD_MS = 10;
const NS_PER_MS = 1e6;

/** How late timers fire while this process has nothing to do: the machine's own hiccups. */
export function timerLateness(): Observable<Lateness> {
  return new Observable((subscriber) => {
    const watch = monitorEventLoopDelay({ resolution: PERIOD_MS });
    watch.enable();
    const end = setTimeout(() => {
      watch.disable();
      // What it counts is the time from one beat to the next.
      const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - PERIOD_MS);
      subscriber.next({ p95Ms: late(watch.percentile(95)), maxMs: late(watch.max) });
      subscriber.complete();
    }, WATCH_MS);
    return () => {
      clearTimeout(end);
      watch.disable();
    };
  });
}
