import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, firstValueFrom, map } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ROLES } from "../../../src/mqtt/acl.ts";
import { mqttConnection } from "../../../src/mqtt/connection.ts";
import { type EmbeddedBroker, embeddedBroker, type Passwords } from "../../../src/mqtt/embedded-broker.ts";
import { codriver } from "../../support/codriver.ts";

const ROOT = "vehicle/v1/demo";
const TIMEOUT_MS = 90_000;
const SOON = { timeout: 60_000, interval: 50 };

describe("a signal ends the program by itself", () => {
  let folder: string;
  let broker: EmbeddedBroker;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "codriver-signals-"));
    broker = await embeddedBroker({ root: ROOT });
  });

  afterAll(async () => {
    await broker.close();
    rmSync(folder, { recursive: true });
  });

  test("Ctrl-C in the middle of a drive sums up what there was, and does not stay up", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { process, stdout, ended } = codriver(["drive", "parked"], {
      cwd: folder,
      env: { CODRIVER_AUDIO__SPEAKER: "none" },
    });
    await vi.waitFor(() => expect(stdout()).toMatch(/driver +“/), SOON);
    process.kill("SIGINT");
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
    expect(stdout()).toMatch(/\d of \d turns passed/);
    expect(stdout()).not.toContain("stays up");
  });

  test("a drive whose reader has left ends like one that was interrupted", { timeout: TIMEOUT_MS }, async () => {
    const env = { CODRIVER_AUDIO__SPEAKER: "none" };
    const { process, stdout, ended } = codriver(["drive", "parked"], { cwd: folder, env });
    onTestFinished(() => void process.kill("SIGKILL"));
    await vi.waitFor(() => expect(stdout()).toMatch(/driver +“/), SOON);
    process.stdout?.destroy();
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
  });

  test("SIGTERM in `run`: the agent says goodbye on MQTT, and nothing else than 0", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const said: string[] = [];
    const observer = mqttConnection({ url: broker.url, ...broker.credentials("hmi") })
      .connect({
        clientId: "hmi",
        subscriptions: ["agent/#", "presence/#"].map((filter) => ({ filter: `${ROOT}/${filter}`, qos: 1 })),
      })
      .subscribe((event) => {
        if (event.type !== "message") return;
        const { state } = JSON.parse(Buffer.from(event.message.payload).toString()) as { state?: string };
        said.push(`${event.message.topic.slice(ROOT.length + 1)} ${state ?? ""}`);
      });
    writeFileSync(join(folder, "quiet.wav"), silence(60));
    const { username, password } = broker.credentials("agent");
    const { process, ended } = codriver(["run"], {
      cwd: folder,
      env: {
        CODRIVER_VEHICLE__BROKER: broker.url,
        CODRIVER_VEHICLE__USERNAME: username,
        CODRIVER_MQTT_PASSWORD: password,
        CODRIVER_AUDIO__MICROPHONE: "quiet.wav",
        CODRIVER_AUDIO__SPEAKER: "none",
      },
    });
    onTestFinished(() => void process.kill("SIGKILL"));
    await vi.waitFor(() => expect(said).toContain("presence/agent online"), SOON);
    process.kill("SIGTERM");
    const { code, stderr } = await ended;
    observer.unsubscribe();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(said.find((line) => line.startsWith("agent/status"))).toBe("agent/status idle");
    expect(said.at(-1)).toBe("presence/agent offline");
  });
});

test("`run` waits for a broker that is not there yet, and says so", { timeout: TIMEOUT_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "codriver-early-"));
  const reserved = await embeddedBroker({ root: ROOT });
  const { url, port, credentials } = reserved;
  await reserved.close();
  writeFileSync(join(folder, "quiet.wav"), silence(60));
  const { username, password } = credentials("agent");
  const { process, stdout, ended } = codriver(["run"], {
    cwd: folder,
    env: {
      CODRIVER_VEHICLE__BROKER: url,
      CODRIVER_VEHICLE__USERNAME: username,
      CODRIVER_MQTT_PASSWORD: password,
      CODRIVER_AUDIO__MICROPHONE: "quiet.wav",
      CODRIVER_AUDIO__SPEAKER: "none",
    },
  });
  onTestFinished(() => {
    process.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  await vi.waitFor(() => expect(stdout()).toMatch(/"where":"broker","message":"no broker at/), SOON);
  const passwords = Object.fromEntries(ROLES.map((role) => [role, credentials(role).password])) as Passwords;
  const broker = await embeddedBroker({ root: ROOT, port, passwords });
  onTestFinished(() => broker.close());
  const present = await firstValueFrom(
    mqttConnection({ url, ...broker.credentials("hmi") })
      .connect({ clientId: "hmi", subscriptions: [{ filter: `${ROOT}/presence/agent`, qos: 1 }] })
      .pipe(
        filter((event) => event.type === "message"),
        map(({ message }) => Buffer.from(message.payload).toString()),
      ),
  );
  expect(present).toContain('"online"');
  process.kill("SIGTERM");
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

/** A WAV file of nothing: 16 kHz, 16-bit, mono. */
function silence(seconds: number): Buffer {
  const bytes = seconds * 32_000;
  const header = Buffer.from("UklGRgAAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA=", "base64");
  header.writeUInt32LE(36 + bytes, 4);
  header.writeUInt32LE(bytes, 40);
  return Buffer.concat([header, Buffer.alloc(bytes)]);
}
