import { expect, test } from "vitest";

import { backoffMs, CLOUD_BACKOFF, LOOPBACK_BACKOFF } from "../../../src/shared/backoff.ts";

test("pauses grow up to the cap, and lie anywhere below it", () => {
  const longest = (failures: number) => backoffMs(failures, { ...CLOUD_BACKOFF, random: () => 1 });
  expect([0, 1, 2, 3, 6, 1_000].map(longest)).toEqual([2_000, 2_000, 4_000, 8_000, 60_000, 60_000]);
  expect(backoffMs(1_000, { ...CLOUD_BACKOFF, random: () => 0 })).toBe(1_000);
  expect(backoffMs(9, { ...LOOPBACK_BACKOFF, random: () => 1 })).toBe(2_000);
});
