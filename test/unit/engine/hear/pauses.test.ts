import { describe, expect, test } from "vitest";

import {
  afterOnset,
  afterUtterance,
  holdFor,
  isMoreTalk,
  type PauseHabit,
  STRANGER,
} from "../../../../src/engine/hear/pauses.ts";

const command = (habit: PauseHabit, longestPauseMs: number): PauseHabit =>
  afterUtterance(habit, { endMs: 10_000, longestPauseMs, rejected: false });
const after = (...pauses: readonly number[]) => pauses.reduce(command, STRANGER);
const afterTalk = afterUtterance(STRANGER, { endMs: 10_000, longestPauseMs: 600, rejected: true });

describe("how long somebody is waited for", () => {
  test("falls with each fluent utterance to the shortest", () => {
    const holds = [0, 1, 2, 3].map((count) => holdFor(after(...Array.from({ length: count }, () => 0))));
    expect(holds).toEqual([...holds].sort((a, b) => b - a));
    expect(holds.at(-1)).toBe(160);
  });

  test("is longer than the longest pause they made lately", () => {
    expect(holdFor(after(0, 0, 420, 0))).toBeGreaterThan(420);
    expect(holdFor(after(420, 0, 0, 0, 0))).toBe(160);
    expect(holdFor(after(0, 0, 0), 300)).toBeGreaterThan(300);
  });

  test("has a bound", () => {
    expect(holdFor(after(5_000))).toBe(640);
  });

  test("grows when they were cut off", () => {
    expect(holdFor(afterOnset(after(0, 0, 0), 10_400))).toBeGreaterThan(400);
    expect(holdFor(afterOnset(after(0, 0, 0), 12_000))).toBe(160);
  });

  test("is not learnt from talk that was no command", () => {
    expect(holdFor(afterTalk)).toBe(holdFor(STRANGER));
    expect(holdFor(afterOnset(afterTalk, 10_400))).toBe(holdFor(STRANGER));
  });
});

test("what follows talk at once is more of it, what follows a command is not", () => {
  expect(isMoreTalk(afterTalk, 10_500)).toBe(true);
  expect(isMoreTalk(afterTalk, 11_500)).toBe(false);
  expect(isMoreTalk(after(0), 10_500)).toBe(false);
  expect(isMoreTalk(STRANGER, 500)).toBe(false);
});
