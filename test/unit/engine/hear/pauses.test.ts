import { describe, expect, test } from "vitest";

import { afterCutIn, afterUtterance, holdFor, STRANGER } from "../../../../src/engine/hear/pauses.ts";

const after = (...pauses: readonly number[]) => pauses.reduce(afterUtterance, STRANGER);

describe("how long somebody is waited for", () => {
  test("falls with each fluent utterance to the shortest", () => {
    const holds = [0, 1, 2, 3].map((count) => holdFor(after(...Array.from({ length: count }, () => 0))));
    expect(holds).toEqual([...holds].sort((a, b) => b - a));
    expect(holds.at(-1)).toBe(160);
  });

  test("is longer than the longest pause they made lately", () => {
    expect(holdFor(after(0, 0, 420, 0))).toBeGreaterThan(420);
    expect(holdFor(after(420, 0, 0, 0, 0))).toBe(160);
  });

  test("has a bound", () => {
    expect(holdFor(after(5_000))).toBe(640);
  });

  test("grows when they were cut off", () => {
    expect(holdFor(afterCutIn(after(0, 0, 0), 400))).toBeGreaterThan(400);
    expect(holdFor(afterCutIn(STRANGER, 400))).toBeGreaterThan(400);
  });
});
