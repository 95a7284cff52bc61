import { catchError, defer, EMPTY, from, type Observable, repeat, tap, timer } from "rxjs";
import { type Backoff, backoffMs } from "../shared/backoff.ts";
import { AudioDeviceError } from "./audio-device-error.ts";
import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "./audio-frame.ts";
import { capturedNow, quiet } from "./frames.ts";
import type { Microphone } from "./microphone.ts";
import { DEVICE_BACKOFF, type Outage, outages } from "./outages.ts";

/** Longer than the pre-roll, and than what a wake word is judged by: what was said before a gap is forgotten. */
const FORGET_MS = 3_000;

/**
 * The same microphone, which is opened again, with growing pauses and for as long as it takes, when it is lost. Each
 * outage is told. Between what was heard before and after it come 3 s of quiet at once, so that nothing is made of the
 * two together. A microphone that was never there, or fails in another way, errors as before.
 */
export function returningMicrophone(
  microphone: Microphone,
  tell: (outage: Outage) => void,
  backoff: Backoff = DEVICE_BACKOFF,
): Microphone {
  const frames$ = defer(() => {
    const history = outages(`The microphone ${microphone.name}`, tell);
    let retryInMs = 0;
    return microphone.frames$.pipe(
      tap(() => history.works()),
      catchError((error: unknown) => {
        if (!(error instanceof AudioDeviceError) || !history.hasWorked) throw error;
        const isFirst = !history.isOut;
        retryInMs = backoffMs(history.fails(error.message), backoff);
        return isFirst ? forgetting() : EMPTY;
      }),
      repeat({ delay: () => timer(retryInMs) }),
    );
  });
  return { name: microphone.name, frames$ };
}

function forgetting(): Observable<AudioFrame> {
  return from(Array.from({ length: FORGET_MS / FRAME_MS }, () => quiet(FRAME_SAMPLES))).pipe(capturedNow());
}
