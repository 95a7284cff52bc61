import { map, type Observable } from "rxjs";

import { type Finding, ok, warn } from "../finding.ts";
import type { Lateness, Scene } from "../scene.ts";

/** A frame of sound is 20 ms long; playback keeps 100 ms ahead of the card. */
const NOTICEABLE_P95_MS = 20;
const AUDIBLE_MS = 100;

export function realTime({ lateness$ }: Pick<Scene, "lateness$">): Observable<Finding> {
  return lateness$.pipe(map(judged));
}

function judged({ p95Ms, maxMs }: Lateness): Finding {
  const found = `timers are late by ${p95Ms.toFixed(1)} ms at most, 19 times of 20 (worst ${maxMs.toFixed(0)} ms)`;
  if (p95Ms < NOTICEABLE_P95_MS && maxMs < AUDIBLE_MS) return ok(found);
  return warn(
    `${found}: replies may stutter`,
    "See what else runs (`top`), give Codriver more of the CPU (systemd: CPUWeight=500, Nice=-5), or a faster governor.",
  );
}
