import { describe, expect, test } from "vitest";

import { activeSpeech, babble, colouredNoise, excerpt, mixAt } from "../../../src/audio/noise.ts";
import { seededRandom } from "../../../src/shared/random.ts";

const SECOND = 16_000;

/** Half a second of quiet, a second of tone, half a second of quiet. */
function word(amplitude = 3_000, hz = 300): Int16Array {
  const pcm = new Int16Array(2 * SECOND);
  for (let at = SECOND / 2; at < 1.5 * SECOND; at += 1) {
    pcm[at] = Math.round(amplitude * Math.sin((2 * Math.PI * hz * at) / SECOND));
  }
  return pcm;
}

const rms = (samples: ArrayLike<number>): number =>
  Math.sqrt(Array.from(samples).reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
const decibels = (ratio: number): number => 20 * Math.log10(ratio);
const changeOf = (samples: Float32Array): number =>
  rms(samples.subarray(1).map((sample, at) => sample - (samples[at] ?? 0)));

describe("the level of speech", () => {
  test("is that of the speech alone, however long the pauses are", () => {
    const { level } = activeSpeech(word());
    expect(decibels(level / (3_000 / Math.SQRT2))).toBeCloseTo(0, 1);
    const longPause = new Int16Array(20 * SECOND);
    longPause.set(word(), 5 * SECOND);
    expect(activeSpeech(longPause).level).toBeCloseTo(level, 0);
  });

  test("ends with the last block of speech", () => {
    expect(activeSpeech(word()).endSample).toBe(1.5 * SECOND);
  });

  test("is nothing in a silent recording", () => {
    expect(activeSpeech(new Int16Array(SECOND)).level).toBe(0);
  });
});

describe("a mix", () => {
  const random = () => seededRandom(7, "clip");
  const speech = word();
  const { level } = activeSpeech(speech);
  const noises = {
    brown: colouredNoise("brown", speech.length, random()),
    pink: colouredNoise("pink", speech.length, random()),
    babble: babble([word(900, 200), word(5_000, 700), word(200, 450)], speech.length, random()),
  };

  test.each(Object.entries(noises))("of %s noise has the wanted distance to the speech", (_, noise) => {
    for (const snrDb of [20, 10, 0]) {
      const mixed = mixAt(speech, noise, snrDb, level);
      const added = mixed.map((sample, at) => sample - (speech[at] ?? 0));
      expect(Math.abs(decibels(level / rms(added)) - snrDb)).toBeLessThan(0.1);
    }
  });

  test("that would clip is made quieter as a whole", () => {
    const loud = word(32_000);
    const noise = noises.pink;
    const mixed = mixAt(loud, noise, 0, activeSpeech(loud).level);
    const share = rms(mixed.subarray(0, SECOND / 2)) / rms(noise.subarray(0, SECOND / 2));
    const spoken = mixed.map((sample, at) => sample - share * (noise[at] ?? 0));
    expect(decibels(activeSpeech(spoken).level / (share * rms(noise)))).toBeCloseTo(0, 1);
    expect(Math.max(...mixed.map(Math.abs))).toBeLessThanOrEqual(32_767);
  });

  test("with silence is what it was", () => {
    expect(mixAt(speech, new Float32Array(speech.length), 10, level)).toEqual(speech);
    expect(mixAt(new Int16Array(100), noises.pink.subarray(0, 100), 10, 0)).toEqual(new Int16Array(100));
  });
});

describe("noise", () => {
  test("is the same for the same seed and name, and another for another", () => {
    const pink = (seed: number, name: string) => colouredNoise("pink", 100, seededRandom(seed, name));
    expect(pink(1, "a.wav")).toEqual(pink(1, "a.wav"));
    expect(pink(1, "a.wav")).not.toEqual(pink(2, "a.wav"));
    expect(pink(1, "a.wav")).not.toEqual(pink(1, "b.wav"));
  });

  test("is darker when it is brown", () => {
    const treble = (colour: "brown" | "pink") => {
      const noise = colouredNoise(colour, 4 * SECOND, seededRandom(1));
      return changeOf(noise) / rms(noise);
    };
    expect(treble("brown")).toBeLessThan(treble("pink") / 5);
  });

  test("from a recording goes on when the recording is over", () => {
    const recording = Int16Array.from({ length: 10 }, (_, at) => at);
    const part = excerpt(recording, 25, () => 0.5);
    expect([...part].slice(0, 7)).toEqual([5, 6, 7, 8, 9, 0, 1]);
    expect(part).toHaveLength(25);
  });

  test("of several voices has all of them equally loud", () => {
    const low = babble([word(100, 200)], 2 * SECOND, () => 0);
    const both = babble([word(100, 200), word(10_000, 600)], 2 * SECOND, () => 0);
    expect(decibels(rms(both) / rms(low))).toBeCloseTo(decibels(Math.SQRT2), 1);
  });
});
