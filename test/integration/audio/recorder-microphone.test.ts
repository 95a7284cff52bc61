import { writeFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, lastValueFrom, take, tap, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Microphone } from "../../../src/audio/microphone.ts";
import { RECORDERS, type RecorderName, recorderMicrophone } from "../../../src/audio/recorder-microphone.ts";
import { soon } from "../../support/soon.ts";

let folder: string;
const path = process.env["PATH"];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codriver-rec-"));
  vi.stubEnv("PATH", `${folder}:${path ?? ""}`);
});
afterEach(() => vi.unstubAllEnvs());

/** A recording program that does as it is told. */
async function program(name: string, script: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\necho "$@" > ${folder}/arguments\necho $$ > ${folder}/pid\n${script}\n`);
  await chmod(file, 0o755);
}

/** Sound goes on: what a recorder gives before its first words to us have been read is dropped. */
const RECORDING = "while head -c 640 /dev/zero; do sleep 0.01; done";

/** One that says which source it records, as `parec` does. */
const parec = (script: string): Promise<void> =>
  program(
    "parec",
    `printf 'Opening a recording stream\\nConnected to device mic (index: 2, suspended: no).\\n' >&2\n${script}`,
  );

const microphoneOf = (recorder: RecorderName, device?: string): Microphone =>
  recorderMicrophone({ recorder, device, environment: process.env });

const isRunning = async (): Promise<boolean> => {
  try {
    process.kill(Number(await readFile(join(folder, "pid"), "utf8")), 0);
    return true;
  } catch {
    return false;
  }
};

describe("recorderMicrophone", () => {
  test.for(RECORDERS)("%s: raw 16 kHz mono, cut into frames", async (recorder) => {
    const script = RECORDING;
    await (recorder === "parec" ? parec(script) : program(recorder, script));
    const frames = await lastValueFrom(microphoneOf(recorder).frames$.pipe(take(6), toArray()));
    expect(frames.map(({ pcm }) => pcm.length)).toStrictEqual([320, 320, 320, 320, 320, 320]);
    const args = await readFile(join(folder, "arguments"), "utf8");
    expect(args).toMatch(/\b16000\b/u);
    expect(args).toMatch(/\braw\b/u);
    await soon(async () => expect(await isRunning()).toBe(false));
  });

  test.for([
    ["arecord", "--period-time=20000 --buffer-time=80000"],
    ["parec", "--latency-msec=20"],
  ] as const)("%s is asked for pieces of 20 ms", async ([recorder, asked]) => {
    const script = RECORDING;
    await (recorder === "parec" ? parec(script) : program(recorder, script));
    await firstValueFrom(microphoneOf(recorder).frames$);
    expect(await readFile(join(folder, "arguments"), "utf8")).toContain(asked);
  });

  test.for([
    ["arecord", "hw:1,0", "-D hw:1,0"],
    ["parec", "alsa_input.usb", "--device=alsa_input.usb"],
  ] as const)("%s: the device is passed on", async ([recorder, device, asked]) => {
    const script = RECORDING;
    await (recorder === "parec" ? parec(script) : program(recorder, script));
    const microphone = microphoneOf(recorder, device);
    expect(microphone.name).toBe(`${recorder} ${device}`);
    await firstValueFrom(microphone.frames$);
    expect(await readFile(join(folder, "arguments"), "utf8")).toContain(asked);
  });

  test("a program that is not installed", async () => {
    vi.stubEnv("PATH", folder);
    await expect(firstValueFrom(microphoneOf("arecord").frames$)).rejects.toMatchObject({
      name: "AudioDeviceError",
      code: "not-found",
      message: "Cannot start arecord: spawn arecord ENOENT. Install alsa-utils or choose another recorder.",
    });
  });

  test("a device that is not there: what the program says is passed on, and what to do", async () => {
    await program(
      "arecord",
      "echo 'ALSA lib pcm.c: Unknown PCM' >&2; echo 'audio open error: No such file' >&2; exit 1",
    );
    await expect(firstValueFrom(microphoneOf("arecord").frames$)).rejects.toMatchObject({
      code: "not-found",
      message:
        "The microphone arecord ended with code 1. It says: audio open error: No such file. " +
        "`arecord -L` tells what there is; set audio.microphone.",
    });
  });

  test.for([
    ["with code 1", "exit 1"],
    ["with code 0", "exit 0"],
    ["by SIGKILL", "kill -9 $$"],
  ])("a program that ends %s while it records is a lost microphone", async ([, ending]) => {
    await program("arecord", `head -c 1280 /dev/zero; ${ending ?? ""}`);
    const frames = lastValueFrom(microphoneOf("arecord").frames$.pipe(toArray()));
    await expect(frames).rejects.toMatchObject({ code: "lost" });
  });

  test("unsubscribing ends even a program that ignores the polite signal", async () => {
    await program("arecord", "trap '' TERM; head -c 640 /dev/zero; while :; do sleep 0.05; done");
    await firstValueFrom(microphoneOf("arecord").frames$);
    await soon(async () => expect(await isRunning()).toBe(false));
  });

  test("unsubscribing before the program could start disturbs nobody", async () => {
    vi.stubEnv("PATH", folder);
    const errors: unknown[] = [];
    for (const recorder of RECORDERS) {
      const subscription = microphoneOf(recorder).frames$.subscribe({ error: (error: unknown) => errors.push(error) });
      subscription.unsubscribe();
    }
    await program("arecord", "head -c 640 /dev/zero; exec sleep 60");
    vi.stubEnv("PATH", `${folder}:${path ?? ""}`);
    await firstValueFrom(microphoneOf("arecord").frames$);
    expect(errors).toStrictEqual([]);
  });
});

describe("what parec says of its source", () => {
  test("a source that becomes another one is a lost microphone, though sound goes on", async () => {
    const moved = String.raw`printf 'Time: 0.1 sec; Latency: 20 usec.\rStream moved to device spk.monitor (1, not suspended).\n' >&2`;
    await parec(`head -c 640 /dev/zero; ${moved}; exec cat /dev/zero`);
    await expect(lastValueFrom(microphoneOf("parec").frames$)).rejects.toMatchObject({
      code: "lost",
      message: "The microphone parec is gone: PulseAudio would go on with spk.monitor.",
    });
    await soon(async () => expect(await isRunning()).toBe(false));
  });

  test("what a speaker plays is no microphone, unless it is asked for by name", async () => {
    const monitor = "printf 'Connected to device spk.monitor (index: 1, suspended: no).\\n' >&2; exec cat /dev/zero";
    await program("parec", monitor);
    await expect(firstValueFrom(microphoneOf("parec").frames$)).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("PulseAudio's default source is spk.monitor") as string,
    });
    const frame = await firstValueFrom(microphoneOf("parec", "spk.monitor").frames$);
    expect(frame.pcm).toHaveLength(320);
  });

  test("a server that hangs up: only complaints are passed on", async () => {
    // It records until it has been heard: what it gives before its first words have been read does not count.
    const heard = join(folder, "heard");
    const complaint = String.raw`printf 'Time: 1 sec\rConnection failure: Connection terminated\n' >&2; exit 1`;
    const script = `until [ -e ${heard} ]; do head -c 640 /dev/zero; sleep 0.01; done; ${complaint}`;
    await parec(script);
    const frames$ = microphoneOf("parec").frames$.pipe(tap(() => writeFileSync(heard, "")));
    await expect(lastValueFrom(frames$)).rejects.toMatchObject({
      code: "lost",
      message: "The microphone parec ended with code 1. It says: Connection failure: Connection terminated.",
    });
  });
});
