import type { Writable } from "node:stream";
import { defer, Observable, switchMap } from "rxjs";
import type { SpeakerOptions } from "speaker";
import { AudioDeviceError } from "./audio-device-error.ts";
import { SPEAKER_RATE_HZ } from "./audio-frame.ts";
import type { Speaker } from "./speaker.ts";

/** Measured from `write` to the sound, with ALSA's usual buffers. */
const CARD_LATENCY_MS = 90;
/** What may wait for the card. Playback is 100 ms ahead of it at most, so more means that it does not take any. */
const MAX_HELD_SAMPLES = SPEAKER_RATE_HZ;
const FORMAT: SpeakerOptions = {
  channels: 1,
  bitDepth: 16,
  sampleRate: SPEAKER_RATE_HZ,
  signed: true,
  samplesPerFrame: 240,
};

const ABSENT =
  "There is no sound: the optional package `speaker` is not installed. Install the sound card's headers " +
  "(Debian: libasound2-dev) and run `npm ci` again, or set audio.player to pacat or aplay.";

/** The package, as far as we need it. */
export interface SpeakerPackage {
  readonly default: new (options: SpeakerOptions) => Writable & { close(): void };
}

/**
 * The system's speaker, by the optional package `speaker`, which is loaded on subscription. Errors with "not-found"
 * where the package is absent or finds no device, and with "lost" when the device fails later or takes no sound for
 * a second.
 */
export function speakerDevice(load: () => Promise<SpeakerPackage> = () => import("speaker"), device?: string): Speaker {
  return defer(() => load().catch(absent)).pipe(switchMap((speaker) => opened(speaker, device)));
}

function absent(cause: unknown): never {
  throw new AudioDeviceError("not-found", ABSENT, { cause });
}

function opened({ default: PackageSpeaker }: SpeakerPackage, device?: string): Speaker {
  return new Observable((subscriber) => {
    const stream = new PackageSpeaker({ ...FORMAT, ...(device !== undefined && { device }) });
    let held: Int16Array[] = [];
    let heldSamples = 0;
    let isFull = false;
    let hasPlayed = false;

    const giveOn = (): void => {
      while (!isFull) {
        const pcm = held.shift();
        if (pcm === undefined) return;
        heldSamples -= pcm.length;
        isFull = !stream.write(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
      }
    };
    stream.on("drain", () => {
      hasPlayed = true;
      isFull = false;
      giveOn();
    });
    stream.on("error", (cause: Error) => {
      const message = `The speaker failed: ${cause.message}. Look at the system's sound settings.`;
      subscriber.error(new AudioDeviceError(hasPlayed ? "lost" : "not-found", message, { cause }));
    });
    subscriber.next({
      name: "speaker",
      latencyMs: CARD_LATENCY_MS,
      write: (pcm) => {
        if (heldSamples + pcm.length > MAX_HELD_SAMPLES) {
          return subscriber.error(new AudioDeviceError("lost", "The speaker has taken no sound for a second."));
        }
        // A copy: it may wait here while its owner goes on.
        held.push(pcm.slice());
        heldSamples += pcm.length;
        giveOn();
      },
      flush: () => {
        held = [];
        heldSamples = 0;
      },
    });
    return () => stream.close();
  });
}
