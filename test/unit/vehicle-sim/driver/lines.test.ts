import { describe, expect, test } from "vitest";

import { linesOf, lineText, voiceOf } from "../../../../vehicle-sim/driver/lines.ts";

const turns = Array.from({ length: 40 }, () => ({ say: "open the window" }));

describe("how sentences are said", () => {
  const lines = linesOf(turns, "jarvis", 3);

  test("always with the wake word first, in one breath or in two", () => {
    expect(new Set(lines.map(lineText))).toEqual(new Set(["jarvis, open the window"]));
    expect(new Set(lines.map(({ parts }) => parts.length))).toEqual(new Set([1, 2]));
  });

  test("after a pause of 400 to 900 ms", () => {
    const pauses = lines.map(({ pauseMs }) => pauseMs);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(400);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(900);
    expect(new Set(pauses).size).toBeGreaterThan(20);
  });

  test("the same for the same seed, other for another", () => {
    expect(linesOf(turns, "jarvis", 3)).toEqual(lines);
    expect(linesOf(turns, "jarvis", 4)).not.toEqual(lines);
  });

  test("with the pause that the turn, else the scenario, asks for", () => {
    const asked = linesOf([{ say: "a", after: 50 }, { say: "b" }], "jarvis", 1, 2_000);
    expect(asked.map(({ pauseMs }) => pauseMs)).toEqual([50, 2_000]);
  });
});

describe("the voice", () => {
  test("goes round with the seed", () => {
    expect([1, 2, 3, 4, 5, 0].map((seed) => voiceOf(seed))).toEqual(["rms", "awb", "slt", "kal16", "rms", "kal16"]);
  });

  test("is one of those that may be had", () => {
    expect([1, 2, 3, 4].map((seed) => voiceOf(seed, ["awb", "rms", "kal16"]))).toEqual(["rms", "awb", "kal16", "rms"]);
  });
});
