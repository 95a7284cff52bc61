import { describe, expect, test } from "vitest";

import { type Decision, decide, UNDECIDED } from "../../../src/wake/wake-decision.ts";

const OPTIONS = { threshold: 0.6, confirmations: 2, refractoryHops: 3 };

/** At which scores a stream of them is a detection. */
function detections(scores: readonly number[], options = OPTIONS): readonly number[] {
  let last: Decision = UNDECIDED;
  return scores.flatMap((score, index) => {
    last = decide(last, score, options);
    return last.detected ? [index] : [];
  });
}

const word = [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1];

describe("decide", () => {
  test.for([
    ["one high score is not enough", [0.9, 0.1, 0.9, 0.1], []],
    ["two in a row are", [0.1, 0.9, 0.9], [2]],
    ["a score at the threshold counts", [0.6, 0.6], [1]],
    ["one below it does not", [0.6, 0.599, 0.6], []],
    ["a long word wakes once", [0.9, 0.9, 0.9, 0.9, 0.9, 0.9], [1]],
    ["a word that lingers wakes once", [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.9, 0.9], [1]],
    ["after the pause the next word counts from its beginning", [0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9], [1, 7]],
    ["within the pause nothing counts", [0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9], [1]],
    ["words without end each wake", [...word, ...word, ...word, ...word], [1, 9, 17, 25]],
  ] as const)("%s: %j", ([, scores, expected]) => {
    expect(detections(scores)).toEqual(expected);
  });

  test("with one confirmation and no pause each rise counts", () => {
    expect(detections([0.9, 0.1, 0.9, 0.9], { ...OPTIONS, confirmations: 1, refractoryHops: 0 })).toEqual([0, 2]);
  });
});
