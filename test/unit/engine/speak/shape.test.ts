import { describe, expect, test } from "vitest";
import { shape } from "../../../../src/engine/speak/shape.ts";

const RATE_HZ = 16_000;
const ms = (count: number): number => (count * RATE_HZ) / 1000;

describe("shape", () => {
  test("leaves 5 ms before and 40 ms after the sound, whose silence held noise", () => {
    const pcm = new Int16Array(ms(1000)).fill(50);
    pcm.fill(10_000, ms(250), ms(700));
    const shaped = shape(pcm, RATE_HZ, "slt");
    expect(shaped.length).toBe(ms(5 + 450 + 40));
    expect(shaped.findIndex((sample) => sample > 5_000)).toBe(ms(5));
  });

  test("sets the voice's level and clips instead of wrapping round", () => {
    expect(shape(Int16Array.of(10_000, -10_000), RATE_HZ, "rms")).toStrictEqual(Int16Array.of(14_100, -14_100));
    expect(shape(Int16Array.of(30_000, -30_000), RATE_HZ, "rms")).toStrictEqual(Int16Array.of(32_767, -32_768));
  });

  test("silence has no sound in it", () => {
    expect(shape(new Int16Array(100), RATE_HZ, "slt")).toHaveLength(0);
    expect(shape(new Int16Array(0), RATE_HZ, "slt")).toHaveLength(0);
  });
});
