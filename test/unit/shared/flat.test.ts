import { concat, of, Subject, throwError, toArray } from "rxjs";
import { expect, test } from "vitest";

import { flat } from "../../../src/shared/flat.ts";

test("each list's elements come in order, and the end behind them", () => {
  const seen: unknown[] = [];
  of([1, 2], [], [3])
    .pipe(
      flat((list) => list),
      toArray(),
    )
    .subscribe((all) => seen.push(all));
  expect(seen).toEqual([[1, 2, 3]]);
});

test("an error of the source, and one in making a list, end it", () => {
  const errors: unknown[] = [];
  const onError = { error: (error: unknown) => errors.push(error) };
  concat(
    of(1),
    throwError(() => new Error("source")),
  )
    .pipe(flat((value) => [value]))
    .subscribe(onError);
  of(1)
    .pipe(
      flat((): readonly number[] => {
        throw new Error("list");
      }),
    )
    .subscribe(onError);
  expect(errors).toEqual([new Error("source"), new Error("list")]);
});

test("what an element sets off is told before the element that follows it", () => {
  const lists$ = new Subject<readonly number[]>();
  const seen: number[] = [];
  lists$.pipe(flat((list) => list)).subscribe((value) => {
    seen.push(value);
    if (value === 1) lists$.next([10]);
  });
  lists$.next([1, 2]);
  expect(seen).toEqual([1, 10, 2]);
});

test("nobody is told anything after they have stopped listening", () => {
  const lists$ = new Subject<readonly number[]>();
  const seen: number[] = [];
  const listening = lists$.pipe(flat((list) => list)).subscribe((value) => {
    seen.push(value);
    listening.unsubscribe();
  });
  lists$.next([1, 2]);
  expect(seen).toEqual([1]);
  expect(lists$.observed).toBe(false);
});
