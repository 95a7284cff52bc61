import { expect, test } from "vitest";

import { third, threefold } from "../../../../src/engine/hear/thrice.ts";

const tone = (hz: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * hz * at) / 16_000));
const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);

function thereAndBack(sound: Float32Array, block: number): Float32Array {
  const [up, down] = [threefold(), third()];
  const out: number[] = [];
  for (let at = 0; at < sound.length; at += block) out.push(...down(up(sound.subarray(at, at + block))));
  return Float32Array.from(out);
}

test.for([200, 1_000, 4_000, 5_000])("a tone of %d Hz comes back as it was, one millisecond later", (hz) => {
  const sound = tone(hz, 4_000);
  const back = thereAndBack(sound, 320);
  expect(back).toHaveLength(sound.length);
  const delay = 47 / 3;
  const late = Float32Array.from({ length: 3_900 }, (_, at) =>
    Math.sin((2 * Math.PI * hz * (at + 50 - delay)) / 16_000),
  );
  const difference = late.map((value, at) => value - (back[at + 50] ?? 0));
  expect(rms(difference)).toBeLessThan(0.03);
});

test("the size of the blocks makes no difference", () => {
  const sound = tone(700, 3_200);
  expect(thereAndBack(sound, 64)).toEqual(thereAndBack(sound, 1_600));
});

test("nothing is mirrored above the band", () => {
  const up = threefold()(tone(5_000, 1_600));
  // A tone of 5 kHz in sound of 48 kHz: its mirror at 11 kHz would show as a difference from one smooth wave.
  const smooth = Float32Array.from({ length: 4_700 }, (_, at) => up[at + 50] ?? 0);
  const again = Float32Array.from({ length: 4_700 }, (_, at) =>
    Math.sin((2 * Math.PI * 5_000 * (at + 50 - 23.5)) / 48_000),
  );
  expect(rms(smooth.map((value, at) => value - (again[at] ?? 0)))).toBeLessThan(0.03);
});
