import { of, throwError } from "rxjs";
import { describe, expect, test } from "vitest";

import { clock } from "../../../../src/commands/doctor/checks/clock.ts";
import { configuration } from "../../../../src/commands/doctor/checks/configuration.ts";
import { disk } from "../../../../src/commands/doctor/checks/disk.ts";
import { memory } from "../../../../src/commands/doctor/checks/memory.ts";
import { persona } from "../../../../src/commands/doctor/checks/persona.ts";
import { policy } from "../../../../src/commands/doctor/checks/policy.ts";
import { realTime } from "../../../../src/commands/doctor/checks/real-time.ts";
import { recognition } from "../../../../src/commands/doctor/checks/recognition.ts";
import { runtime } from "../../../../src/commands/doctor/checks/runtime.ts";
import { speech } from "../../../../src/commands/doctor/checks/speech.ts";
import { wakeWord } from "../../../../src/commands/doctor/checks/wake-word.ts";
import { toolActions } from "../../../../src/commands/doctor/probes/tool-actions.ts";
import { loadPolicy } from "../../../../src/policy/load-policy.ts";
import { rowFor } from "../../../../src/policy/policy.ts";
import { DocumentError } from "../../../../src/shared/yaml-document.ts";
import { TOOLS } from "../../../../src/tools/index.ts";
import { WakeWordError } from "../../../../src/wake/wake-word-error.ts";
import { configWith, findingOf, machineWith, read, sceneOf } from "./scene-of.ts";

describe("runtime", () => {
  test.for([
    ["20.20.2", "linux", "x64", "ok"],
    ["22.1.0", "linux", "arm64", "ok"],
    ["20.19.9", "linux", "x64", "fail"],
    ["18.20.0", "linux", "x64", "fail"],
    ["22.0.0", "darwin", "arm64", "warn"],
  ] as const)("Node %s on %s %s: %s", ([node, platform, arch, status]) => {
    expect(runtime(machineWith({ node, platform, arch })).status).toBe(status);
  });

  test("an old Node says which one to install", async () => {
    expect(await read(runtime(machineWith({ node: "18.0.0" })))).toContain("Install Node 20.20 or newer");
  });
});

describe("memory, disk, clock, real time", () => {
  test("little memory and little room are warnings with figures", async () => {
    expect(await read(memory(machineWith({ freeMemoryBytes: 399e6 })))).toMatch(
      /^warn: 399 MB free, 400 MB are needed/,
    );
    expect(await read(disk(machineWith({ freeDiskBytes: 1e6 })))).toMatch(/^warn: 1 MB free here/);
    expect(memory(machineWith({ freeMemoryBytes: 400e6 })).status).toBe("ok");
  });

  test("a clock that was never set is a warning, and a failure where certificates are to be checked", () => {
    const then = machineWith({ now: new Date("1970-01-01T00:01:00Z") });
    expect(clock({ ...then, config: configWith() }).status).toBe("warn");
    const config = configWith({ "vehicle.broker": "mqtts://car:8883" });
    expect(clock({ ...then, config })).toMatchObject({ status: "fail", exit: 3 });
    expect(clock({ ...machineWith({}), config }).status).toBe("ok");
  });

  test.for([
    [{ p95Ms: 1, maxMs: 60 }, "ok"],
    [{ p95Ms: 25, maxMs: 60 }, "warn"],
    [{ p95Ms: 1, maxMs: 140 }, "warn"],
  ] as const)("timers late by %o: %s", async ([lateness, status]) => {
    expect((await findingOf(realTime({ lateness$: of(lateness) }))).status).toBe(status);
  });
});

describe("configuration", () => {
  test("every mistake is told, and where a secret belongs", async () => {
    const config = new DocumentError("codriver.yaml", [
      { line: 2, column: 3, key: "vehicle.password", reason: "unknown key" },
      { line: 4, column: 9, key: "wake.wurd", reason: "unknown key" },
    ]);
    const text = await read(configuration(sceneOf({ config: config as never })));
    expect(text).toContain(
      "codriver.yaml:2:3: vehicle.password: unknown key\ncodriver.yaml:4:9: wake.wurd: unknown key",
    );
    expect(text).toContain("set CODRIVER_MQTT_PASSWORD");
    expect(configuration(sceneOf({ config: config as never }))).toMatchObject({ status: "fail", exit: 2 });
  });

  test("a key in place of its variable's name is never shown", async () => {
    const config = configWith({ "model.keyEnv": "sk-live-1234!" });
    const text = await read(configuration(sceneOf({ config })));
    expect(text).toMatch(/^fail: model\.keyEnv must name a variable/);
    expect(text).not.toContain("1234");
  });

  test("a password inside a URL of the file is a warning; from the environment it is where it belongs", async () => {
    const config = configWith({ "vehicle.broker": "mqtt://agent:hunter2@car:1883" });
    const text = await read(configuration(sceneOf({ config, file: "codriver.yaml" })));
    expect(text).toMatch(/^warn: vehicle\.broker in codriver\.yaml/);
    expect(text).not.toContain("hunter2");
    const environment = { CODRIVER_VEHICLE__BROKER: "mqtt://agent:hunter2@car:1883" };
    expect(configuration(sceneOf({ config, environment })).status).toBe("ok");
  });
});

