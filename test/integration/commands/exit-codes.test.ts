import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codriver, type Ended } from "../../support/codriver.ts";

const AT_ONCE = 3;
const TIMEOUT_MS = 120_000;

let folder: string;
let busy: Server;
let busyPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "codriver-exit-"));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  busy = createServer().listen(0, "127.0.0.1");
  await once(busy, "listening");
  busyPort = (busy.address() as AddressInfo).port;
});

afterAll(() => {
  busy.close();
  rmSync(folder, { recursive: true });
});

/** A WAV file of silence: 16-bit mono PCM. */
function wav(rateHz: number, samples: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples * 2, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples * 2, 40);
  return Buffer.concat([header, Buffer.alloc(samples * 2)]);
}

const FILES: Readonly<Record<string, string | Buffer>> = {
  "codriver-bad.yaml": "vehicle:\n  broker: localhost\nmodel:\n  provider: hal9000\nwake:\n  wurd: jarvis\n",
  "not-yaml.yaml": "vehicle: [unclosed\n",
  "persona-bad.yaml": "name: Bad\nvoices:\n  local: nobody\n",
  "scenario-bad.yaml":
    "name: bad\ndescription: one turn\nturns:\n  - say: jarvis hello\n    expect:\n      verdikt: allow\n",
  "wire.jsonl": '{"ms":0,"connection":1,"what":"dialled","provider":"hal","host":"x"}\n',
  "plain-file": "not a folder\n",
  "empty.wav": "",
  "no-sound.wav": wav(16_000, 0),
  "odd-rate.wav": wav(11_025, 11_025),
  "silence.wav": wav(16_000, 16_000 * 60),
};

interface Case {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** All of these must be in what the user reads. */
  readonly says: readonly (string | RegExp)[];
}

const OWN_BROKER = { CODRIVER_VEHICLE__BROKER: "embedded" };
const microphone = (file: string) => ({
  ...OWN_BROKER,
  CODRIVER_AUDIO__MICROPHONE: file,
  CODRIVER_AUDIO__SPEAKER: "none",
});

