import { expect, test } from "vitest";

import { judge, type Thresholds } from "../../../../src/engine/hear/rejection.ts";

const THRESHOLDS: Thresholds = [
  { snrDb: 25, score: -60 },
  { snrDb: 10, score: -64 },
];

test("noise lowers what a score has to reach", () => {
  expect(judge(-62, 40, THRESHOLDS).rejected).toBe(true);
  expect(judge(-62, 15, THRESHOLDS).rejected).toBe(false);
  expect(judge(-62, 3, THRESHOLDS).rejected).toBe(false);
  expect(judge(-65, 3, THRESHOLDS).rejected).toBe(true);
});

test("confidence is one half at the threshold, and certain far from it", () => {
  expect(judge(-60, 40, THRESHOLDS)).toEqual({ rejected: false, confidence: 0.5 });
  expect(judge(-30, 40, THRESHOLDS).confidence).toBeGreaterThan(0.99);
  expect(judge(-999, 40, THRESHOLDS)).toEqual({ rejected: true, confidence: 0 });
});

test.for([{ severalWishes: true }, { moreTalk: true }])(
  "what is unlikely beforehand has to be clearer: %o",
  (doubts) => {
    expect(judge(-57, 40, THRESHOLDS).rejected).toBe(false);
    expect(judge(-57, 40, THRESHOLDS, doubts).rejected).toBe(true);
  },
);
