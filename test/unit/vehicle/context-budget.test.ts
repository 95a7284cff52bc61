import fc from "fast-check";
import { concatMap, delay, from, map, of, Subject, scan, toArray } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { expect, test } from "vitest";

import type { ContextEntry } from "../../../src/vehicle/context.ts";
import { tokensOf, withinBudget } from "../../../src/vehicle/context-budget.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const speed = (kmh: number): ContextEntry => ({ key: "driving", text: `The car drives at about ${kmh} km/h.` });
const TWO_HOURS_MS = 2 * 3_600_000;

test("what matters is told at once", () => {
  const told: ContextEntry[] = [];
  const entries$ = new Subject<ContextEntry>();
  const subscription = entries$.pipe(withinBudget()).subscribe((entry) => told.push(entry));
  entries$.next(speed(50));
  entries$.next({ key: "doors", text: "Doors: all locked." });
  expect(told.map(({ key }) => key)).toEqual(["driving", "doors"]);
  subscription.unsubscribe();
});

test("a car that changes every second for two hours costs no more than the budget, and the last word is the newest", () => {
  new TestScheduler(() => undefined).run(({ flush }) => {
    const told: ContextEntry[] = [];
    from(Array.from({ length: TWO_HOURS_MS / 1_000 }, (_, second) => second))
      .pipe(
        concatMap((second) => of(speed(second)).pipe(delay(1_000))),
        withinBudget(),
      )
      .subscribe((entry) => told.push(entry));
    flush();
    expect(told.reduce((sum, entry) => sum + tokensOf(entry), 0)).toBeLessThanOrEqual(18_600);
    expect(told.length).toBeGreaterThan(500);
    const seconds = told.map(({ text }) => Number(/\d+/.exec(text)?.[0]));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(seconds.at(-1)).toBeGreaterThan(TWO_HOURS_MS / 1_000 - 30);
  });
});

test("whatever comes, each key's newest text is told in the end, and no text twice", () => {
  const change = fc.record({ key: fc.constantFrom("a", "b", "c"), waitMs: fc.integer({ min: 0, max: 5_000 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) =>
      virtualTime(({ flush }) => {
        const entries$ = new Subject<ContextEntry>();
        let told: readonly ContextEntry[] = [];
        const subscription = entries$
          .pipe(
            withinBudget(),
            scan((all: readonly ContextEntry[], entry) => [...all, entry], []),
          )
          .subscribe((all) => (told = all));
        const made$ = from(changes).pipe(
          concatMap(({ key, waitMs }, index) => of({ key, text: `${index} ${"x".repeat(300)}` }).pipe(delay(waitMs))),
        );
        made$.subscribe((entry) => entries$.next(entry));
        of(undefined)
          .pipe(
            delay(3_600_000),
            map(() => subscription.unsubscribe()),
            toArray(),
          )
          .subscribe();
        flush();
        const newest = new Map(changes.map(({ key }, index) => [key, index]));
        for (const [key, index] of newest) {
          expect(told.findLast((entry) => entry.key === key)?.text.split(" ")[0]).toBe(String(index));
        }
        expect(new Set(told.map(({ text }) => text)).size).toBe(told.length);
      }),
    ),
    { numRuns: 50 },
  );
});
