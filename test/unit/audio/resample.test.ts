import { describe, expect, test } from "vitest";
import { createClipResampler, createResampler, joined } from "../../../src/audio/resample.ts";
import { sine } from "../../support/sine.ts";

/** Largest difference to an ideal tone, away from the ends where the filter rings. */
function worstError(pcm: Int16Array, ideal: Int16Array): number {
  const edge = 200;
  return pcm
    .subarray(edge, -edge)
    .reduce((worst, sample, index) => Math.max(worst, Math.abs(sample - (ideal[index + edge] ?? 0))), 0);
}

const RATES = [
  [8_000, 16_000],
  [16_000, 24_000],
  [24_000, 16_000],
  [22_050, 16_000],
  [44_100, 16_000],
  [48_000, 16_000],
] as const;

describe("createResampler", () => {
  test.for(RATES)(
    "%i → %i Hz: a tone in uneven blocks stays one tone, in phase and in length",
    async ([fromHz, toHz]) => {
      const tone = sine(440, fromHz, 1.5);
      const resampler = await createResampler(fromHz, toHz);
      const parts: Int16Array[] = [];
      for (let at = 0, size = 1; at < tone.length; at += size, size = (size * 7 + 13) % 997) {
        parts.push(resampler.push(tone.subarray(at, at + size)));
      }
      const sentSamples = joined(parts).length;
      const output = joined([...parts, resampler.flush()]);
      resampler.close();

      expect(output.length).toBe(Math.round(1.5 * toHz));
      expect(worstError(output, sine(440, toHz, 1.5))).toBeLessThan(4);
      expect(output.length - sentSamples).toBeLessThan(0.003 * toHz);
    },
  );

  test("equal rates pass samples through untouched", async () => {
    const resampler = await createResampler(16_000, 16_000);
    const tone = sine(440, 16_000, 0.1);
    expect(resampler.push(tone)).toStrictEqual(tone);
    expect(resampler.flush()).toHaveLength(0);
  });

  test("two streams at once do not disturb each other", async () => {
    const [one, other] = await Promise.all([createResampler(16_000, 24_000), createResampler(16_000, 24_000)]);
    const tone = sine(440, 16_000, 0.4);
    const silence = new Int16Array(tone.length);
    const parts: Int16Array[] = [];
    for (let at = 0; at < tone.length; at += 320) {
      parts.push(one.push(tone.subarray(at, at + 320)));
      expect(other.push(silence.subarray(at, at + 320)).every((sample) => sample === 0)).toBe(true);
    }
    expect(worstError(joined(parts), sine(440, 24_000, 0.4))).toBeLessThan(4);
  });

  test("full scale is clipped, never wrapped round", async () => {
    const square = Int16Array.from({ length: 4_000 }, (_, index) => (index % 100 < 50 ? 32_767 : -32_768));
    const resampler = await createResampler(16_000, 24_000);
    const output = resampler.push(square);
    for (let index = 10; index < 65; index++) expect(output[index] ?? 0).toBeGreaterThan(25_000);
  });
});

test("createClipResampler: each clip by itself", async () => {
  const resample = await createClipResampler(16_000, 24_000);
  const tone = sine(300, 16_000, 0.5);
  const first = resample(tone);
  expect(first.length).toBe(12_000);
  expect(worstError(first, sine(300, 24_000, 0.5))).toBeLessThan(4);
  expect(resample(new Int16Array(320)).every((sample) => sample === 0)).toBe(true);
  expect(resample(tone)).toStrictEqual(first);
});
