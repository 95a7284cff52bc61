import { Observable } from "rxjs";
import { SPEAKER_RATE_HZ } from "./audio-frame.ts";
import { joined } from "./resample.ts";
import type { Speaker } from "./speaker.ts";

export interface CaptureSpeaker {
  readonly speaker$: Speaker;
  /** All that was handed over since the start or the last `clear`. */
  pcm(): Int16Array;
  clear(): void;
  /** Samples that came when it was full; they are not kept. */
  readonly droppedSamples: number;
}

/** A speaker that keeps what it is given in memory, up to `maxSeconds`. */
export function captureSpeaker(maxSeconds = 120): CaptureSpeaker {
  const maxSamples = maxSeconds * SPEAKER_RATE_HZ;
  let blocks: Int16Array[] = [];
  let keptSamples = 0;
  let droppedSamples = 0;

  const write = (pcm: Int16Array): void => {
    const kept = pcm.slice(0, maxSamples - keptSamples);
    blocks.push(kept);
    keptSamples += kept.length;
    droppedSamples += pcm.length - kept.length;
  };
  return {
    speaker$: new Observable((subscriber) => {
      subscriber.next({ name: "capture", latencyMs: 0, write, flush: () => undefined });
    }),
    pcm: () => joined(blocks),
    clear: () => {
      blocks = [];
      keptSamples = 0;
    },
    get droppedSamples() {
      return droppedSamples;
    },
  };
}