const CASES: Readonly<Record<string, Case>> = {
  "an unknown command": { args: ["fly"], code: 2, says: ["fly", "morning-commute"] },
  "an unknown subcommand": { args: ["config", "fly"], code: 2, says: ["fly"] },
  "an unknown flag": { args: ["drive", "--fly"], code: 2, says: ["--fly"] },
  "a speed of 0": { args: ["drive", "--speed", "0"], code: 2, says: ["--speed", "above 0"] },
  "a seed that is no number": { args: ["drive", "--seed", "x"], code: 2, says: ["--seed", "whole number"] },
  "a port beyond all ports": { args: ["model", "--port", "99999"], code: 2, says: ["--port", "65535"] },
  "an unknown scenario": { args: ["drive", "moonlanding", "--once"], code: 2, says: ["moonlanding", "parked"] },
  "a broken scenario": {
    args: ["drive", "scenario-bad.yaml", "--once"],
    code: 2,
    says: [/scenario-bad\.yaml:6:\d+: turns\.0\.expect\.verdikt: unknown key/],
  },
  "an unknown profile": { args: ["sim", "--profile", "submarine"], code: 2, says: ["submarine", "hatchback-ev"] },
  "a broken configuration": {
    args: ["config", "check", "--config", "codriver-bad.yaml"],
    code: 2,
    says: [
      /codriver-bad\.yaml:2:\d+: vehicle\.broker: /,
      /codriver-bad\.yaml:4:\d+: model\.provider: /,
      /codriver-bad\.yaml:6:\d+: wake\.wurd: unknown key/,
    ],
  },
  "a configuration that is not YAML": {
    args: ["run", "--config", "not-yaml.yaml"],
    code: 2,
    says: [/not-yaml\.yaml:\d/],
  },
  "a configuration that is not there": { args: ["run", "--config", "gone.yaml"], code: 2, says: ["gone.yaml"] },
  "a bad variable": {
    args: ["run"],
    env: { CODRIVER_WAKE__OPEN_SECONDS: "-1" },
    code: 2,
    says: ["wake.openSeconds", "CODRIVER_WAKE__OPEN_SECONDS"],
  },
  "a broken persona": {
    args: ["drive", "--once", "--persona", "persona-bad.yaml"],
    code: 2,
    says: [/persona-bad\.yaml:3:\d+: voices\.local: /],
  },
  "an unknown persona": { args: ["persona", "check", "hal"], code: 2, says: ["hal"] },
  "a wake word without a head": {
    args: ["run"],
    env: { ...microphone("silence.wav"), CODRIVER_WAKE__WORD: "bob" },
    code: 2,
    says: ["bob", "jarvis"],
  },
  "a recording into a file": {
    args: ["drive", "--once", "--record", "plain-file/here"],
    code: 2,
    says: ["--record plain-file/here"],
  },
  "a recording where no folder can be made": {
    args: ["drive", "--once", "--record", "/proc/codriver"],
    code: 2,
    says: ["--record /proc/codriver"],
  },
  "a result that cannot be written": {
    args: ["drive", "--once", "--json", "plain-file/result.json"],
    code: 2,
    says: ["--json plain-file/result.json"],
  },
  "a wire log that is none": {
    args: ["replay", "not-yaml.yaml"],
    code: 2,
    says: [/not-yaml\.yaml:1:1: \d+ bytes that are not JSON/],
  },
  "a wire log of a stranger": {
    args: ["replay", "wire.jsonl"],
    code: 2,
    says: [/wire\.jsonl:1:1: provider: "hal" is none of .*stepfun/],
  },
  "a missing key": {
    args: ["run"],
    env: { CODRIVER_MODEL__PROVIDER: "stepfun", ...microphone("empty.wav") },
    code: 2,
    says: ["STEPFUN_API_KEY"],
  },
  "a broker that is not there": {
    args: ["drive", "--once", "--broker", "mqtt://127.0.0.1:1"],
    code: 3,
    says: ["mqtt://127.0.0.1:1"],
  },
  "a car's broker that is not there": {
    args: ["sim", "--broker", "mqtt://127.0.0.1:1"],
    code: 3,
    says: ["mqtt://127.0.0.1:1"],
  },
  "a recording that is not there": {
    args: ["run", "--once"],
    env: microphone("gone.wav"),
    code: 3,
    says: ["gone.wav"],
  },
  "an empty file": { args: ["run", "--once"], env: microphone("empty.wav"), code: 3, says: ["empty.wav"] },
  "a recording without sound": {
    args: ["run", "--once"],
    env: microphone("no-sound.wav"),
    code: 3,
    says: ["no-sound.wav"],
  },
  "a recording of an odd rate": {
    args: ["run", "--once"],
    env: microphone("odd-rate.wav"),
    code: 3,
    says: ["odd-rate.wav", "11025"],
  },
  "a pre-roll that is not a whole number of frames": {
    args: ["run", "--once"],
    env: { CODRIVER_WAKE__PRE_ROLL_SECONDS: "0.33", ...microphone("gone.wav") },
    code: 3,
    says: ["gone.wav"],
  },
  "no program that records": { args: ["run"], env: OWN_BROKER, code: 3, says: ["arecord", "alsa-utils"] },
  "a recorder that is not installed": {
    args: ["run"],
    env: { ...OWN_BROKER, CODRIVER_AUDIO__RECORDER: "parec" },
    code: 3,
    says: ["parec", "pulseaudio-utils"],
  },
  "a speaker that is insisted on and cannot be had": {
    args: ["run"],
    env: { ...microphone("silence.wav"), CODRIVER_AUDIO__SPEAKER: "device", CODRIVER_AUDIO__PLAYER: "aplay" },
    code: 3,
    says: ["aplay", "alsa-utils"],
  },
  "no broker for the daemon": { args: ["run"], code: 2, says: ["vehicle.broker", "mqtt://", "embedded"] },
};

