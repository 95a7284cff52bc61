import { describe, expect, test } from "vitest";

import { loadPolicy, parsePolicy } from "../../../src/policy/load-policy.ts";
import { covers } from "../../../src/policy/policy.ts";
import { RULE_NAMES } from "../../../src/policy/rules/index.ts";
import { SIGNALS } from "../../../src/vehicle/catalogue.ts";

const ROW = "  - match: a.b\n    class: R1\n    states: { P: A, S: A, L: A, M: A }\n";

describe("a policy file", () => {
  test("the one that is shipped loads, and every signal row covers something", () => {
    const rows = loadPolicy().rows.filter(({ match }) => match.startsWith("Vehicle."));
    const paths = Object.keys(SIGNALS);
    expect(rows.filter(({ match }) => !paths.some((path) => covers(match, path)))).toEqual([]);
  });

  test("uses every rule there is", () => {
    const used = new Set(loadPolicy().rows.flatMap(({ rules }) => rules));
    expect([...used].sort()).toEqual([...RULE_NAMES].sort());
  });

  test.for<[string, string, string]>([
    ["no rows", "rows: []", "p.yaml:1:1: rows"],
    ["nothing at all", "", "p.yaml:1:1: rows"],
    ["an unknown key", `rows:\n${ROW}    colour: red\n`, "p.yaml:5:5: rows.0.colour: unknown key"],
    ["a bad pattern", `rows:\n${ROW.replace("a.b", "a..b")}`, "p.yaml:2:5: rows.0.match"],
    ["half a wildcard", `rows:\n${ROW.replace("a.b", "a.b*")}`, "p.yaml:2:5: rows.0.match"],
    ["an unknown decision", `rows:\n${ROW.replace("S: A", "S: B")}`, "p.yaml:4:21: rows.0.states.S"],
    ["a missing state", `rows:\n${ROW.replace(", M: A", "")}`, "p.yaml:4:5: rows.0.states.M"],
    ["an unknown rule", `rows:\n${ROW}    rules: [wide-door]\n`, "p.yaml:5:13: rows.0.rules.0"],
    [
      "a refusal without a reason",
      `rows:\n${ROW.replace("M: A", "M: X")}`,
      "rows.0.reason: is needed, because a state says X",
    ],
    [
      "a question without words",
      `rows:\n${ROW.replace("S: A", "S: C")}`,
      "rows.0.question: is needed, because a state says C",
    ],
    [
      "a row that can never apply",
      `rows:\n${ROW.replace("a.b", "a.*")}${ROW}`,
      "p.yaml:5:5: rows.1.match: can never apply: row 1 covers all of it",
    ],
    ["broken YAML", "rows: [", "p.yaml:"],
  ])("with %s is refused, with file, line and key", ([, text, problem]) => {
    expect(() => parsePolicy(text, "p.yaml")).toThrow(problem);
  });

  test("two rows for one path may differ in the value they are about", () => {
    const valued = (value: boolean) => `${ROW}    value: ${String(value)}\n`;
    expect(parsePolicy(`rows:\n${valued(true)}${valued(false)}${ROW}`, "p.yaml").rows).toHaveLength(3);
    expect(() => parsePolicy(`rows:\n${ROW}${valued(true)}`, "p.yaml")).toThrow("can never apply");
  });

  test("that is not there is named", () => {
    expect(() => loadPolicy("nowhere/policy.yaml")).toThrow("nowhere/policy.yaml: no such file");
  });
});

describe("a pattern", () => {
  test.for<[string, string, boolean]>([
    ["a.*.c", "a.b.c", true],
    ["a.*.c", "a.b.b.c", false],
    ["a.*", "a", false],
    ["a.b", "a.b", true],
    ["a.b", "axb", false],
    ["a.*", "a.b.c", false],
  ])("%s covers %s: %s", ([pattern, name, expected]) => expect(covers(pattern, name)).toBe(expected));
});
