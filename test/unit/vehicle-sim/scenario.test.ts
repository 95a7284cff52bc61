import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { DocumentError } from "../../../src/shared/yaml-document.ts";
import { loadProfile } from "../../../vehicle-sim/profile.ts";
import { loadScenario } from "../../../vehicle-sim/scenario.ts";

function file(lines: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "scenario-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "story.yaml");
  writeFileSync(path, lines.join("\n"));
  return path;
}

function problemsOf(load: () => unknown) {
  try {
    load();
  } catch (error) {
    if (error instanceof DocumentError) return error.problems;
    throw error;
  }
  return [];
}

const HEAD = ["name: story", "description: a test"];
const TURNS = ["turns:", "  - say: hello", "    expect: {}"];

describe("a scenario", () => {
  test("needs no more than a sentence; the rest has defaults", () => {
    expect(loadScenario(file([...HEAD, ...TURNS]))).toMatchObject({
      given: { profile: "hatchback-ev", set: {} },
      drive: [],
      driver: {},
      turns: [{ say: "hello", expect: { calls: [], state: {}, withinMs: 5_000 } }],
    });
  });

  test("has its times in seconds, its gears by letter", () => {
    const drive = ["drive:", "  - { at: 0, speedKmh: 0, gear: P }", "  - { at: 1.5, speedKmh: 30 }"];
    const turns = ["turns:", "  - { say: hi, at: 20, after: 0.5, expect: { reply: ok } }"];
    const scenario = loadScenario(file([...HEAD, ...drive, ...turns]));
    expect(scenario.drive).toEqual([
      { atMs: 0, speedKmh: 0, gear: 126 },
      { atMs: 1_500, speedKmh: 30 },
    ]);
    expect(scenario.turns[0]).toMatchObject({ at: 20_000, after: 500, expect: { reply: { contains: "ok" } } });
  });
});

/** What is wrong, the file from line 3 on, and where and how that must be reported. */
const BROKEN: readonly (readonly [string, readonly string[], number, string, RegExp])[] = [
  ["an unknown key", ["sped: 3", ...TURNS], 3, "sped", /unknown key/],
  ["no turns", ["turns: []"], 3, "turns", /at least one turn/],
  ["a turn without words", ["turns:", "  - expect: {}"], 4, "turns.0.say", /string/],
  ["an unknown profile", ["given: { profile: tank }", ...TURNS], 3, "given.profile", /"tank".*hatchback-ev/],
  [
    "a start signal that does not exist",
    ["given:", "  set:", "    Vehicle.Cabin.Jacuzzi: 3", ...TURNS],
    5,
    "given.set.Vehicle.Cabin.Jacuzzi",
    /no signal/,
  ],
  [
    "a start value of the wrong kind",
    ["given:", "  set:", "    Vehicle.Speed: 10", "    Vehicle.Exterior.AirTemperature: warm", ...TURNS],
    6,
    "given.set.Vehicle.Exterior.AirTemperature",
    /a number/,
  ],
  [
    "a start signal that follows from others",
    ["given:", "  set: { Vehicle.Powertrain.Range: 9000 }", ...TURNS],
    4,
    "given.set.Vehicle.Powertrain.Range",
    /follows from/,
  ],
  [
    "a drive that goes back in time",
    ["drive:", "  - { at: 9, speedKmh: 1 }", "  - { at: 4, speedKmh: 1 }", ...TURNS],
    5,
    "drive.1.at",
    /after 9 s/,
  ],
  ["a speed beyond reason", ["drive: [{ at: 0, speedKmh: 900 }]", ...TURNS], 3, "drive.0.speedKmh", /250/],
  ["a gear that is none", ["drive: [{ at: 0, speedKmh: 0, gear: X }]", ...TURNS], 3, "drive.0.gear", /"P"/],
  ["a voice that is none", ["driver: { voice: elvis }", ...TURNS], 3, "driver.voice", /"slt"/],
  [
    "an expected signal that does not exist",
    ["turns:", "  - say: hi", "    expect: { state: { Vehicle.Sped: 1 } }"],
    5,
    "turns.0.expect.state.Vehicle.Sped",
    /no signal/,
  ],
  [
    "near for what is no number",
    ["turns:", "  - say: hi", "    expect: { state: { Vehicle.IsMoving: { near: 1, within: 1 } } }"],
    5,
    "turns.0.expect.state.Vehicle.IsMoving",
    /numbers/,
  ],
  [
    "a broken regular expression",
    ["turns:", "  - say: hi", "    expect: { reply: { matches: '(' } }"],
    5,
    "turns.0.expect.reply.matches",
    /regular expression/,
  ],
  [
    "a verdict that is none",
    ["turns:", "  - say: hi", "    expect: { verdict: maybe }"],
    5,
    "turns.0.expect.verdict",
    /"allow"/,
  ],
  [
    "a tool that is not there",
    ["turns:", "  - say: hi", "    expect: { calls: [{ name: order_pizza }] }"],
    5,
    "turns.0.expect.calls.0.name",
    /no tool "order_pizza"/,
  ],
];

describe("a broken scenario", () => {
  test.for(BROKEN)("%s", ([, lines, line, key, reason]) => {
    const path = file([...HEAD, ...lines]);
    const problems = problemsOf(() => loadScenario(path, { tools: ["window_set"] }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, key });
    expect(problems[0]?.reason).toMatch(reason);
  });

  test("has all its mistakes reported at once, each in its place", () => {
    const path = file(["description: nameless", "driver: { voice: elvis, shoes: 2 }", "turns: []"]);
    expect(problemsOf(() => loadScenario(path)).map(({ line, key }) => `${line} ${key}`)).toEqual(
      expect.arrayContaining(["1 name", "2 driver.voice", "2 driver.shoes", "3 turns"]),
    );
  });

  test("that is no YAML is placed too", () => {
    expect(problemsOf(() => loadScenario(file(["name: a", "turns: [oops"])))[0]).toMatchObject({ line: 2 });
  });

  test("that is not there is said to be so, with what there is", () => {
    expect(problemsOf(() => loadScenario("/nowhere/x.yaml"))[0]?.reason).toBe("no such file");
    expect(problemsOf(() => loadScenario("evening"))[0]?.reason).toMatch(/"evening".*morning-commute, parked/);
    expect(problemsOf(() => loadScenario("../secret"))[0]?.reason).toMatch(/there is no scenario/);
  });
});

describe("a profile", () => {
  test("that is unknown names those that are known", () => {
    expect(problemsOf(() => loadProfile("tank"))[0]?.reason).toMatch(/"tank".*hatchback-ev/);
  });

  test("with a pattern that fits nothing is refused at its line", () => {
    const path = file([
      "name: odd",
      "description: odd",
      "energy: { capacityKwh: 50, massKg: 1500, dragAreaM2: 1, rollingResistance: 0.01, efficiency: 1, typicalWhPerKm: 150 }",
      "capabilities:",
      "  without: [Vehicle.Wings.*]",
      "  limits:",
      "    Vehicle.Cabin.*.Nothing: { min: 1 }",
    ]);
    expect(problemsOf(() => loadProfile(path)).map(({ line, key }) => [line, key])).toEqual([
      [5, "capabilities.without.0"],
      [7, "capabilities.limits.Vehicle.Cabin.*.Nothing"],
    ]);
  });
});
