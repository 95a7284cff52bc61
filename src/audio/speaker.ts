import type { Observable } from "rxjs";

/** An open output device. Takes 24 kHz mono PCM; `playback.ts` decides when to hand samples over. */
export interface SpeakerDevice {
  readonly name: string;
  /** How long a sample handed over now takes to become audible, in milliseconds (0 for files). */
  readonly latencyMs: number;
  /** Hands samples over. Never blocks. */
  write(pcm: Int16Array): void;
  /** Forgets samples handed over and not yet audible, where the device can. */
  flush(): void;
}

/** Opens a device on subscription, emits it once, closes it on unsubscription. Errors with `AudioDeviceError`. */
export type Speaker = Observable<SpeakerDevice>;
