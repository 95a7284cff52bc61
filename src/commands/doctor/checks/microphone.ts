import { catchError, defer, map, type Observable, of, reduce, switchMap, take, throwError, timeout } from "rxjs";

import { AudioDeviceError } from "../../../audio/audio-device-error.ts";
import { MIC_RATE_HZ } from "../../../audio/audio-frame.ts";
import type { Configured } from "../check.ts";
import { type Finding, failed, missing, mistaken, ok, reasonOf, shortened, warn } from "../finding.ts";
import { NO_SOUND, rmsDbfs, type Sound, withFrame } from "../probes/level.ts";

/** A recorder takes one or two seconds to start. */
const FIRST_SOUND_MS = 3_500;
const HEARD_FRAMES = 50;
/** A few clipped samples are a knock, more are a gain that is too high. */
const MAX_CLIPPED = 0.001;

type Needs = Pick<Configured, "config" | "microphone" | "programs">;

/** Whether sound comes from the microphone, and whether it is sound. */
export function microphone({ config, microphone: open, programs }: Needs): Observable<Finding> {
  const device = config.audio.microphone;
  return defer(() => open(config)).pipe(
    switchMap(({ frames$ }) => frames$),
    timeout({ first: FIRST_SOUND_MS, with: () => throwError(() => nothingHeard(device)) }),
    take(HEARD_FRAMES),
    reduce(withFrame, NO_SOUND),
    map((sound) => judged(device, sound)),
    catchError((error: unknown) => of(unusable(error, device, programs(RECORDERS)))),
  );
}

const RECORDERS = ["parec", "arecord", "sox", "rec"];

function nothingHeard(device: string): AudioDeviceError {
  const message = `The microphone "${device}" gives no sound for ${FIRST_SOUND_MS / 1000} s.`;
  return new AudioDeviceError("lost", message);
}

function judged(device: string, sound: Sound): Finding {
  if (sound.samples === 0) return missing(`"${device}" ends without a sound`, LIST_DEVICES);
  const seconds = (sound.samples / MIC_RATE_HZ).toFixed(1);
  if (sound.peak === 0) {
    return warn(
      `"${device}" gives nothing but zeros for ${seconds} s: muted?`,
      "Unmute it: `amixer set Capture cap 80%`, or `pactl set-source-mute @DEFAULT_SOURCE@ 0`; some have a switch.",
    );
  }
  const level = `"${device}" hears ${rmsDbfs(sound).toFixed(0)} dBFS on average`;
  if (sound.clipped / sound.samples <= MAX_CLIPPED) return ok(level);
  return warn(
    `${level} and is overdriven: ${((100 * sound.clipped) / sound.samples).toFixed(1)} % of the samples are clipped`,
    "Turn its gain down: `amixer set Capture 50%`, or `pactl set-source-volume @DEFAULT_SOURCE@ 50%`.",
  );
}

const LIST_DEVICES =
  "Plug one in, or set audio.microphone to one of `arecord -L`. (`codriver drive` needs none: its driver is simulated.)";

function unusable(error: unknown, device: string, recorders: readonly string[]): Finding {
  if (error instanceof AudioDeviceError && error.code === "bad-file")
    return mistaken(error.message, "Correct audio.microphone: a WAV file, `default`, or a recorder's device.");
  if (device.endsWith(".wav")) return mistaken(reasonOf(error), "Correct audio.microphone.");
  if (recorders.length > 0) return { ...failed(error, LIST_DEVICES), found: shortened(reasonOf(error)) };
  return missing(
    "no program that records is installed",
    "`sudo apt-get install alsa-utils` (or pulseaudio-utils, where PulseAudio or PipeWire runs).",
  );
}
