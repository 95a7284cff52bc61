import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "../../../src/audio/audio-frame.ts";

/** Cuts sound into frames, the last one filled up with silence; captured from 0 ms on. */
export function framesOf(pcm: Int16Array | Float32Array): readonly AudioFrame[] {
  return Array.from({ length: Math.ceil(pcm.length / FRAME_SAMPLES) }, (_, index) => {
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(pcm.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES));
    return { pcm: frame, capturedAt: (index + 1) * FRAME_MS };
  });
}
