import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** Opens both files; rejects with `UsageError` when the folder, or one of them, cannot be written. */
export async function openRecording(folder: string): Promise<Recording> {
  const log = openLog(folder);
  const startedAt = performance.now();
  const { recorder, finish } = await openRecorder(join(folder, "drive.wav")).catch((cause: unknown) => {
    closeSync(log);
    throw unwritable(folder, cause);
  });
  return {
    witness: recorder,
    event: (who, event) => {
      const line = { ms: Math.round(performance.now() - startedAt), who, ...event };
      try {
        writeSync(log, `${JSON.stringify(line)}\n`);
      } catch (cause) {
        throw unwritable(folder, cause);
      }
    },
    close: () => {
      finish();
      closeSync(log);
    },
  };
}

function openRecorder(path: string): Promise<{ recorder: StereoRecorder; finish: () => void }> {
  return new Promise((resolve, reject) => {
    const file = stereoRecorder(path).subscribe({
      next: (recorder) => resolve({ recorder, finish: () => file.unsubscribe() }),
      error: reject,
    });
  });
}

function openLog(folder: string): number {
  try {
    makeFolder(folder);
    return openSync(join(folder, "events.jsonl"), "w");
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function unwritable(folder: string, cause: unknown): UsageError {
  return new UsageError(`--record ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/** Node's own recursive way never comes back from folders like /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
