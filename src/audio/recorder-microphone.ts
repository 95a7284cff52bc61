import recorders from "node-record-lpcm16";
import { defer, ignoreElements, interval, type MonoTypeOperatorFunction, merge, Observable, tap } from "rxjs";
import { AudioDeviceError } from "./audio-device-error.ts";
import { FRAME_MS, MIC_RATE_HZ } from "./audio-frame.ts";
import { Complaint, endProgram, howItEnded, type ProgramEnvironment, startRecorder } from "./device-program.ts";
import { toFrames } from "./frames.ts";
import type { Microphone } from "./microphone.ts";
import { pulseSource } from "./pulse-source.ts";

/** arecord takes about a second to start; under PulseAudio's plugin two. */
const MAX_SILENT_SECONDS = 6;

export const RECORDERS = ["parec", "arecord", "sox", "rec"] as const;
export type RecorderName = (typeof RECORDERS)[number];

const PACKAGES = { parec: "pulseaudio-utils", arecord: "alsa-utils", sox: "sox", rec: "sox" } as const;
/** What to do when the program is there and the device is not. */
const MENDS: Readonly<Record<RecorderName, string>> = {
  parec: "`pactl list short sources` tells what there is; set audio.microphone.",
  arecord: "`arecord -L` tells what there is; set audio.microphone.",
  sox: "Set audio.microphone to the name of a device.",
  rec: "Set audio.microphone to the name of a device.",
};

export interface RecorderMicrophoneOptions {
  /** The program that records. */
  readonly recorder: RecorderName;
  /** The program's name for the device, such as `hw:1,0`; the default device where it is left out. */
  readonly device?: string | undefined;
  /** What `parec` and `arecord` are started with; the others get this process's own. */
  readonly environment: ProgramEnvironment;
}

/**
 * The system's microphone, by way of a recording program: in pieces of 20 ms from `parec` and `arecord`, of up to a
 * quarter of a second from `sox` and `rec`. Errors with "not-found" when the program or the device is missing, and with
 * "lost" when sound stops coming. Unsubscribing ends the program.
 */
export function recorderMicrophone(options: RecorderMicrophoneOptions): Microphone {
  const name = options.device === undefined ? options.recorder : `${options.recorder} ${options.device}`;
  return {
    name,
    frames$: recordedBytes(options, name).pipe(neverSilent(name), toFrames()),
  };
}

/** Looks once a second: a timer for each of fifty pieces a second would cost as much as the pieces. */
function neverSilent(name: string): MonoTypeOperatorFunction<Uint8Array> {
  return (bytes$) =>
    defer(() => {
      let quietSeconds = 0;
      const watch$ = interval(1_000).pipe(
        tap(() => {
          quietSeconds += 1;
          if (quietSeconds < MAX_SILENT_SECONDS) return;
          throw new AudioDeviceError("lost", `${name} has sent no sound for ${MAX_SILENT_SECONDS} s.`);
        }),
        ignoreElements(),
      );
      return merge(
        bytes$.pipe(
          tap(() => {
            quietSeconds = 0;
          }),
        ),
        watch$,
      );
    });
}

function recordedBytes(options: RecorderMicrophoneOptions, name: string): Observable<Uint8Array> {
  const { recorder, device } = options;
  return new Observable((subscriber) => {
    const { program, sound } = start(options);
    const complaint = new Complaint();
    let heard = false;
    const source = recorder === "parec" ? pulseSource(name, device, (error) => subscriber.error(error)) : undefined;
    program.stderr.on("data", (text: Buffer) => {
      complaint.add(source === undefined ? text.toString() : source.complaintIn(text.toString()));
    });
    sound.on("data", (bytes: Buffer) => {
      if (source?.connected === false) return;
      heard = true;
      subscriber.next(bytes);
    });
    // The package's own error, a string, says less than the exit does; without a listener it would end the process.
    sound.on("error", () => undefined);
    program.on("error", (cause: NodeJS.ErrnoException) => {
      const mend = cause.code === "ENOENT" ? ` Install ${PACKAGES[recorder]} or choose another recorder.` : "";
      subscriber.error(
        new AudioDeviceError("not-found", `Cannot start ${recorder}: ${cause.message}.${mend}`, { cause }),
      );
    });
    program.on("close", (code, signal) => {
      const what = `The microphone ${name} ${howItEnded(code, signal)}.${complaint.sentence}`;
      subscriber.error(
        heard ? new AudioDeviceError("lost", what) : new AudioDeviceError("not-found", `${what} ${MENDS[recorder]}`),
      );
    });
    return () => endProgram(program);
  });
}

/** The package knows `sox` and `rec` well; it cannot ask `arecord` for pieces shorter than 125 ms, nor `parec` at all. */
function start({ recorder, device, environment }: RecorderMicrophoneOptions) {
  if (recorder === "sox" || recorder === "rec") {
    const options = { recorder, sampleRate: MIC_RATE_HZ, channels: 1, audioType: "raw" } as const;
    const { process: program } = recorders.record({ ...options, ...(device !== undefined && { device }) });
    return { program, sound: program.stdout };
  }
  const args = recorder === "parec" ? parecArgs(device) : arecordArgs(device);
  const program = startRecorder({ program: recorder, args, environment });
  return { program, sound: program.stdout };
}

function arecordArgs(device: string | undefined): readonly string[] {
  const periods = [`--period-time=${FRAME_MS * 1_000}`, `--buffer-time=${FRAME_MS * 4_000}`];
  const format = ["-q", "-t", "raw", "-f", "S16_LE", "-r", String(MIC_RATE_HZ), "-c", "1"];
  return [...(device === undefined ? [] : ["-D", device]), ...format, ...periods, "-"];
}

/** Told to be verbose it says which source it records, and when that becomes another. */
function parecArgs(device: string | undefined): readonly string[] {
  const format = ["--raw", "--format=s16le", `--rate=${MIC_RATE_HZ}`, "--channels=1", `--latency-msec=${FRAME_MS}`];
  const named = ["--client-name=codriver", "--stream-name=microphone"];
  return ["--verbose", ...(device === undefined ? [] : [`--device=${device}`]), ...format, ...named];
}
