import { SPEAKER_RATE_HZ } from "../src/audio/audio-frame.ts";
import type { SpeakerDevice } from "../src/audio/speaker.ts";

/** A device that sounds in real time what it is given, and forgets on `flush` what it has not sounded. */
export interface SoundingDevice extends SpeakerDevice {
  sounded(): Int16Array;
  /** When samples were handed over last, before this moment. */
  lastWriteMs(beforeMs: number): number;
}

const SAMPLES_PER_MS = SPEAKER_RATE_HZ / 1000;

export function soundingDevice(): SoundingDevice {
  const writes: { readonly atMs: number; readonly startMs: number; pcm: Int16Array }[] = [];
  let busyUntilMs = 0;
  return {
    name: "sounding",
    latencyMs: 0,
    write(pcm) {
      const atMs = performance.now();
      const startMs = Math.max(busyUntilMs, atMs);
      busyUntilMs = startMs + pcm.length / SAMPLES_PER_MS;
      writes.push({ atMs, startMs, pcm });
    },
    flush() {
      const nowMs = performance.now();
      for (const write of writes) {
        write.pcm = write.pcm.subarray(0, Math.max(0, Math.floor((nowMs - write.startMs) * SAMPLES_PER_MS)));
      }
      busyUntilMs = 0;
    },
    sounded() {
      const sounded = new Int16Array(writes.reduce((sum, { pcm }) => sum + pcm.length, 0));
      let at = 0;
      for (const { pcm } of writes) {
        sounded.set(pcm, at);
        at += pcm.length;
      }
      return sounded;
    },
    lastWriteMs: (beforeMs) => writes.findLast(({ atMs }) => atMs < beforeMs)?.atMs ?? Number.NaN,
  };
}
