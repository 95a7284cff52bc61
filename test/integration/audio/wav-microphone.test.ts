import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, lastValueFrom, take, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { joined } from "../../../src/audio/resample.ts";
import { writeWav } from "../../../src/audio/wav.ts";
import { wavMicrophone } from "../../../src/audio/wav-microphone.ts";
import { peak, sine } from "../../support/sine.ts";

async function toneFile(rateHz: number, seconds: number): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "codriver-mic-")), "tone.wav");
  await writeWav(path, [sine(440, rateHz, seconds)], rateHz);
  return path;
}

describe("wavMicrophone", () => {
  test.for([8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])(
    "a file at %i Hz comes as 16 kHz frames, followed by quiet",
    async (rateHz) => {
      const microphone = wavMicrophone(await toneFile(rateHz, 0.5), { pace: "fast", trailingSilenceMs: 300 });
      const frames = await lastValueFrom(microphone.frames$.pipe(toArray()));
      expect(frames).toHaveLength(40);
      expect(frames.every(({ pcm }) => pcm.length === 320)).toBe(true);
      const pcm = joined(frames.map((frame) => frame.pcm));
      expect(Math.abs(peak(pcm.subarray(400, 7_600)) - 16_384)).toBeLessThan(20);
      expect(peak(pcm.subarray(8_020))).toBeLessThanOrEqual(20);
    },
  );

  test("in real time the frames are 20 ms apart on average, however late a single one is", async () => {
    const microphone = wavMicrophone(await toneFile(16_000, 0.4), { pace: "real-time", trailingSilenceMs: 0 });
    const started = performance.now();
    const frames = await lastValueFrom(microphone.frames$.pipe(toArray()));
    expect(frames).toHaveLength(20);
    for (const [index, { capturedAt }] of frames.entries()) {
      expect(capturedAt - started).toBeGreaterThanOrEqual((index + 1) * 20 - 1);
    }
  });

  test("subscribing again starts again, unsubscribing stops", async () => {
    const microphone = wavMicrophone(await toneFile(16_000, 0.2), { pace: "fast" });
    const [first] = await lastValueFrom(microphone.frames$.pipe(take(3), toArray()));
    expect((await firstValueFrom(microphone.frames$)).pcm).toStrictEqual(first?.pcm);
  });

  test("a file that cannot be used is an error that names it", async () => {
    const { frames$ } = wavMicrophone("/nowhere/driver.wav", { pace: "fast" });
    await expect(firstValueFrom(frames$)).rejects.toMatchObject({
      name: "AudioDeviceError",
      code: "bad-file",
      message: expect.stringContaining("/nowhere/driver.wav") as string,
    });
  });
});
