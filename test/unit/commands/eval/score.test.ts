import { describe, expect, test } from "vitest";

import { boundPerHour, percentiles, wilson } from "../../../../src/commands/eval/interval.ts";
import { reportIntent, reportWake } from "../../../../src/commands/eval/report.ts";
import { type Heard, sameCalls, scoreIntent, type Utterance } from "../../../../src/commands/eval/score-intent.ts";
import { scoreWake } from "../../../../src/commands/eval/score-wake.ts";
import type { SpokenCall } from "../../../../src/engine/understand/grammar.ts";

const order = (args: SpokenCall["args"] = {}, name = "order"): SpokenCall => ({ name, args });
const said = (...calls: SpokenCall[]): Utterance => ({ text: "words", rejected: false, score: -40, calls });
const refused: Utterance = { text: "other words", rejected: true, score: -90, calls: [] };
const heard = (expected: readonly SpokenCall[], ...utterances: Utterance[]): Heard => ({
  file: "a.wav",
  expected,
  utterances,
  durationMs: 36_000,
  latencyMs: utterances.length === 0 ? undefined : 200,
});
const outcomeOf = (expected: readonly SpokenCall[], ...utterances: Utterance[]) =>
  scoreIntent([heard(expected, ...utterances)]).cases[0]?.outcome;

describe("a command", () => {
  const latte = order({ drink: "latte", size: "large" });

  test("is right when exactly that was done, in one utterance", () => {
    expect(outcomeOf([latte], said(order({ size: " Large", drink: "latte" })))).toBe("right");
    expect(outcomeOf([latte], said(latte), refused)).toBe("right");
    expect(outcomeOf([latte, order()], said(latte, order()))).toBe("right");
  });

  test("is wrong when an argument is missing, added or another", () => {
    expect(outcomeOf([latte], said(order({ drink: "latte" })))).toBe("wrong-arguments");
    expect(outcomeOf([latte], said(order({ drink: "latte", size: "large", milk: "soy" })))).toBe("wrong-arguments");
    expect(outcomeOf([latte], said(order({ drink: "mocha", size: "large" })))).toBe("wrong-arguments");
    expect(outcomeOf([latte], said(order(latte.args, "cancel")))).toBe("wrong-tool");
    expect(outcomeOf([latte], said(latte, latte))).toBe("wrong-tool");
  });

  test("is cut when more than one utterance was made of it", () => {
    expect(outcomeOf([latte], said(order({ drink: "latte" })), refused)).toBe("cut");
    expect(outcomeOf([latte], refused, refused)).toBe("cut");
    expect(outcomeOf([latte], said(), said(latte))).toBe("cut");
  });

  test("is rejected when nothing was done", () => {
    expect(outcomeOf([latte], refused)).toBe("rejected");
    expect(outcomeOf([latte])).toBe("rejected");
  });

  test("that was not one has been acted on, or not", () => {
    expect(outcomeOf([], said(latte))).toBe("acted");
    expect(outcomeOf([], said())).toBe("nothing");
    expect(outcomeOf([])).toBe("nothing");
  });

  test("has numbers that may be written as text", () => {
    expect(sameCalls([order({ n: "21" })], [order({ n: 21 })])).toBe(true);
    expect(sameCalls([order({ n: 21 })], [order({ n: 21.5 })])).toBe(false);
  });
});

describe("an intent suite", () => {
  const latte = order({ drink: "latte" });
  const result = scoreIntent(
    [
      heard([latte], said(latte)),
      heard([latte], said(order({ drink: "mocha" }))),
      heard([latte], said(order({}, "cancel"))),
      heard([latte], refused),
      heard([latte], said(order()), refused),
      heard([], said(latte)),
      heard([]),
    ],
    3,
  );

  test("counts each clip once", () => {
    expect(result).toMatchObject({ n: 5, allRight: 1, rightTool: 3, rejected: 1, faults: 4, cut: 1, leftOut: 3 });
    expect(result).toMatchObject({ negatives: 2, negativeHours: 0.02, actedOn: 1 });
    expect(result.accuracy.share).toBeCloseTo(0.2);
    expect(result.latencyMs).toEqual({ p50: 200, p95: 200 });
  });

  test("lists what went wrong with words and scores", () => {
    const report = reportIntent(result).join("\n");
    expect(report).toContain("all right                      1  20.0 % (3.6 to 62.4)");
    expect(report).toMatch(
      /nothing done:\n {2}a\.wav {2}score -90\n {4}heard {4}other words\n {4}asked {4}order drink=latte/,
    );
    expect(report).toMatch(/acted on without being asked:\n.*\n.*\n {4}did {6}order drink=latte/);
  });

  test("without commands has no accuracy", () => {
    expect(scoreIntent([heard([])]).accuracy).toEqual({ share: Number.NaN, low: 0, high: 1 });
    expect(scoreIntent([heard([])]).latencyMs).toBeNull();
  });
});

describe("a wake suite", () => {
  const clip = (file: string, expected: boolean, scores: number[] = [], wouldAt?: number) => ({
    file,
    expected,
    scores,
    durationMs: 1_800_000,
    latencyMs: expected && scores.length > 0 ? 240 : undefined,
    wouldAt,
  });
  const result = scoreWake("jarvis", [
    clip("a", true, [0.99]),
    clip("b", true, [], 0.4),
    clip("c", true),
    clip("d", false, [0.9, 0.8]),
    clip("e", false),
  ]);

  test("counts recordings of the word once, and every detection elsewhere", () => {
    expect(result).toMatchObject({ positives: 3, detected: 1, negatives: 2, negativeHours: 1, falseAccepts: 2 });
    expect(result.falseAcceptsPerHourBelow).toBeCloseTo(6.3, 1);
    expect(result.latencyMs).toEqual({ p50: 240, p95: 240 });
  });

  test("lists what went wrong with scores", () => {
    expect(result.cases.map(({ file, score }) => [file, score])).toEqual([
      ["b", 0.4],
      ["c", null],
      ["d", 0.9],
    ]);
    expect(reportWake(result).join("\n")).toContain(
      "missed:\n  b  would be heard at 0.4\n  c  not heard at any threshold",
    );
  });
});

test("intervals are Wilson's", () => {
  // From Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const bounds = (successes: number, n: number) => {
    const { low, high } = wilson(successes, n);
    return [low.toFixed(4), high.toFixed(4)];
  };
  expect(bounds(81, 263)).toEqual(["0.2553", "0.3662"]);
  expect(bounds(15, 148)).toEqual(["0.0624", "0.1605"]);
  expect(bounds(0, 20)).toEqual(["0.0000", "0.1611"]);
  expect(bounds(1, 29)).toEqual(["0.0061", "0.1718"]);
  expect(bounds(20, 20)).toEqual(["0.8389", "1.0000"]);
});

test("no event in an hour means fewer than three an hour", () => {
  expect(boundPerHour(0, 1)).toBeCloseTo(2.996, 3);
  expect(boundPerHour(0, 10)).toBeCloseTo(0.2996, 4);
  expect(boundPerHour(0, 0)).toBe(Infinity);
});

test("percentiles of nothing are unknown", () => {
  expect(percentiles([])).toBeUndefined();
  expect(percentiles([3, 1, 2])).toEqual({ p50: 2, p95: 3 });
});
