import type { Random } from "../shared/random.ts";
import { MIC_RATE_HZ } from "./audio-frame.ts";

/** Brown is like tyres on a road, pink like wind and a fan. */
export type NoiseColour = "brown" | "pink";

/** How loud the speech of a recording is, leaving its pauses out. */
export interface ActiveSpeech {
  /** Effective value where somebody speaks, in int16 scale; 0 when the recording is silent. */
  readonly level: number;
  /** Where the last block of speech ends, in samples. */
  readonly endSample: number;
}

const BLOCK_SAMPLES = MIC_RATE_HZ / 50;
/** Speech is what lies within this of the level of speech: the margin of ITU-T P.56. */
const MARGIN_DB = 15.9;
const FULL_SCALE = 32_767;

/** Finds the speech of a 16 kHz recording by its level, in blocks of 20 ms. */
export function activeSpeech(pcm: Int16Array): ActiveSpeech {
  const powers = Array.from({ length: Math.ceil(pcm.length / BLOCK_SAMPLES) }, (_, index) =>
    powerOf(pcm.subarray(index * BLOCK_SAMPLES, (index + 1) * BLOCK_SAMPLES)),
  );
  let active = powers;
  for (let before = 0; active.length !== before; ) {
    before = active.length;
    const threshold = mean(active) * 10 ** (-MARGIN_DB / 10);
    active = active.filter((power) => power >= threshold);
  }
  const quietest = active.reduce((least, power) => Math.min(least, power), Infinity);
  const last = powers.findLastIndex((power) => power >= quietest);
  return { level: Math.sqrt(mean(active)), endSample: Math.min(pcm.length, (last + 1) * BLOCK_SAMPLES) };
}

/** So many samples of noise, at a level of its own. */
export function colouredNoise(colour: NoiseColour, samples: number, random: Random): Float32Array {
  const noise = new Float32Array(samples);
  let [slow, middle, fast, walk] = [0, 0, 0, 0];
  for (let at = 0; at < samples; at += 1) {
    const white = random() * 2 - 1;
    // Three poles after Paul Kellet's economy filter.
    slow = 0.99765 * slow + white * 0.099046;
    middle = 0.963 * middle + white * 0.2965164;
    fast = 0.57 * fast + white * 1.0526913;
    walk = 0.998 * walk + white;
    noise[at] = colour === "brown" ? walk : slow + middle + fast + white * 0.1848;
  }
  return noise;
}

/** Several people who talk at once, all equally loud, each from somewhere in their recording and over again. */
export function babble(voices: readonly Int16Array[], samples: number, random: Random): Float32Array {
  const crowd = new Float32Array(samples);
  for (const voice of voices) {
    const loudness = 1 / Math.max(1, activeSpeech(voice).level);
    excerpt(voice, samples, random).forEach((sample, at) => {
      crowd[at] = (crowd[at] ?? 0) + sample * loudness;
    });
  }
  return crowd;
}

/** A part of a recording from a place at random, repeated when it is too short. */
export function excerpt(recording: Int16Array, samples: number, random: Random): Float32Array {
  const from = Math.floor(random() * recording.length);
  return Float32Array.from({ length: samples }, (_, at) => recording[(from + at) % recording.length] ?? 0);
}

/**
 * Adds noise of the same length so that speech of this level stands `snrDb` above it. Where the sum would clip, speech
 * and noise are both made quieter.
 */
export function mixAt(speech: Int16Array, noise: Float32Array, snrDb: number, level: number): Int16Array {
  const rms = Math.sqrt(powerOf(noise));
  const factor = rms === 0 ? 0 : (level / rms) * 10 ** (-snrDb / 20);
  const sum = Float32Array.from(speech, (sample, at) => sample + factor * (noise[at] ?? 0));
  const peak = sum.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  const share = Math.min(1, FULL_SCALE / peak);
  return Int16Array.from(sum, (sample) => Math.round(sample * share));
}

function powerOf(samples: Int16Array | Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / Math.max(1, samples.length);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
