import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom } from "rxjs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type StereoRecorder, stereoRecorder } from "../../../src/audio/stereo-recorder.ts";
import { sine } from "../../support/sine.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codriver-stereo-"));
});

async function record(path: string, use: (recorder: StereoRecorder) => void): Promise<Int16Array[]> {
  let ready = false;
  const subscription = stereoRecorder(path).subscribe((recorder) => {
    use(recorder);
    ready = true;
  });
  await vi.waitFor(() => expect(ready).toBe(true));
  subscription.unsubscribe();
  const bytes = await readFile(path);
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toStrictEqual([
    2,
    24_000,
    bytes.length - 44,
  ]);
  const samples = new Int16Array(Uint8Array.from(bytes.subarray(44)).buffer);
  return [0, 1].map((channel) => samples.filter((_, index) => index % 2 === channel));
}

describe("stereoRecorder", () => {
  test("three seconds of driver on the left, the agent where it was heard on the right", async () => {
    const tone = sine(440, 16_000, 3);
    const [left, right] = await record(join(folder, "drive.wav"), (recorder) => {
      for (let index = 0; index < 150; index++) {
        recorder.microphone({ pcm: tone.slice(index * 320, (index + 1) * 320), capturedAt: 5_000 + (index + 1) * 20 });
        if (index >= 100 && index < 110) recorder.speaker(new Int16Array(480).fill(2_000), 5_000 + index * 20);
      }
    });
    expect(left).toHaveLength(72_000);
    const ideal = sine(440, 24_000, 3);
    expect(left?.subarray(500, 71_000).every((sample, index) => Math.abs(sample - (ideal[index + 500] ?? 0)) < 5)).toBe(
      true,
    );
    expect(Math.abs((right?.findIndex((sample) => sample > 0) ?? 0) - 2 * 24_000)).toBeLessThan(60);
    expect(right?.filter((sample) => sample > 0)).toHaveLength(4_800);
  });

  test("a reply that outlasts the microphone is in the file to its end", async () => {
    const [left, right] = await record(join(folder, "late.wav"), (recorder) => {
      recorder.microphone({ pcm: new Int16Array(320), capturedAt: 20 });
      recorder.speaker(new Int16Array(24_000).fill(7), 20);
    });
    expect(right?.filter((sample) => sample === 7)).toHaveLength(24_000);
    expect(left?.length).toBe(right?.length);
  });

  test("nothing at all is an empty file, not a broken one", async () => {
    expect(await record(join(folder, "empty.wav"), () => undefined)).toStrictEqual([
      new Int16Array(),
      new Int16Array(),
    ]);
  });

  test("a folder that is not there is named", async () => {
    await expect(firstValueFrom(stereoRecorder("/nowhere/drive.wav"))).rejects.toMatchObject({
      name: "AudioDeviceError",
      message: expect.stringContaining("Cannot record to /nowhere/drive.wav") as string,
    });
  });
});
