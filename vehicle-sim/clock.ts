import { interval, map, type Observable, scan, timeInterval } from "rxjs";

import { STEP_MS } from "./world.ts";

/** How much simulated time has become due. */
export interface ClockTick {
  readonly steps: number;
  /** Simulated time given up because the process was held up for too long, in milliseconds. */
  readonly lostMs: number;
}

const TICK_MS = 20;
/** After a longer stall of the process the world does not hurry to make up for it. */
const MAX_CATCH_UP_MS = 1_000;

/** Real time × `speed`, in whole steps. What a delayed loop owes is caught up with, within bounds. */
export function simClock(speed = 1): Observable<ClockTick> {
  return interval(TICK_MS).pipe(
    timeInterval(),
    scan((clock, { interval: elapsedMs }) => nextTick(clock, elapsedMs, speed), START),
    map(({ tick }) => tick),
  );
}

interface ClockState {
  readonly owedMs: number;
  readonly tick: ClockTick;
}

const START: ClockState = { owedMs: 0, tick: { steps: 0, lostMs: 0 } };

function nextTick({ owedMs }: ClockState, elapsedMs: number, speed: number): ClockState {
  // The wall clock may be set back; time in the car never runs backwards.
  const dueMs = owedMs + Math.max(0, elapsedMs) * speed;
  const boundedMs = Math.min(dueMs, MAX_CATCH_UP_MS * speed + STEP_MS);
  const steps = Math.floor(boundedMs / STEP_MS);
  return { owedMs: boundedMs - steps * STEP_MS, tick: { steps, lostMs: dueMs - boundedMs } };
}
