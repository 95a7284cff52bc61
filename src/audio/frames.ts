import { concatMap, endWith, map, type OperatorFunction, scan } from "rxjs";
import { type AudioFrame, FRAME_MS, FRAME_SAMPLES, MIC_RATE_HZ } from "./audio-frame.ts";

const FRAME_BYTES = FRAME_SAMPLES * 2;
/** About −64 dBFS: digital silence upsets recognisers, a real microphone has a floor. */
const FLOOR = 20;

/** Steady, inaudible noise, the same on each run: what a microphone hears when nobody speaks. */
export function quiet(samples: number): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: samples }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((seed / 2 ** 31 - 1) * FLOOR);
  });
}

/** A frame of these samples, filled up with quiet. */
export function filledFrame(pcm: Int16Array): Int16Array {
  if (pcm.length === FRAME_SAMPLES) return pcm;
  const frame = quiet(FRAME_SAMPLES);
  frame.set(pcm);
  return frame;
}

interface Cutting {
  readonly rest: Uint8Array;
  readonly frames: readonly AudioFrame[];
}

/**
 * Cuts 16 kHz mono s16le bytes that come in pieces of any size into frames. The last sample of a piece counts as
 * captured when the piece comes. A piece of a frame at the end is filled up.
 */
export function toFrames(): OperatorFunction<Uint8Array, AudioFrame> {
  return (bytes$) =>
    bytes$.pipe(
      endWith("end" as const),
      scan(cut, { rest: new Uint8Array(0), frames: [] } as Cutting),
      concatMap(({ frames }) => frames),
    );
}

function cut({ rest }: Cutting, piece: Uint8Array | "end"): Cutting {
  const now = performance.now();
  if (piece === "end") {
    const frames = rest.byteLength < 2 ? [] : [{ pcm: filledFrame(samplesOf(rest)), capturedAt: now }];
    return { rest: new Uint8Array(0), frames };
  }
  if (rest.byteLength === 0 && piece.byteLength === FRAME_BYTES) {
    return { rest, frames: [{ pcm: samplesOf(piece), capturedAt: now }] };
  }
  const bytes = rest.byteLength === 0 ? piece : Buffer.concat([rest, piece]);
  const count = Math.floor(bytes.byteLength / FRAME_BYTES);
  const restBytes = bytes.byteLength - count * FRAME_BYTES;
  const endedMsAgo = (index: number): number => (count - 1 - index) * FRAME_MS + restBytes / 2 / (MIC_RATE_HZ / 1000);
  const frames = Array.from({ length: count }, (_, index) => ({
    pcm: samplesOf(bytes.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES)),
    capturedAt: now - endedMsAgo(index),
  }));
  return { rest: Uint8Array.from(bytes.subarray(count * FRAME_BYTES)), frames };
}

/** A copy, because pieces may lie at odd addresses. Not by `slice`, which makes no copy of a Buffer. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(new Uint8Array(bytes.subarray(0, bytes.byteLength & ~1)).buffer);
}

/** Turns samples into frames that were captured as they are emitted. */
export function capturedNow(): OperatorFunction<Int16Array, AudioFrame> {
  return (pcm$) => pcm$.pipe(map((pcm) => ({ pcm, capturedAt: performance.now() })));
}
