import { SPEAKER_RATE_HZ } from "./audio-frame.ts";
import { joined } from "./resample.ts";
import { interleaved } from "./wav.ts";

/** Replies that are played faster than real time wait for the microphone's clock. */
const MAX_AHEAD_SAMPLES = 120 * SPEAKER_RATE_HZ;
/** Blocks this near to each other are one sound: the rest is the jitter of timers. */
const JITTER_SAMPLES = (30 * SPEAKER_RATE_HZ) / 1000;

/** Two 24 kHz tracks on one clock, the left one's. */
export interface StereoTracks {
  /** Goes on with the left track; its last sample was captured at `capturedAt`. */
  left(pcm: Int16Array, capturedAt: number): void;
  /** Puts samples on the right track at the place where the left one was, or will be, at `atMs`. */
  right(pcm: Int16Array, atMs: number): void;
  readonly leftSamples: number;
  /** The longer of the two. */
  readonly samples: number;
  /** Right samples from before the first left one, or more than two minutes ahead of it. */
  readonly droppedSamples: number;
  /** Takes this many samples off the front of both, interleaved; silence where a track has none. */
  take(samples: number): Int16Array;
}

export function stereoTracks(): StereoTracks {
  let leftParts: Int16Array[] = [];
  let leftSamples = 0;
  let capturedAt: number | undefined;
  let right: Int16Array = new Int16Array(0);
  let droppedSamples = 0;

  return {
    left: (pcm, at) => {
      leftParts.push(pcm);
      leftSamples += pcm.length;
      capturedAt = at;
    },
    right: (pcm, atMs) => {
      const wanted = leftSamples + Math.round(((atMs - (capturedAt ?? Infinity)) * SPEAKER_RATE_HZ) / 1000);
      const isNext = Math.abs(wanted - right.length) < JITTER_SAMPLES;
      const start = isNext ? right.length : Math.max(wanted, right.length);
      const kept =
        capturedAt === undefined ? pcm.subarray(0, 0) : pcm.subarray(0, Math.max(0, MAX_AHEAD_SAMPLES - start));
      droppedSamples += pcm.length - kept.length;
      if (kept.length > 0) right = joined([right, new Int16Array(start - right.length), kept]);
    },
    get leftSamples() {
      return leftSamples;
    },
    get samples() {
      return Math.max(leftSamples, right.length);
    },
    get droppedSamples() {
      return droppedSamples;
    },
    take: (samples) => {
      const left = joined([...leftParts, new Int16Array(Math.max(0, samples - leftSamples))]);
      const taken = interleaved([left.subarray(0, samples), right.subarray(0, samples)]);
      leftParts = [left.slice(samples)];
      leftSamples = Math.max(0, leftSamples - samples);
      right = right.slice(samples);
      return taken;
    },
  };
}
