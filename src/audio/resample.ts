import { createRequire } from "node:module";
import type * as LibSampleRate from "@alexanderolsen/libsamplerate-js";

type Converter = Awaited<ReturnType<typeof LibSampleRate.create>>;

/** Changes the rate of one mono stream, block by block. */
export interface Resampler {
  /** The samples that are certain by now; the last 1–2 ms are held back until more follows. */
  push(pcm: Int16Array): Int16Array;
  /** What was held back, as if silence followed. All output together is then as long as all input, to the sample. Ends the stream. */
  flush(): Int16Array;
  /** Frees its memory. It may not be used any more. */
  close(): void;
}

const FULL_SCALE = 32_768;
const FLUSH_MS = 20;

/**
 * Band-limited (80 % of the band is kept flat), without any delay between input and output. The converter's other
 * qualities cost 2 to 10 times the work and hold back up to 14 ms, for a treble that neither speech nor a cabin has.
 * Equal rates pass samples through untouched.
 */
export async function createResampler(fromHz: number, toHz: number): Promise<Resampler> {
  if (fromHz === toHz) return { push: (pcm) => pcm, flush: () => new Int16Array(0), close: () => undefined };

  const converter = await openConverter(fromHz, toHz);
  let consumed = 0;
  let produced = 0;

  // The converter's own buffers end at a million samples: one second at a time stays far below.
  const convert = (pcm: Int16Array): Int16Array => {
    const converted = blocks(pcm, fromHz).map((block) => toInt16(converter.full(toFloat32(block))));
    return converted.length === 1 && converted[0] !== undefined ? converted[0] : joined(converted);
  };
  return {
    push: (pcm) => {
      const output = convert(pcm);
      consumed += pcm.length;
      produced += output.length;
      return output;
    },
    flush: () => {
      const missing = Math.round((consumed * toHz) / fromHz) - produced;
      const output = convert(new Int16Array(Math.ceil((FLUSH_MS * fromHz) / 1000))).subarray(0, Math.max(0, missing));
      produced += output.length;
      return output;
    },
    close: () => converter.destroy(),
  };
}

/** Resamples whole clips that have nothing to do with each other, such as the clauses of a voice. */
export async function createClipResampler(fromHz: number, toHz: number): Promise<(clip: Int16Array) => Int16Array> {
  if (fromHz === toHz) return (clip) => clip;
  const converter = await openConverter(fromHz, toHz);
  return (clip) => toInt16(converter.simple(toFloat32(clip)));
}

async function openConverter(fromHz: number, toHz: number): Promise<Converter> {
  // Two megabytes that only those who resample should load; its CommonJS form is the only one it has.
  const samplerate = createRequire(import.meta.url)("@alexanderolsen/libsamplerate-js") as typeof LibSampleRate;
  return samplerate.create(1, fromHz, toHz, { converterType: samplerate.ConverterType.SRC_SINC_FASTEST });
}

/** One array of several, in order. */
export function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function blocks(pcm: Int16Array, samples: number): readonly Int16Array[] {
  const count = Math.ceil(pcm.length / samples);
  return Array.from({ length: count }, (_, index) => pcm.subarray(index * samples, (index + 1) * samples));
}

function toFloat32(pcm: Int16Array): Float32Array {
  return Float32Array.from(pcm, (sample) => sample / FULL_SCALE);
}

function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(sample * FULL_SCALE))),
  );
}
