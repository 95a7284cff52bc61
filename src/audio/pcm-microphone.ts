import type { Readable } from "node:stream";
import { catchError, defer, from, fromEvent, map, type Observable, takeUntil } from "rxjs";
import { AudioDeviceError } from "./audio-device-error.ts";
import { FRAME_SAMPLES } from "./audio-frame.ts";
import { capturedNow, filledFrame, samplesOf, toFrames } from "./frames.ts";
import type { Microphone } from "./microphone.ts";
import { paced } from "./paced.ts";

export interface PcmMicrophoneOptions {
  readonly name?: string;
  /**
   * `as-it-comes` (default): whoever writes the stream sets the pace. `real-time`: one frame each 20 ms, with quiet
   * where the stream has nothing yet; what is written faster waits in the stream.
   */
  readonly pace?: "as-it-comes" | "real-time";
}

/**
 * A microphone fed with 16 kHz mono s16le bytes, for instance from a pipe. Completes when the stream ends and errors
 * with "lost" when it fails. A stream can be heard only once.
 */
export function pcmMicrophone(stream: Readable, options: PcmMicrophoneOptions = {}): Microphone {
  const { name = "PCM stream", pace = "as-it-comes" } = options;
  const lost = (cause: unknown): never => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AudioDeviceError("lost", `${name} failed: ${reason}.`, { cause });
  };
  const frames$ =
    pace === "as-it-comes"
      ? from(stream as AsyncIterable<Uint8Array>).pipe(catchError(lost), toFrames())
      : inRealTime(stream).pipe(capturedNow(), takeUntil(fromEvent(stream, "error").pipe(map(lost))));
  return { name, frames$: defer(() => (stream.errored === null ? frames$ : lost(stream.errored))) };
}

function inRealTime(stream: Readable): Observable<Int16Array> {
  return paced(() => {
    const bytes = stream.read(FRAME_SAMPLES * 2) as Uint8Array | null;
    if (bytes !== null) return filledFrame(samplesOf(bytes));
    return stream.readableEnded || stream.destroyed ? undefined : filledFrame(new Int16Array(0));
  }, "real-time");
}
