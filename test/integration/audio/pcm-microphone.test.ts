import { PassThrough } from "node:stream";
import { firstValueFrom, lastValueFrom, take, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { pcmMicrophone } from "../../../src/audio/pcm-microphone.ts";
import { joined } from "../../../src/audio/resample.ts";
import { peak, sine } from "../../support/sine.ts";

const bytesOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);

describe("pcmMicrophone", () => {
  test("takes bytes as they come, in pieces of any size, and completes with the stream", async () => {
    const stream = new PassThrough();
    const frames = lastValueFrom(pcmMicrophone(stream).frames$.pipe(toArray()));
    const tone = sine(440, 16_000, 0.1);
    stream.write(bytesOf(tone).subarray(0, 777));
    stream.end(bytesOf(tone).subarray(777));
    expect(joined((await frames).map(({ pcm }) => pcm))).toStrictEqual(tone);
  });

  test("in real time what is written at once comes frame by frame, and quiet when nothing is there", async () => {
    const stream = new PassThrough();
    const { frames$ } = pcmMicrophone(stream, { pace: "real-time" });
    const tone = sine(440, 16_000, 0.06);
    stream.write(bytesOf(tone));
    const frames = await lastValueFrom(frames$.pipe(take(5), toArray()));
    expect(joined(frames.slice(0, 3).map(({ pcm }) => pcm))).toStrictEqual(tone);
    expect(frames.slice(3).map(({ pcm }) => peak(pcm) <= 20)).toStrictEqual([true, true]);
  });

  test("in real time it completes after the last piece of a frame", async () => {
    const stream = new PassThrough();
    stream.end(bytesOf(sine(440, 16_000, 0.05)));
    const frames = await lastValueFrom(pcmMicrophone(stream, { pace: "real-time" }).frames$.pipe(toArray()));
    expect(joined(frames.map(({ pcm }) => pcm)).subarray(0, 800)).toStrictEqual(sine(440, 16_000, 0.05));
  });

  test.for(["as-it-comes", "real-time"] as const)("%s: a stream that fails is a lost microphone", async (pace) => {
    const stream = new PassThrough();
    const first = firstValueFrom(pcmMicrophone(stream, { name: "cabin pipe", pace }).frames$);
    stream.destroy(new Error("the other end went away"));
    await expect(first).rejects.toMatchObject({
      code: "lost",
      message: "cabin pipe failed: the other end went away.",
    });
  });
});
