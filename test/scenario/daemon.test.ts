import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, type Subscription, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import { joined } from "../../src/audio/resample.ts";
import { readWav, writeWav } from "../../src/audio/wav.ts";
import { openBroker } from "../../src/commands/open-broker.ts";
import { simulatorLink } from "../../src/commands/simulator-link.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openSilero } from "../../src/engine/hear/silero.ts";
import { FRAME_SAMPLES } from "../../src/engine/hear/voice-activity.ts";
import { openSpeech } from "../../src/engine/speak/open-speech.ts";
import { mqttConnection } from "../../src/mqtt/connection.ts";
import { loadProfile } from "../../vehicle-sim/profile.ts";
import { type SimEvent, simulateCar } from "../../vehicle-sim/sim.ts";
import { codriver, type Running } from "../support/codriver.ts";
import { MOSQUITTO } from "../support/mosquitto.ts";
import { startOpenMosquitto } from "../support/open-mosquitto.ts";
import { PAREC, PULSEAUDIO, type Pulse, startPulse } from "../support/pulse.ts";
import { haveOrSkip } from "../support/require-or-skip.ts";

/** A person saying "jarvis", from the half that the wake word was not trained on. */
const PERSON = "../shared/material/speech/wake/wake-word-benchmark/jarvis_00c476c2-9e01-40df-96c8-a5153db5b157.wav";
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const AIR_CONDITIONING = "Vehicle.Cabin.HVAC.IsAirConditioningActive";
const ROOT = "vehicle/v1/demo";
const SOON = { timeout: 60_000, interval: 50 };
const needs = [PERSON, MOSQUITTO, PULSEAUDIO, PAREC];

