import { describe, expect, test } from "vitest";

import { type CallOutcome, judgeState, judgeTurn } from "../../../vehicle-sim/judge-turn.ts";
import type { Expectation } from "../../../vehicle-sim/scenario.ts";

const expectation = (expected: Partial<Expectation>): Expectation => ({
  calls: [],
  state: {},
  withinMs: 5_000,
  ...expected,
});
const call = (name: string, args: unknown = {}, verdict = "allow", result = "done"): CallOutcome => ({
  name,
  args,
  verdict,
  result,
});
const none = new Map<string, number>();
const window = { name: "window_set", args: { percent: 20 } };

test("a turn that did as expected has no failures", () => {
  const expected = expectation({
    calls: [window],
    verdict: "allow",
    status: "done",
    state: { "Vehicle.Speed": { near: 50, within: 2 }, "Vehicle.IsMoving": true },
    reply: { contains: "OPEN" },
  });
  const outcome = { calls: [call("window_set", { percent: 20, which: "driver" })], reply: "The window is open." };
  expect(
    judgeTurn(
      expected,
      outcome,
      new Map<string, number | boolean>([
        ["Vehicle.Speed", 51.9],
        ["Vehicle.IsMoving", true],
      ]),
    ),
  ).toEqual([]);
});

describe("what was called", () => {
  test.for<[string, Partial<Expectation>, readonly CallOutcome[], RegExp]>([
    ["nothing instead of something", { calls: [window] }, [], /called nothing from "hello", expected window_set/],
    ["something instead of nothing", {}, [call("window_set")], /called window_set \{\} from "hello", expected nothing/],
    ["one of two", { calls: [window, window] }, [call("window_set", { percent: 20 })], /expected .* and window_set/],
    ["another tool", { calls: [window] }, [call("doors_lock", { percent: 20 })], /called doors_lock/],
    ["another argument", { calls: [window] }, [call("window_set", { percent: 25 })], /\{"percent":25\}, expected .*20/],
    ["a missing argument", { calls: [window] }, [call("window_set")], /expected window_set \{"percent":20\}/],
    ["arguments that are none", { calls: [window] }, [call("window_set", null)], /called window_set null/],
    [
      "another verdict",
      { calls: [window], verdict: "refuse" },
      [call("window_set", { percent: 20 })],
      /verdict on window_set was allow, expected refuse/,
    ],
    [
      "another end",
      { calls: [window], status: "done" },
      [call("window_set", { percent: 20 }, "allow", "failed")],
      /ended as failed, expected done/,
    ],
    [
      "another end of one",
      { calls: [{ ...window, status: "accepted" }], status: "done" },
      [call("window_set", { percent: 20 })],
      /ended as done, expected accepted/,
    ],
  ])("%s", ([, expected, calls, words]) => {
    const failures = judgeTurn(expectation(expected), { calls, reply: "", heard: "hello" }, none);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(words);
  });

  test("the wrong order of two", () => {
    const calls = [call("climate_set_ac"), call("window_set", { percent: 20 })];
    const expected = expectation({ calls: [window, { name: "climate_set_ac", args: {} }] });
    expect(judgeTurn(expected, { calls, reply: "" }, none)).toHaveLength(2);
  });
});

describe("the car", () => {
  test.for<[string, Expectation["state"], ReadonlyMap<string, number>, readonly string[]]>([
    ["another value", { "Vehicle.Speed": 50 }, new Map([["Vehicle.Speed", 49]]), ["Vehicle.Speed is 49, expected 50"]],
    ["never heard of", { "Vehicle.Speed": 50 }, new Map(), ["Vehicle.Speed is unknown, expected 50"]],
    [
      "too far off",
      { "Vehicle.Speed": { near: 50, within: 2 } },
      new Map([["Vehicle.Speed", 52.5]]),
      ["Vehicle.Speed is 52.5, expected 50 ± 2"],
    ],
    ["just near enough", { "Vehicle.Speed": { near: 50, within: 2 } }, new Map([["Vehicle.Speed", 52]]), []],
  ])("%s", ([, state, signals, failures]) => {
    expect(judgeState(state, signals)).toEqual(failures);
  });
});

describe("the reply", () => {
  test.for<[NonNullable<Expectation["reply"]>, string, number]>([
    [{ contains: "22.5" }, "Set to 22.5 degrees.", 0],
    [{ contains: "22.5" }, "Set to 22 degrees.", 1],
    [{ matches: "can't|cannot" }, "I CAN'T do that.", 0],
    [{ matches: "^\\d+ km$" }, "about 300 km", 1],
  ])("%o on “%s”: %d failures", ([reply, said, count]) => {
    expect(judgeTurn(expectation({ reply }), { calls: [], reply: said }, none)).toHaveLength(count);
  });
});
