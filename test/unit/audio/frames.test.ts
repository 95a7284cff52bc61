import * as fc from "fast-check";
import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { filledFrame, quiet, toFrames } from "../../../src/audio/frames.ts";
import { joined } from "../../../src/audio/resample.ts";
import { peak } from "../../support/sine.ts";

const framesOf = (pieces: readonly Uint8Array[]) => lastValueFrom(from(pieces).pipe(toFrames(), toArray()));

describe("toFrames", () => {
  test("whatever the pieces, the samples come through in order, in frames of 320", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 3_000 }), { maxLength: 8 }), async (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const bytes = Uint8Array.from({ length: total }, (_, index) => index % 251);
        let at = 0;
        const pieces = sizes.map((size) => bytes.subarray(at, (at += size)));
        const frames = await framesOf(pieces);

        expect(frames.every(({ pcm }) => pcm.length === 320)).toBe(true);
        expect(frames).toHaveLength(Math.ceil(Math.floor(total / 2) / 320));
        const heard = new Uint8Array(joined(frames.map(({ pcm }) => pcm)).buffer).subarray(0, total & ~1);
        expect(Buffer.from(heard).equals(Buffer.from(bytes.subarray(0, total & ~1)))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("frames of one piece were captured 20 ms apart, the last just now", async () => {
    const before = performance.now();
    const frames = await framesOf([new Uint8Array(4_000)]);
    const times = frames.slice(0, 6).map(({ capturedAt }) => capturedAt);
    expect(times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)))).toStrictEqual([
      20, 20, 20, 20, 20,
    ]);
    // 4,000 bytes are six frames and 5 ms of the next.
    expect((times.at(-1) ?? 0) - before).toBeGreaterThanOrEqual(-5);
  });
});

test("quiet is inaudible, but not digital silence", () => {
  const noise = quiet(16_000);
  expect(peak(noise)).toBeLessThanOrEqual(20);
  expect(new Set(noise).size).toBeGreaterThan(20);
  expect(quiet(16_000)).toStrictEqual(noise);
});

test("filledFrame keeps what is there", () => {
  const frame = filledFrame(Int16Array.of(7_000, -7_000));
  expect(frame).toHaveLength(320);
  expect([...frame.subarray(0, 2)]).toStrictEqual([7_000, -7_000]);
  expect(peak(frame.subarray(2))).toBeLessThanOrEqual(20);
});
