import { describe, expect, test } from "vitest";

import { WINDOW_SIZE } from "../../../src/wake/hop.ts";
import { packWeights, score, unpackWeights } from "../../../src/wake/wake-head.ts";

/** Two hidden units: one follows the first input, one the negative of the last. */
function weights() {
  const w1 = new Float32Array(2 * WINDOW_SIZE);
  w1[0] = 2;
  w1[2 * WINDOW_SIZE - 1] = -1;
  return { w1, b1: Float32Array.of(0, 0.5), w2: Float32Array.of(1, -3), b2: Float32Array.of(0.25) };
}

function windowOf(first: number, last: number): Float32Array {
  const window = new Float32Array(WINDOW_SIZE);
  window[0] = first;
  window[WINDOW_SIZE - 1] = last;
  return window;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe("score", () => {
  test.for([
    { first: 3, last: 0, logit: 2 * 3 - 3 * 0.5 + 0.25, why: "both units are on" },
    { first: 3, last: 9, logit: 2 * 3 + 0.25, why: "the second unit is off" },
    { first: -3, last: 9, logit: 0.25, why: "only the bias is left" },
  ])("$why: input $first and $last", ({ first, last, logit }) => {
    expect(score(weights(), windowOf(first, last))).toBeCloseTo(sigmoid(logit), 6);
  });
});

describe("the weights file", () => {
  test("brings the same numbers back", () => {
    expect(unpackWeights("x.bin", Buffer.from(packWeights(weights())), 2)).toEqual(weights());
  });

  test.for([
    ["is a byte short", 1, 2],
    ["is for another number of hidden units", 0, 3],
  ] as const)("that %s is refused by name", ([, missing, hidden]) => {
    const bytes = Buffer.from(packWeights(weights()));
    const read = (): unknown => unpackWeights("x.bin", bytes.subarray(missing), hidden);
    expect(read).toThrow(/The wake word head x\.bin has \d+ bytes where \d+ belong/);
  });

  test("with a weight that is no number is refused by name", () => {
    const bytes = Buffer.from(packWeights(weights()));
    bytes.writeFloatLE(Number.NaN, 400);
    expect(() => unpackWeights("x.bin", bytes, 2)).toThrow("x.bin holds a weight that is no finite number");
  });
});