describe.skipIf(!needs.every(haveOrSkip))("the daemon on a sound server's microphone and speaker", () => {
  let folder: string;
  let pulse: Pulse;
  let broker: Awaited<ReturnType<typeof startOpenMosquitto>>;
  let car: Subscription;
  let observer: Subscription;
  let seen: { readonly topic: string; readonly payload: Record<string, unknown> }[];
  let asked: Extract<SimEvent, { type: "command" }>[];
  let daemon: Running;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codriver-daemon-"));
    [pulse, broker] = await Promise.all([startPulse(), startOpenMosquitto()]);
    [seen, asked] = [[], []];
    const config = loadConfig(undefined, {}, [{ key: "vehicle.broker", value: broker.url, from: "the test" }]);
    const link = simulatorLink(await openBroker(config, {}));
    car = simulateCar({ link, profile: loadProfile("hatchback-ev"), seed: 1, speed: 1 }).subscribe((event) => {
      if (event.type === "command") asked.push(event);
    });
    observer = mqttConnection({ url: broker.url })
      .connect({ clientId: "observer", subscriptions: [{ filter: `${ROOT}/#`, qos: 1 }] })
      .subscribe((event) => {
        if (event.type !== "message") return;
        const { topic, payload } = event.message;
        seen.push({ topic, payload: JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown> });
      });
    daemon = start();
    await logged(/"type":"ready"/);
    await logged(/"type":"car","online":true/);
    await logged(/The microphone parec works/);
    await logged(/The speaker works/);
  });

  afterEach(async () => {
    daemon.process.kill("SIGKILL");
    observer.unsubscribe();
    car.unsubscribe();
    await broker.close();
    await pulse.close();
    rmSync(folder, { recursive: true });
  });

  function start(): Running {
    const file = join(folder, "codriver.yaml");
    writeFileSync(
      file,
      [
        `vehicle: { broker: "${broker.url}", allowSimulated: true }`,
        "audio: { recorder: auto, player: pacat, speaker: device }",
        "privacy: { transcripts: true }",
      ].join("\n"),
    );
    return codriver(["run", "--config", file], { cwd: folder, env: pulse.environment });
  }

  const logged = (pattern: RegExp): Promise<void> => vi.waitFor(() => expect(daemon.stdout()).toMatch(pattern), SOON);
  const presence = (): unknown => seen.findLast(({ topic }) => topic === `${ROOT}/presence/agent`)?.payload["state"];
  const window = (): unknown =>
    seen.findLast(({ topic }) => topic === `${ROOT}/state/${WINDOW.replaceAll(".", "/")}`)?.payload["value"];

  const status = (): unknown => seen.findLast(({ topic }) => topic === `${ROOT}/agent/status`)?.payload["state"];
  const written = (): readonly string[] =>
    asked.flatMap(({ command }) => (command.type === "set-signals" ? command.ops.map(({ path }) => path) : []));

  /** Somebody says these things in one breath. */
  async function say(...parts: readonly Int16Array[]): Promise<void> {
    const file = join(folder, `${randomUUID()}.wav`);
    await writeWav(file, [joined(parts)], MIC_RATE_HZ);
    await pulse.say(file);
  }

  test("a person wakes it, the window moves on MQTT, and the reply is heard from the speaker", async () => {
    const speaker = await pulse.listen();
    await say(await jarvis(), await said("open the driver's window"));
    await vi.waitFor(() => expect(window()).toBe(100), SOON);
    await logged(/"type":"turn-ended"/);
    speaker.stop();
    expect(daemon.stdout()).toMatch(/"type":"reply".*window/);
    expect(await speechSeconds(speaker.pcm())).toBeGreaterThan(0.5);
  });

  test("a microphone that is unplugged in mid-sentence: nothing is done, and it works again when it is back", async () => {
    const wish = await said("open the driver's window");
    const saying = say(await jarvis(), wish);
    await logged(/"type":"gate-opened"/);
    await pulse.unplugMicrophone();
    await logged(/"where":"microphone","message":"The microphone parec is gone/);
    await logged(/"type":"gate-closed"/);
    await vi.waitFor(() => expect(status()).toBe("error"), SOON);
    await saying;
    await pulse.plugMicrophone();
    await logged(/The microphone parec works again/);
    await vi.waitFor(() => expect(status()).toBe("idle"), SOON);

    // What would complete the sentence is said to nobody.
    await say(wish);
    await say(await jarvis(), await said("turn on the air conditioning"));
    await vi.waitFor(() => expect(written()).toEqual([AIR_CONDITIONING]), SOON);
    expect(window()).toBe(0);
  });

  test("a sound server that dies takes neither the daemon nor its voice with it", async () => {
    await pulse.kill();
    await logged(/"where":"microphone","message":"The microphone parec ended/);
    await logged(/"where":"speaker","message":"The speaker pacat ended/);
    await pulse.start();
    await logged(/The microphone parec works again/);
    await logged(/The speaker works again/);
    const speaker = await pulse.listen();
    await say(await jarvis(), await said("open the driver's window"));
    await logged(/"type":"turn-ended"/);
    speaker.stop();
    expect(await speechSeconds(speaker.pcm())).toBeGreaterThan(0.5);
    expect(daemon.process.exitCode).toBeNull();
  });

  test("SIGTERM lets the reply end, says goodbye on MQTT and leaves nothing running", async () => {
    const children = childrenOf(daemon);
    expect(children.length).toBeGreaterThanOrEqual(2);
    await say(await jarvis(), await said("turn on the air conditioning"));
    await logged(/"type":"sound"/);
    daemon.process.kill("SIGTERM");
    const { code, stdout, stderr } = await daemon.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // The reply has been heard: what follows is the window for another wish, or nothing.
    expect(stdout.slice(stdout.indexOf("Asked to end"))).toMatch(/"state":"(asleep|listening)"/);
    expect(stdout).not.toContain('"type":"problem"');
    await vi.waitFor(() => expect(presence()).toBe("offline"), SOON);
    await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), SOON);
  });

  test("a second signal ends it in the middle of a reply, and what records and plays goes with it", async () => {
    const children = childrenOf(daemon);
    await say(await jarvis(), await said("turn on the air conditioning"));
    await logged(/"type":"sound"/);
    daemon.process.kill("SIGTERM");
    await logged(/Asked to end/);
    daemon.process.kill("SIGTERM");
    const { code, stdout } = await daemon.ended;
    expect(code).toBeNull();
    expect(stdout.slice(stdout.indexOf("Asked to end"))).not.toContain('"type":"state"');
    await vi.waitFor(() => expect(presence()).toBe("lost"), SOON);
    await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), SOON);
  });
});

/** The processes that a program has started, as the kernel knows them. */
function childrenOf({ process: { pid } }: Running): readonly number[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.filter((name) => parentOf(name) === pid).map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const [, afterName = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    return Number(afterName.split(" ")[1]);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function jarvis(): Promise<Int16Array> {
  const { pcm, rateHz } = await readWav(PERSON);
  expect(rateHz).toBe(MIC_RATE_HZ);
  return pcm;
}

/** The same command as a synthetic driver says it. */
async function said(text: string): Promise<Int16Array> {
  const speech = await openSpeech();
  const parts = await firstValueFrom(speech.speak({ text, voice: "rms", rateHz: MIC_RATE_HZ }).pipe(toArray()));
  speech.close();
  return joined(parts);
}

/** How much of it is speech, in a voice detector's judgement. */
async function speechSeconds(pcm: Int16Array): Promise<number> {
  const voice = await openSilero();
  let frames = 0;
  for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES) {
    if ((await voice(pcm.slice(at, at + FRAME_SAMPLES))) > 0.5) frames += 1;
  }
  return (frames * FRAME_SAMPLES) / MIC_RATE_HZ;
}
