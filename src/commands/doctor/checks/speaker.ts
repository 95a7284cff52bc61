import { catchError, map, type Observable, of, switchMap, tap, timer } from "rxjs";

import { SPEAKER_RATE_HZ } from "../../../audio/audio-frame.ts";
import type { Configured } from "../check.ts";
import { type Finding, failed, ok, reasonOf, shortened, skipped, warn } from "../finding.ts";

/** By then a device that cannot play has said so. */
const SETTLE_MS = 800;
const TONE_HZ = 440;
const TONE_MS = 300;
const TONE_PEAK = 6_000;
const EDGE_MS = 20;

const MEND =
  "Set audio.output to one of `aplay -L` (or of `pactl list short sinks`), see that your user is in the group audio " +
  "(`sudo usermod -aG audio $USER`), or set audio.speaker to none.";
const INSTALL = "`sudo apt-get install alsa-utils` (or pulseaudio-utils), or set audio.speaker to none.";
const PLAYERS = ["pacat", "aplay"];

/** Whether the speaker takes sound. It is given silence, unless a beep is wanted. */
export function speaker(scene: Pick<Configured, "config" | "speaker" | "beep" | "programs">): Observable<Finding> {
  const { config, beep } = scene;
  const { speaker: kind } = config.audio;
  if (kind === "none") return of(skipped("audio.speaker is none"));
  return scene.speaker(config).pipe(
    tap((device) => device.write(beep ? tone() : new Int16Array((SPEAKER_RATE_HZ * TONE_MS) / 1000))),
    switchMap((device) => timer(SETTLE_MS).pipe(map(() => device.name))),
    map((name) => ok(beep ? `${name} was given a beep: did you hear it?` : `${name} takes sound (--beep to hear it)`)),
    catchError((error: unknown) => {
      const mend = scene.programs(PLAYERS).length > 0 ? MEND : INSTALL;
      return of(
        kind === "auto" ? warn(`${shortened(reasonOf(error))} Replies will not be heard.`, mend) : failed(error, mend),
      );
    }),
  );
}

/** Quiet, with soft edges. */
function tone(): Int16Array {
  const samples = (SPEAKER_RATE_HZ * TONE_MS) / 1000;
  const edge = (SPEAKER_RATE_HZ * EDGE_MS) / 1000;
  return Int16Array.from({ length: samples }, (_, index) => {
    const envelope = Math.min(1, index / edge, (samples - index) / edge);
    return Math.round(TONE_PEAK * envelope * Math.sin((2 * Math.PI * TONE_HZ * index) / SPEAKER_RATE_HZ));
  });
}
