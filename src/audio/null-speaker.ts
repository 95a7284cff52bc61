import { Observable } from "rxjs";
import type { SpeakerDevice } from "./speaker.ts";

export interface NullDevice extends SpeakerDevice {
  /** Samples handed over so far. */
  readonly samples: number;
}

/** A speaker that only counts, for machines without a sound card. */
export function nullSpeaker(): Observable<NullDevice> {
  return new Observable((subscriber) => {
    let samples = 0;
    subscriber.next({
      name: "null",
      latencyMs: 0,
      get samples() {
        return samples;
      },
      write: (pcm) => {
        samples += pcm.length;
      },
      flush: () => undefined,
    });
  });
}
