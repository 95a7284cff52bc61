import type { Observable } from "rxjs";
import type { AudioFrame } from "./audio-frame.ts";

/**
 * A source of frames, cold: subscribing opens the device, unsubscribing closes it. Completes at the end of a file,
 * errors with `AudioDeviceError` when the device is missing or lost.
 */
export interface Microphone {
  readonly name: string;
  readonly frames$: Observable<AudioFrame>;
}