/** As many processes at once as a small machine runs without slowing each down. */
function limited<T>(atOnce: number): (task: () => Promise<T>) => Promise<T> {
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve<unknown>(undefined));
  let next = 0;
  return (task) => {
    const lane = next++ % atOnce;
    const result = (lanes[lane] ?? Promise.resolve()).then(task);
    lanes[lane] = result.catch(() => undefined);
    return result;
  };
}

describe("bad input ends the program by itself, with a sentence and the right code", () => {
  const inTurn = limited<Ended>(AT_ONCE);

  const check = (wrong: Case, { code, stderr }: Ended): void => {
    const unsaid = wrong.says.filter((said) =>
      typeof said === "string" ? !stderr.includes(said) : !said.test(stderr),
    );
    const blamesUs = /^ {4}at |bug in Codriver/m.test(stderr);
    expect({ code, unsaid, blamesUs }, stderr).toEqual({ code: wrong.code, unsaid: [], blamesUs: false });
  };

  test.concurrent.for(Object.entries(CASES))("%s", { timeout: TIMEOUT_MS }, async ([, wrong]) => {
    const ended = await inTurn(() => codriver(wrong.args, { cwd: folder, env: wrong.env ?? {} }).ended);
    check(wrong, ended);
  });

  test.concurrent("a busy port", { timeout: TIMEOUT_MS }, async () => {
    const args = ["model", "--port", String(busyPort)];
    const ended = await inTurn(() => codriver(args, { cwd: folder }).ended);
    check({ args, code: 3, says: [String(busyPort)] }, ended);
  });

  test.concurrent.for([["run"], ["drive", "--once", "--provider", "stepfun"]])(
    "a model that refuses the key, in %s",
    { timeout: TIMEOUT_MS },
    async (args, { onTestFinished }) => {
      const model = createHttpServer()
        .on("upgrade", (_request, socket) => socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n"))
        .listen(0, "127.0.0.1");
      onTestFinished(() => void model.close());
      await once(model, "listening");
      const host = `127.0.0.1:${(model.address() as AddressInfo).port}`;
      const env = {
        CODRIVER_MODEL__PROVIDER: "stepfun",
        CODRIVER_MODEL__FALLBACK: "none",
        CODRIVER_MODEL__URL: `ws://${host}/v1/realtime`,
        STEPFUN_API_KEY: "swordfish",
        ...microphone("silence.wav"),
      };
      const ended = await inTurn(() => codriver(args, { cwd: folder, env }).ended);
      check({ args, code: 3, says: [host, "401", "key"] }, ended);
      expect(ended.stdout + ended.stderr).not.toContain("swordfish");
    },
  );

  test.concurrent("a microphone that fails before it has sent a sound", { timeout: TIMEOUT_MS }, async () => {
    writeFileSync(join(folder, "arecord"), "#!/bin/sh\necho unplugged >&2\nexit 1\n", { mode: 0o755 });
    const env = { ...OWN_BROKER, PATH: `${folder}:/usr/bin:/bin`, CODRIVER_AUDIO__SPEAKER: "none" };
    const args = ["run"];
    const ended = await inTurn(
      () => codriver(args, { cwd: folder, env: { ...env, CODRIVER_AUDIO__RECORDER: "arecord" } }).ended,
    );
    check({ args, code: 3, says: ["arecord", "unplugged", "arecord -L", "audio.microphone"] }, ended);
  });

  test.concurrent("what is printed of the configuration holds no password", { timeout: TIMEOUT_MS }, async () => {
    const env = { CODRIVER_VEHICLE__BROKER: "mqtt://agent:swordfish@127.0.0.1:1883" };
    const { code, stdout } = await inTurn(() => codriver(["config", "print"], { cwd: folder, env }).ended);
    expect(code).toBe(0);
    expect(stdout).toContain("mqtt://127.0.0.1:1883");
    expect(stdout).not.toContain("swordfish");
  });
});
