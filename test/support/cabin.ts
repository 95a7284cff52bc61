import type { AudioFrame } from "../../src/audio/audio-frame.ts";
import type { PlaybackEvent } from "../../src/audio/playback-event.ts";
import { seededRandom } from "../../src/shared/random.ts";

/** From the loudspeaker to the microphone. */
export interface EchoPath {
  readonly delayMs: number;
  /** Level of the echo, against what was played. */
  readonly gainDb: number;
  readonly seed?: number;
}

const REFLECTIONS = 24;
const REVERBERATION_MS = 80;
/** One for each of a voice's formants, about. */
const TONES_HZ = [300, 600, 1_100, 1_900, 3_000, 4_800];

export function levelOf(pcm: Int16Array | Float64Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample ** 2;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}

/**
 * What the microphone hears of 24 kHz sound, at 16 kHz: late, quieter, without its lowest tones, and with reflections
 * that die away within 80 ms.
 */
export function echoed(played: Int16Array, { delayMs, gainDb, seed = 1 }: EchoPath): Float64Array {
  const random = seededRandom(seed, "cabin");
  const length = Math.floor(played.length / 1.5);
  const direct = Float64Array.from({ length }, (_, index) => {
    const from = Math.floor(index * 1.5);
    const share = index * 1.5 - from;
    return (played[from] ?? 0) * (1 - share) + (played[from + 1] ?? 0) * share;
  });
  const delay = Math.round(delayMs * 16);
  const echo = new Float64Array(length + delay + REVERBERATION_MS * 16);
  for (let reflection = 0; reflection < REFLECTIONS; reflection++) {
    const at = reflection === 0 ? 0 : Math.floor(random() * REVERBERATION_MS * 16);
    const gain = reflection === 0 ? 1 : (random() * 2 - 1) * 0.5 * Math.exp((-4 * at) / (REVERBERATION_MS * 16));
    for (let index = 0; index < length; index++) {
      echo[index + at + delay] = (echo[index + at + delay] ?? 0) + gain * (direct[index] ?? 0);
    }
  }
  let slow = 0;
  for (let index = 0; index < echo.length; index++) {
    slow += 0.06 * ((echo[index] ?? 0) - slow);
    echo[index] = (echo[index] ?? 0) - slow;
  }
  const factor = (levelOf(played) * 10 ** (gainDb / 20)) / levelOf(echo.subarray(delay, delay + length));
  return echo.map((sample) => sample * factor);
}

/** White noise, as a microphone's own. */
export function hiss(samples: number, level: number, seed: number): Float64Array {
  const random = seededRandom(seed, "hiss");
  return Float64Array.from({ length: samples }, () => (random() * 2 - 1) * Math.sqrt(3) * level);
}

/**
 * Something like a voice: tones that buzz at a pitch, in syllables of changing length, loudness and colour, with
 * pauses.
 */
export function voiceLike(seconds: number, rateHz: number, seed: number): Int16Array {
  const random = seededRandom(seed, "voice");
  const pcm = new Int16Array(seconds * rateHz);
  const pitchHz = 90 + random() * 120;
  for (let from = 0; from < pcm.length; ) {
    const length = Math.floor(rateHz * (0.08 + random() * 0.2));
    const loudness = random() < 0.2 ? 0 : 1_500 + random() * 6_000;
    const tones = TONES_HZ.map((hz) => (hz * (0.8 + random() * 0.4)) / rateHz);
    for (let index = 0; index < Math.min(length, pcm.length - from); index++) {
      const at = from + index;
      const buzz = 1 + Math.sin((2 * Math.PI * pitchHz * at) / rateHz);
      const colour = tones.reduce((sum, tone, order) => sum + Math.sin(2 * Math.PI * tone * at) / (order + 1), 0);
      pcm[at] = Math.round(loudness * 0.25 * Math.sin((Math.PI * index) / length) * buzz * colour);
    }
    from += length;
  }
  return pcm;
}

export interface Timed<T> {
  readonly atMs: number;
  readonly value: T;
}

/** What playback tells about sound from `startMs` on: each 20 ms, when they have been heard. */
export function toldAsPlayed(pcm: Int16Array, startMs: number): readonly Timed<PlaybackEvent>[] {
  const samples = 480;
  return Array.from({ length: Math.ceil(pcm.length / samples) }, (_, index) => {
    const block = pcm.subarray(index * samples, (index + 1) * samples);
    const atMs = startMs + index * 20;
    return { atMs: atMs + 20, value: { type: "played", block, atMs } };
  });
}

/** Frames of a microphone that hears the sum of these, each from a time of its own, for so long. */
export function microphone(
  sounds: readonly { readonly fromMs: number; readonly pcm: ArrayLike<number> }[],
  lengthMs: number,
): readonly AudioFrame[] {
  const sum = new Float64Array(lengthMs * 16);
  for (const { fromMs, pcm } of sounds) {
    const from = Math.round(fromMs * 16);
    for (let index = 0; index < pcm.length && from + index < sum.length; index++) {
      sum[from + index] = (sum[from + index] ?? 0) + (pcm[index] ?? 0);
    }
  }
  return Array.from({ length: Math.floor(lengthMs / 20) }, (_, index) => ({
    pcm: Int16Array.from(sum.subarray(index * 320, (index + 1) * 320), (sample) =>
      Math.max(-32_768, Math.min(32_767, Math.round(sample))),
    ),
    capturedAt: (index + 1) * 20,
  }));
}
