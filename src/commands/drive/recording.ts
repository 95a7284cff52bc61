import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { firstValueFrom, Observable, Subject } from "rxjs";

import { type StereoRecorder, stereoRecorder } from "../../audio/stereo-recorder.ts";
import type { SoundWitness } from "../../compose.ts";
import { UsageError } from "../explain.ts";

/** What `--record DIR` leaves: `drive.wav` (driver left, agent right) and `events.jsonl`. */
export interface Recording {
  readonly witness: SoundWitness;
  /** One line of `events.jsonl`, with the time since the start. */
  event(who: string, event: object): void;
  close(): void;
}

/** Opens both files; throws `UsageError` when the folder cannot be written. */
export async function openRecording(folder: string): Promise<Recording> {
  const log = openLog(folder);
  const startedAt = performance.now();
  const finished$ = new Subject<void>();
  const recorder = await firstRecorder(join(folder, "drive.wav"), finished$);
  return {
    witness: recorder,
    event: (who, event) => {
      const line = { ms: Math.round(performance.now() - startedAt), who, ...event };
      writeSync(log, `${JSON.stringify(line)}\n`);
    },
    close: () => {
      finished$.next();
      closeSync(log);
    },
  };
}

/** The recorder stays open, and its file unfinished, until `finished$`. */
function firstRecorder(path: string, finished$: Observable<void>): Promise<StereoRecorder> {
  return firstValueFrom(
    new Observable<StereoRecorder>((subscriber) => {
      const open = stereoRecorder(path).subscribe({
        next: (recorder) => subscriber.next(recorder),
        error: (error: unknown) => subscriber.error(error),
      });
      finished$.subscribe(() => open.unsubscribe());
    }),
  );
}

function openLog(folder: string): number {
  try {
    mkdirSync(folder, { recursive: true });
    return openSync(join(folder, "events.jsonl"), "w");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--record ${folder}: ${reason}`, { cause });
  }
}
