import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import type { Random } from "./random.ts";

/** Recordings are worked on as numbers in int16 scale, 16 kHz mono. */
export type Sound = Float32Array;
export type NoiseColour = "brown" | "pink";

export const samplesIn = (ms: number): number => Math.round((ms * MIC_RATE_HZ) / 1000);

export function silence(ms: number): Sound {
  return new Float32Array(samplesIn(ms));
}

export function join(parts: readonly Sound[]): Sound {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Brown is like tyres on a road, pink like wind and a fan. */
export function colouredNoise(colour: NoiseColour, samples: number, random: Random): Sound {
  const noise = new Float32Array(samples);
  let [slow, middle, fast, walk] = [0, 0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const white = random.next() * 2 - 1;
    // Three poles after Paul Kellet's economy filter.
    slow = 0.99765 * slow + white * 0.099046;
    middle = 0.963 * middle + white * 0.2965164;
    fast = 0.57 * fast + white * 1.0526913;
    walk = 0.998 * walk + white;
    noise[i] = colour === "brown" ? walk : slow + middle + fast + white * 0.1848;
  }
  return noise;
}

/** Adds noise so that the loud parts of the sound stand `snrDb` above it. The noise is repeated where it is too short. */
export function mix(sound: Sound, noise: Sound, snrDb: number): Sound {
  const factor = (speechLevel(sound) / Math.max(1e-3, rms(noise))) * 10 ** (-snrDb / 20);
  return sound.map((value, i) => value + factor * (noise[i % noise.length] ?? 0));
}

/** Scales to a peak, as a share of full scale. */
export function toPeak(sound: Sound, share: number): Sound {
  const peak = sound.reduce((highest, value) => Math.max(highest, Math.abs(value)), 1);
  return sound.map((value) => (value * share * 32767) / peak);
}

/** Plays a sound faster (above 1) or slower, with its pitch: another voice, nearly. */
export function atSpeed(sound: Sound, speed: number): Sound {
  return Float32Array.from({ length: Math.floor((sound.length - 1) / speed) }, (_, i) => {
    const at = Math.floor(i * speed);
    const [here, next] = [sound[at] ?? 0, sound[at + 1] ?? 0];
    return here + (next - here) * (i * speed - at);
  });
}

export function toPcm(sound: Sound): Int16Array {
  return Int16Array.from(sound, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

/** Where the loudest stretch of speech begins and ends, in samples, by energy. */
export function speechBounds(sound: Sound): { readonly start: number; readonly end: number } {
  const step = samplesIn(10);
  const levels = blockLevels(sound, step);
  const sorted = [...levels].sort((a, b) => a - b);
  const [floor, peak] = [sorted[Math.floor(sorted.length * 0.1)] ?? 0, sorted[Math.floor(sorted.length * 0.98)] ?? 0];
  const threshold = floor + 0.3 * (peak - floor);

  // Grow from the loudest block, over gaps of up to 150 ms.
  const loudest = levels.indexOf(Math.max(...levels));
  const grow = (direction: 1 | -1): number => {
    let edge = loudest;
    for (let i = loudest, quiet = 0; i >= 0 && i < levels.length && quiet <= 15; i += direction) {
      quiet = (levels[i] ?? 0) > threshold ? 0 : quiet + 1;
      if (quiet === 0) edge = i;
    }
    return edge;
  };
  return { start: grow(-1) * step, end: (grow(1) + 1) * step };
}

function speechLevel(sound: Sound): number {
  const levels = blockLevels(sound, samplesIn(20)).sort((a, b) => b - a);
  const loud = levels.slice(0, Math.max(1, Math.floor(levels.length * 0.3)));
  return 10 ** (loud.reduce((sum, level) => sum + level, 0) / loud.length / 20);
}

function blockLevels(sound: Sound, size: number): number[] {
  const count = Math.max(1, Math.floor(sound.length / size));
  return Array.from({ length: count }, (_, i) => 20 * Math.log10(rms(sound.subarray(i * size, (i + 1) * size)) + 1));
}

function rms(sound: Sound): number {
  return Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / Math.max(1, sound.length));
}
