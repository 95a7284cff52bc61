import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, lastValueFrom, take, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recorderMicrophone } from "../../../src/audio/recorder-microphone.ts";

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

const isRunning = async (): Promise<boolean> => {
  try {
    process.kill(Number(await readFile(join(folder, "pid"), "utf8")), 0);
    return true;
  } catch {
    return false;
  }
};

describe("recorderMicrophone", () => {
  test.for(["arecord", "sox", "rec"] as const)("%s: raw 16 kHz mono, cut into frames", async (recorder) => {
    await program(recorder, "head -c 4000 /dev/zero; exec sleep 60");
    const microphone = recorderMicrophone({ recorder });
    const frames = await lastValueFrom(microphone.frames$.pipe(take(6), toArray()));
    expect(frames.map(({ pcm }) => pcm.length)).toStrictEqual([320, 320, 320, 320, 320, 320]);
    const args = await readFile(join(folder, "arguments"), "utf8");
    expect(args).toMatch(/\b16000\b/u);
    expect(args).toMatch(/\braw\b/u);
    await vi.waitFor(async () => expect(await isRunning()).toBe(false));
  });

  test("the device is passed on", async () => {
    await program("arecord", "head -c 640 /dev/zero; exec sleep 60");
    const microphone = recorderMicrophone({ recorder: "arecord", device: "hw:1,0" });
    expect(microphone.name).toBe("arecord hw:1,0");
    await firstValueFrom(microphone.frames$);
    expect(await readFile(join(folder, "arguments"), "utf8")).toContain("-D hw:1,0");
  });

  test("a program that is not installed", async () => {
    vi.stubEnv("PATH", folder);
    await expect(firstValueFrom(recorderMicrophone({ recorder: "arecord" }).frames$)).rejects.toMatchObject({
      name: "AudioDeviceError",
      code: "not-found",
      message: "Cannot start arecord: spawn arecord ENOENT. Install alsa-utils or choose another recorder.",
    });
  });

  test("a device that is not there: what the program says is passed on", async () => {
    await program("arecord", "echo 'audio open error: No such file or directory' >&2; exit 1");
    await expect(firstValueFrom(recorderMicrophone({ recorder: "arecord" }).frames$)).rejects.toMatchObject({
      code: "not-found",
      message: "The microphone arecord ended with code 1. It says: audio open error: No such file or directory",
    });
  });

  test.for([
    ["with code 1", "exit 1"],
    ["with code 0", "exit 0"],
    ["by SIGKILL", "kill -9 $$"],
  ])("a program that ends %s while it records is a lost microphone", async ([, ending]) => {
    await program("arecord", `head -c 1280 /dev/zero; ${ending ?? ""}`);
    const frames = lastValueFrom(recorderMicrophone({ recorder: "arecord" }).frames$.pipe(toArray()));
    await expect(frames).rejects.toMatchObject({ code: "lost" });
  });

  test("unsubscribing ends even a program that ignores the polite signal", async () => {
    await program("arecord", "trap '' TERM; head -c 640 /dev/zero; while :; do sleep 0.05; done");
    await firstValueFrom(recorderMicrophone({ recorder: "arecord" }).frames$);
    await vi.waitFor(async () => expect(await isRunning()).toBe(false), { timeout: 5_000 });
  });

  test("unsubscribing before the program could start disturbs nobody", async () => {
    vi.stubEnv("PATH", folder);
    const errors: unknown[] = [];
    const subscription = recorderMicrophone({ recorder: "sox" }).frames$.subscribe({
      error: (error: unknown) => errors.push(error),
    });
    subscription.unsubscribe();
    await program("arecord", "head -c 640 /dev/zero; exec sleep 60");
    vi.stubEnv("PATH", `${folder}:${path ?? ""}`);
    await firstValueFrom(recorderMicrophone({ recorder: "arecord" }).frames$);
    expect(errors).toStrictEqual([]);
  });
});
