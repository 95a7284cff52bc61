import type { AudioFrame } from "../../../audio/audio-frame.ts";

/** What has been heard so far. */
export interface Sound {
  readonly samples: number;
  readonly sumOfSquares: number;
  readonly peak: number;
  /** Samples at either end of the scale. */
  readonly clipped: number;
}

export const NO_SOUND: Sound = { samples: 0, sumOfSquares: 0, peak: 0, clipped: 0 };

const FULL_SCALE = 32_767;

export function withFrame(sound: Sound, { pcm }: AudioFrame): Sound {
  let { sumOfSquares, peak, clipped } = sound;
  for (const sample of pcm) {
    const size = Math.min(Math.abs(sample), FULL_SCALE);
    sumOfSquares += size * size;
    if (size > peak) peak = size;
    if (size === FULL_SCALE) clipped += 1;
  }
  return { samples: sound.samples + pcm.length, sumOfSquares, peak, clipped };
}

/** Decibels below full scale: 0 is the loudest there is. */
export const rmsDbfs = ({ samples, sumOfSquares }: Sound): number =>
  10 * Math.log10(sumOfSquares / samples / FULL_SCALE ** 2);