describe("persona and policy", () => {
  test("an unknown persona names those there are, and is a mistake in the configuration", async () => {
    const scene = sceneOf({ config: configWith({ persona: "hal" }) });
    expect(await read(persona(scene))).toMatch(/^fail: .*no such persona; there are: .*ada/);
    expect(persona(scene)).toMatchObject({ exit: 2 });
    expect(persona(sceneOf()).status).toBe("ok");
  });

  test("the shipped policy covers all that the shipped tools do", () => {
    expect(policy().status).toBe("ok");
  });

  test("the tools' own sentences reach every path that a tool writes, on every seat", () => {
    const names = new Set(toolActions(TOOLS).map(({ action }) => action.name));
    for (const side of ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"])
      expect(names).toContain(`Vehicle.Cabin.Door.${side}.Window.Position`);
    expect(names).toContain("nav.start");
    expect(names).toContain("nav.cancel");
    const tools = new Set(toolActions(TOOLS).map(({ tool }) => tool));
    const setters = TOOLS.map(({ name }) => name).filter((name) =>
      /_(set|start|cancel|lock|heat|defrost|adjust)/.test(name),
    );
    expect(setters.filter((name) => !tools.has(name))).toEqual([]);
    expect(tools).not.toContain("vehicle_status");
  });

  test("a row that is taken away is missed", () => {
    const { rows } = loadPolicy();
    const poorer = { rows: rows.filter(({ match }) => match !== "nav.start") };
    const uncovered = toolActions(TOOLS).filter(({ action }) => rowFor(action, poorer) === undefined);
    expect(new Set(uncovered.map(({ tool }) => tool))).toEqual(new Set(["nav_start"]));
  });
});

describe("wake word, recognition, speech", () => {
  test("an unknown wake word is a mistake of the configuration, missing models are not", async () => {
    const failing = (code: "unknown-word" | "missing-models") =>
      findingOf(wakeWord(sceneOf({ wakeWord: () => throwError(() => new WakeWordError(code, "It says why.")) })));
    expect(await failing("unknown-word")).toMatchObject({ status: "fail", exit: 2, found: "It says why." });
    expect(await failing("missing-models")).toMatchObject({ exit: 3, mend: "Put the models back: `npm ci`." });
  });

  test("the bundled acoustic model is a warning with the apt line, unless it was asked for", async () => {
    const acousticModel = () => ({ name: "bundled", bundled: true });
    expect(await read(recognition(sceneOf({ acousticModel })))).toContain("sudo apt-get install pocketsphinx-en-us");
    const asked = sceneOf({ acousticModel, config: configWith({ "model.acousticModel": "bundled" }) });
    expect((await recognition(asked)).status).toBe("ok");
  });

  test("a folder without a model is a mistake; a package without one is missing", async () => {
    const acousticModel = () => {
      throw new Error("has no mdef");
    };
    const config = configWith({ "model.acousticModel": "/nowhere" });
    expect(await recognition(sceneOf({ acousticModel, config }))).toMatchObject({ exit: 2, found: "has no mdef" });
    expect(await recognition(sceneOf({ acousticModel }))).toMatchObject({ exit: 3 });
    const voiceActivity = () => Promise.reject(new Error("no file"));
    expect(await read(recognition(sceneOf({ voiceActivity })))).toContain("Silero VAD cannot be loaded: no file");
  });

  test("a voice without a sound is missed", async () => {
    expect(await read(speech({ spokenWord$: of(new Int16Array(500)) }))).toMatch(
      /^fail: flite makes no sound \| .*npm ci/,
    );
    expect(await read(speech({ spokenWord$: throwError(() => new Error("no wasm")) }))).toMatch(/^fail: no wasm/);
    expect((await findingOf(speech(sceneOf()))).status).toBe("ok");
  });
});
