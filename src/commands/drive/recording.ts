import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

import { type StereoRecorder, stereoRecorder } from "../../audio/stereo-recorder.ts";
import type { SoundWitness } from "../../compose.ts";
import { webSockets } from "../../session/open-session.ts";
import type { Provider } from "../../session/provider.ts";
import { numbers, recorded } from "../../session/recorded.ts";
import { UsageError } from "../explain.ts";

/**
 * What `--record DIR` leaves: `drive.wav` (driver left, agent right), `events.jsonl`, and `wire.jsonl`: what was said to
 * and by the model, for `codriver replay`.
 */
export interface Recording {
  readonly witness: SoundWitness;
  /** One line of `events.jsonl`, with the time since the start. */
  event(who: string, event: object): void;
  /** The same provider, whose wires are written down. */
  around(provider: Provider): Provider;
  close(): void;
}

/** Opens the files; rejects with `UsageError` when the folder, or one of them, cannot be written. */
export async function openRecording(folder: string): Promise<Recording> {
  const [log, wire] = [openLog(folder, "events.jsonl"), openLog(folder, "wire.jsonl")];
  const closeLogs = (): void => [log, wire].forEach((file) => closeSync(file));
  const number = numbers();
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  const { recorder, finish } = await openRecorder(join(folder, "drive.wav")).catch((cause: unknown) => {
    closeLogs();
    throw unwritable(folder, cause);
  });
  const write = (file: number, line: object): void => {
    try {
      writeSync(file, `${JSON.stringify(line)}\n`);
    } catch (cause) {
      throw unwritable(folder, cause);
    }
  };
  return {
    witness: recorder,
    event: (who, event) => write(log, { ms: Math.round(now()), who, ...event }),
    around: (provider) => {
      const dialer = provider.dialer ?? webSockets;
      return recorded(provider, { dialer, now, write: (entry) => write(wire, entry), number, audio: false });
    },
    close: () => {
      finish();
      closeLogs();
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

function openLog(folder: string, name: string): number {
  try {
    makeFolder(folder);
    return openSync(join(folder, name), "w");
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
