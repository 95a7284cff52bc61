import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { isGiven, loadConfig } from "../../../src/config/load.ts";

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "codriver-config-")), "codriver.yaml");
  writeFileSync(path, text);
  return path;
}

function problemsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    return String(error);
  }
  return "none";
}

describe("loadConfig", () => {
  test("needs no file", () => {
    expect(loadConfig(undefined, {})).toMatchObject({ vehicle: { broker: "embedded" }, wake: { word: "jarvis" } });
  });

  test("the environment wins over the file", () => {
    const path = file("vehicle:\n  id: car-1\nwake:\n  preRollSeconds: 1\n");
    const config = loadConfig(path, { CODRIVER_WAKE__PRE_ROLL_SECONDS: "0.5", PATH: "/bin" });
    expect(config.vehicle.id).toBe("car-1");
    expect(config.wake.preRollSeconds).toBe(0.5);
  });

  test("reports every bad key at once, with its line", () => {
    const path = file("vehicle:\n  broker: foo\n  ide: 3\nwake:\n  threshold: 2\naudo: 1\n");
    const problems = problemsOf(() => loadConfig(path, {}));
    expect(problems).toContain(`${path}:2:3: vehicle.broker`);
    expect(problems).toContain(`${path}:3:3: vehicle.ide: unknown key`);
    expect(problems).toContain(`${path}:5:3: wake.threshold`);
    expect(problems).toContain(`${path}:6:1: audo: unknown key`);
  });

  test.for([
    ["a missing file", "/nowhere/codriver.yaml", "no such file"],
    ["a file that is not YAML", file("vehicle: [1"), ":1:"],
    ["a file that is a list", file("- 1\n"), "expected object"],
    ["a doubled key", file("persona: ada\npersona: kai\n"), ":2:"],
    ["a topic injection in the vehicle id", file('vehicle:\n  id: "a/+/#"\n'), "vehicle.id"],
  ] as const)("%s is refused with file and reason", ([, path, reason]) => {
    const problems = problemsOf(() => loadConfig(path, {}));
    expect(problems).toContain(path);
    expect(problems).toContain(reason);
  });

  test("an unknown variable is named", () => {
    const problems = problemsOf(() => loadConfig(undefined, { CODRIVER_MODEL__PROVIDR: "stepfun" }));
    expect(problems).toContain("model.providr: unknown key (from CODRIVER_MODEL__PROVIDR)");
  });

  test("a bad flag is named, and wins over the environment", () => {
    const flags = [{ key: "model.provider", value: "hal", from: "--provider" }];
    const problems = problemsOf(() => loadConfig(undefined, { CODRIVER_MODEL__PROVIDER: "local" }, flags));
    expect(problems).toMatch(/model\.provider: .*\(from --provider\)/);
  });
});

describe("isGiven", () => {
  test("a default is not given; what stands in the file or in a variable is, whatever it says", () => {
    expect(isGiven("vehicle.broker", undefined, {})).toBe(false);
    expect(isGiven("vehicle.broker", file("vehicle:\n  id: car-1\n"), {})).toBe(false);
    expect(isGiven("vehicle.broker", file("vehicle:\n  broker: embedded\n"), {})).toBe(true);
    expect(isGiven("vehicle.broker", undefined, { CODRIVER_VEHICLE__BROKER: "embedded" })).toBe(true);
  });
});

test("the example for head units is a good configuration", () => {
  const config = loadConfig("deploy/codriver.yaml", {});
  expect(config).toMatchObject({ vehicle: { broker: "mqtt://127.0.0.1:1883" }, audio: { recorder: "auto" } });
});
