import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { codriver } from "../../../support/codriver.ts";

const TIMEOUT_MS = 120_000;

interface Report {
  readonly exitCode: number;
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly found: string;
    readonly mend?: string;
  }[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codriver-doctor-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The doctor's report, as a program reads it. */
async function report(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Report & { code: number | null; text: string }> {
  const { code, stdout, stderr } = await codriver(["doctor", "--json", "-", ...args], { cwd: folder, env }).ended;
  expect(stderr).toBe("");
  return { ...(JSON.parse(stdout) as Report), code, text: stdout };
}

const statusOf = ({ checks }: Report, name: string) => checks.find((check) => check.name === name);

describe("codriver doctor", () => {
  test("every mistake of the configuration, on lines of their own, and 2", { timeout: TIMEOUT_MS }, async () => {
    const file =
      "vehicle:\n  broker: localhost\n  password: hunter2\nmodel:\n  provider: hal9000\nwake:\n  wurd: jarvis\n";
    writeFileSync(join(folder, "bad.yaml"), file);
    const { code, stdout, stderr } = await codriver(["doctor", "--config", "bad.yaml"], { cwd: folder }).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    for (const line of [
      /bad\.yaml:2:\d+: vehicle\.broker: /,
      /bad\.yaml:3:\d+: vehicle\.password: unknown key/,
      /bad\.yaml:5:\d+: model\.provider: /,
      /bad\.yaml:7:\d+: wake\.wurd: unknown key/,
      /mend: .*CODRIVER_MQTT_PASSWORD/,
    ])
      expect(stdout).toMatch(line);
    expect(stdout).not.toContain("hunter2");
    expect(stdout).toMatch(/^– provider +needs a configuration without mistakes$/m);
    expect(stdout).toMatch(/\d+ fine, .*1 wrong, \d+ skipped\.\n$/);
  });

  test("a file that is not there, and a report that cannot be written, are mistakes too", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const gone = await codriver(["doctor", "--config", "gone.yaml"], { cwd: folder }).ended;
    expect(gone).toMatchObject({ code: 2, stdout: expect.stringContaining("gone.yaml: no such file") as string });
    const unwritable = await codriver(["doctor", "--json", "no/such/folder.json"], { cwd: folder }).ended;
    expect(unwritable).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("no/such/folder.json") as string,
    });
  });

  test("--help tells the exit codes", { timeout: TIMEOUT_MS }, async () => {
    const { code, stdout } = await codriver(["doctor", "--help"], { cwd: folder }).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit codes: 0 .*2 .*3 /);
  });

  test("all that a machine without a sound card has: engine, models, wake word; a recording for a microphone", {
    timeout: TIMEOUT_MS,
  }, async () => {
    writeFileSync(join(folder, "hum.wav"), hum());
    const found = await report({ CODRIVER_AUDIO__MICROPHONE: "hum.wav", CODRIVER_AUDIO__SPEAKER: "none" });
    expect(found.checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect({ code: found.code, exitCode: found.exitCode }).toEqual({ code: 0, exitCode: 0 });
    for (const name of ["policy", "persona", "wake-word", "speech", "microphone", "provider"])
      expect(statusOf(found, name)).toMatchObject({ status: "ok" });
    expect(statusOf(found, "speaker")).toMatchObject({ status: "skipped" });
    expect(found.checks.every(({ status, mend }) => (status === "warn") === (mend !== undefined))).toBe(true);
  });

  describe("a recorder", () => {
    test("that is not installed", { timeout: TIMEOUT_MS }, async () => {
      const found = await report({ CODRIVER_AUDIO__SPEAKER: "none" });
      expect(found.code).toBe(3);
      expect(statusOf(found, "microphone")).toMatchObject({
        status: "fail",
        mend: expect.stringContaining("apt-get install alsa-utils") as string,
      });
    });
  });

  describe("a model in the cloud", () => {
    async function server(status: number): Promise<string> {
      const http = createHttpServer().on(
        "upgrade",
        (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`),
      );
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      onTestFinished(() => void http.close());
      return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/realtime`;
    }
    const cloud = (url: string) => ({
      CODRIVER_MODEL__PROVIDER: "stepfun",
      CODRIVER_MODEL__URL: url,
      CODRIVER_AUDIO__SPEAKER: "none",
      STEPFUN_API_KEY: "sk-very-secret",
    });

    test("that does not take the key: which variable, never its value", { timeout: TIMEOUT_MS }, async () => {
      const found = await report(cloud(await server(401)));
      expect(found.code).toBe(3);
      expect(statusOf(found, "provider")).toMatchObject({
        found: expect.stringContaining("answered 401") as string,
        mend: expect.stringContaining("STEPFUN_API_KEY") as string,
      });
      expect(found.text).not.toContain("sk-very-secret");
    });
  });
});

/** A second of a quiet tone: 16 kHz, 16-bit, mono. */
function hum(): Buffer {
  const samples = Int16Array.from({ length: 16_000 }, (_, index) => Math.round(1_000 * Math.sin(index / 10)));
  const header = Buffer.from("UklGRgAAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA=", "base64");
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
