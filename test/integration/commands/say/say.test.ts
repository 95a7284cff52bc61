import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { merge, type Subscription } from "rxjs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { openStage, type Stage } from "../../../../src/commands/drive/stage.ts";
import { codriver } from "../../../support/codriver.ts";
import { stageOptions } from "../../../support/drive.ts";

const TIMEOUT_MS = 120_000;
const WINDOW = "Vehicle.Cabin.Door.Row1.PassengerSide.Window.Position";

describe("codriver say, to an agent in a car", () => {
  let folder: string;
  let stage: Stage;
  let running: Subscription;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "codriver-say-"));
    const options = stageOptions({ scenario: "parked" });
    stage = await openStage({ ...options, config: { ...options.config, privacy: { transcripts: true } } });
    let ready = false;
    running = merge(stage.agent$, stage.sim$, stage.driver$).subscribe((event) => {
      ready ||= event.type === "ready";
    });
    await vi.waitFor(() => expect(ready).toBe(true), 20_000);
  }, TIMEOUT_MS);
  afterAll(async () => {
    running.unsubscribe();
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  const say = (args: readonly string[], password?: string) =>
    codriver(["say", "--broker", stage.broker.url, ...args], {
      cwd: folder,
      env: { CODRIVER_MQTT_PASSWORD: password ?? stage.broker.credentials?.("hmi").password ?? "" },
    }).ended;

  test("what was typed is done in the car, and told step by step", { timeout: TIMEOUT_MS }, async () => {
    const { code, stdout, stderr } = await say(["--user", "hmi", "open the passenger window"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^understood window_set .*passenger/m);
    expect(stdout).toMatch(/^car +(accepted|done)/m);
    expect(stdout).toMatch(/^reply +\S/m);
    await vi.waitFor(() => expect(stage.signals().get(WINDOW)).toBe(100), 20_000);
  });

  test("as a program reads it", { timeout: TIMEOUT_MS }, async () => {
    const { code, stdout } = await say([
      "--user",
      "hmi",
      "--json",
      "-",
      "set",
      "the",
      "temperature",
      "to",
      "23",
      "degrees",
    ]);
    const told = JSON.parse(stdout) as {
      exitCode: number;
      results: string[];
      replies: string[];
      steps: { type: string }[];
    };
    expect(told).toMatchObject({ exitCode: code, text: "set the temperature to 23 degrees", results: ["done"] });
    expect(told.replies.join(" ")).toContain("23");
    expect(told.steps.map(({ type }) => type)).toContain("call");
  });

  test("a wrong password", { timeout: TIMEOUT_MS }, async () => {
    const wrong = await say(["--user", "hmi", "hello"], "wrong-one");
    expect(wrong).toMatchObject({ code: 3, stdout: "" });
    expect(wrong.stderr).toContain('refused the user "hmi"');
    expect(wrong.stderr).not.toContain("wrong-one");
  });
});

describe("codriver say, in vain", () => {
  const say = (args: readonly string[]) => codriver(["say", ...args], { cwd: tmpdir() }).ended;

  test.for([
    ["nothing to say", [], 2, "text"],
    ["only spaces", ["  "], 2, "What shall be said?"],
    ["no broker named", ["hello"], 2, "--broker"],
    ["a URL that is none", ["--broker", "localhost", "hello"], 2, "--broker"],
    ["nobody listens there", ["--broker", "mqtt://127.0.0.1:1", "hello"], 3, "mqtt://127.0.0.1:1"],
  ] as const)("%s", { timeout: TIMEOUT_MS }, async ([, args, code, says]) => {
    const ended = await say(args);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/bug in Codriver|\n {4}at /);
  });
});
