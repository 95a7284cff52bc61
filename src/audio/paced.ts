import { Observable } from "rxjs";
import { FRAME_MS } from "./audio-frame.ts";

/** `real-time`: one frame each 20 ms. `fast`: as fast as the event loop turns, one frame a turn. */
export type Pace = "real-time" | "fast";

/**
 * Pulls frames at a pace until there are none. In real time each is due at a multiple of 20 ms after the start, so a
 * late one does not delay those that follow.
 */
export function paced<T>(next: (index: number) => T | undefined, pace: Pace): Observable<T> {
  return new Observable((subscriber) => {
    const startedAt = performance.now();
    let index = 0;
    let cancel: () => void = () => undefined;

    const emit = (): void => {
      const frame = next(index);
      if (frame === undefined) return subscriber.complete();
      index += 1;
      subscriber.next(frame);
      if (!subscriber.closed) schedule();
    };
    const schedule = (): void => {
      if (pace === "fast") {
        const immediate = setImmediate(emit);
        cancel = () => clearImmediate(immediate);
        return;
      }
      const timer = setTimeout(emit, startedAt + (index + 1) * FRAME_MS - performance.now());
      cancel = () => clearTimeout(timer);
    };
    schedule();
    return () => cancel();
  });
}
