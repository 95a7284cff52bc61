import recorders, { type Recording } from "node-record-lpcm16";
import { Observable, throwError, timeout } from "rxjs";
import { AudioDeviceError } from "./audio-device-error.ts";
import { MIC_RATE_HZ } from "./audio-frame.ts";
import { toFrames } from "./frames.ts";
import type { Microphone } from "./microphone.ts";

/** arecord takes about a second to start, and sends sound in pieces of 125 ms. */
const MAX_SILENT_MS = 5_000;
const KILL_AFTER_MS = 1_000;
const MAX_COMPLAINT_CHARS = 300;

const PACKAGES = { arecord: "alsa-utils", sox: "sox", rec: "sox" } as const;

export interface RecorderMicrophoneOptions {
  /** The program that records. */
  readonly recorder: "arecord" | "sox" | "rec";
  /** The program's name for the device, such as `hw:1,0`; the default device where it is left out. */
  readonly device?: string;
}

/**
 * The system's microphone, by way of a recording program. Errors with "not-found" when the program or the device is
 * missing, and with "lost" when sound stops coming. Unsubscribing ends the program.
 */
export function recorderMicrophone(options: RecorderMicrophoneOptions): Microphone {
  const name = options.device === undefined ? options.recorder : `${options.recorder} ${options.device}`;
  return {
    name,
    frames$: recordedBytes(options, name).pipe(
      timeout({
        each: MAX_SILENT_MS,
        with: () =>
          throwError(() => new AudioDeviceError("lost", `${name} has sent no sound for ${MAX_SILENT_MS} ms.`)),
      }),
      toFrames(),
    ),
  };
}

function recordedBytes({ recorder, device }: RecorderMicrophoneOptions, name: string): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    const recording = recorders.record({
      recorder,
      sampleRate: MIC_RATE_HZ,
      channels: 1,
      audioType: "raw",
      ...(device === undefined ? {} : { device }),
    });
    let heard = false;
    let complaint = "";
    recording.process.stderr.on("data", (text: Buffer) => {
      complaint = (complaint + text.toString()).slice(-MAX_COMPLAINT_CHARS);
    });
    recording.stream().on("data", (bytes: Buffer) => {
      heard = true;
      subscriber.next(bytes);
    });
    // The package's own error, a string, says less than the exit does; without a listener it would end the process.
    recording.stream().on("error", () => undefined);
    recording.process.on("error", (cause: NodeJS.ErrnoException) => {
      const mend = cause.code === "ENOENT" ? ` Install ${PACKAGES[recorder]} or choose another recorder.` : "";
      subscriber.error(
        new AudioDeviceError("not-found", `Cannot start ${recorder}: ${cause.message}.${mend}`, { cause }),
      );
    });
    recording.process.on("close", (code, signal) => {
      const how = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
      const why = complaint.trim() === "" ? "" : ` It says: ${complaint.trim()}`;
      subscriber.error(new AudioDeviceError(heard ? "lost" : "not-found", `The microphone ${name} ${how}.${why}`));
    });
    return () => stop(recording);
  });
}

/** The package does not know that a program may not have started, nor that one may ignore the polite signal. */
function stop({ process: program }: Recording): void {
  if (program.exitCode !== null || program.signalCode !== null || program.pid === undefined) return;
  program.kill("SIGTERM");
  const killing = setTimeout(() => program.kill("SIGKILL"), KILL_AFTER_MS);
  program.once("exit", () => clearTimeout(killing));
}
