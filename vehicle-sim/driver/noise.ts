import type { RandomStream } from "../random.ts";

/** What a microphone hears besides speech. Pure: the same state gives the same samples. */
export interface NoiseState {
  readonly random: RandomStream;
  /** The last sample of the rumble, so that frames join without a click. */
  readonly rumble: number;
}

/** About −60 dBFS: no microphone is silent, and digital silence upsets recognisers. */
const FLOOR_RMS = 33;
/** White noise over ±1 has this effective value. */
const UNIFORM_RMS = 1 / Math.sqrt(3);
const LEAK = 0.995;
/** A leaky sum of noise is this much louder than the noise. */
const RUMBLE_GAIN = 1 / Math.sqrt(1 - LEAK * LEAK);

/** The next `length` samples: the microphone's floor and the rumble of a moving car (`rumbleRms`, 0 for none). */
export function nextNoise(
  { random, rumble }: NoiseState,
  length: number,
  rumbleRms: number,
): { readonly pcm: Float32Array; readonly state: NoiseState } {
  const pcm = new Float32Array(length);
  const scale = rumbleRms / RUMBLE_GAIN / UNIFORM_RMS;
  let seed = random.state;
  let sum = rumble;
  for (let at = 0; at < length; at += 1) {
    // A plain congruential generator is random enough for the ear, and ten times as fast as a good one.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    const white = seed / 2_147_483_648;
    sum = sum * LEAK + white * scale;
    pcm[at] = (white * FLOOR_RMS) / UNIFORM_RMS + sum;
  }
  return { pcm, state: { random: { state: seed }, rumble: sum } };
}
