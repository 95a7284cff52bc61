import { firstValueFrom, map, take, takeUntil, timer, toArray } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { expect, onTestFinished, test, vi } from "vitest";

import { simClock } from "../../../vehicle-sim/clock.ts";

function stepsIn(ms: number, speed: number): number {
  let total = 0;
  new TestScheduler(() => undefined).run(({ flush }) => {
    simClock(speed)
      .pipe(takeUntil(timer(ms + 1)))
      .subscribe(({ steps }) => {
        total += steps;
      });
    flush();
  });
  return total;
}

test.for([
  [10_000, 1, 200],
  [10_000, 10, 2_000],
  [10_000, 0.5, 100],
])("%d ms at speed %d are %d steps", ([ms = 0, speed = 1, steps]) => {
  expect(stepsIn(ms, speed)).toBe(steps);
});

test("a stalled process catches up a second at most, and says what it gave up", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const ticks = firstValueFrom(
    simClock().pipe(
      take(2),
      toArray(),
      map(([, late]) => late),
    ),
  );
  await vi.advanceTimersByTimeAsync(20);
  vi.setSystemTime(Date.now() + 60_000);
  await vi.advanceTimersByTimeAsync(20);
  expect(await ticks).toEqual({ steps: 21, lostMs: 60_040 - 1_050 });
});

test("a wall clock that is set back does not stop the car", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const ticks = firstValueFrom(simClock().pipe(take(10), toArray()));
  await vi.advanceTimersByTimeAsync(20);
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(180);
  const steps = (await ticks).map((tick) => tick.steps);
  expect(Math.min(...steps)).toBe(0);
  expect(steps.reduce((sum, count) => sum + count, 0)).toBe(3);
});
