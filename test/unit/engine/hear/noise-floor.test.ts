import { expect, test } from "vitest";

import { followNoise, NO_NOISE, snrOf } from "../../../../src/engine/hear/noise-floor.ts";

const after = (...levels: readonly number[]) => levels.reduce(followNoise, NO_NOISE);
const times = (count: number, level: number) => Array.from({ length: count }, () => level);

test("speech is measured against the quiet before it", () => {
  expect(snrOf(after(...times(20, 10), ...times(10, 1_000)), 1_000)).toBeCloseTo(40);
});

test("a gap between words is quiet enough, when all before it was speech", () => {
  expect(snrOf(after(...times(60, 2_000), ...times(20, 20), ...times(16, 2_000)), 2_000)).toBeCloseTo(40);
});

test("one quiet frame is no floor, and what is long past does not count", () => {
  expect(snrOf(after(...times(30, 1), ...times(95, 200), 1), 2_000)).toBeCloseTo(20);
});

test("digital silence is a floor as well", () => {
  expect(snrOf(after(...times(50, 0)), 1_000)).toBe(60);
  expect(snrOf(NO_NOISE, 0)).toBe(0);
});
