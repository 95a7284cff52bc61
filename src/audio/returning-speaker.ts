import { catchError, defer, distinctUntilChanged, map, type Observable, of, repeat, startWith, tap, timer } from "rxjs";
import { type Backoff, backoffMs } from "../shared/backoff.ts";
import { AudioDeviceError } from "./audio-device-error.ts";
import { DEVICE_BACKOFF, type Outage, outages } from "./outages.ts";
import type { Speaker, SpeakerDevice } from "./speaker.ts";

/** Of a device that has never been there. */
const USUAL_LATENCY_MS = 30;

export interface ReturningSpeakerOptions {
  /** Whether it is an error when the speaker is missing from the start; otherwise it is waited for. */
  readonly insist: boolean;
  readonly tell: (outage: Outage) => void;
  readonly backoff?: Backoff;
}

/**
 * A speaker that stays: when the device is lost it is opened again, with growing pauses and for as long as it takes.
 * What is written while there is none is not heard, and takes as long as if it were, so that no reply waits for ever.
 */
export function returningSpeaker(speaker$: Speaker, options: ReturningSpeakerOptions): Speaker {
  return defer(() => {
    let device: SpeakerDevice | undefined;
    let latencyMs = USUAL_LATENCY_MS;
    const steady: SpeakerDevice = {
      get name() {
        return device?.name ?? "a speaker that is away";
      },
      get latencyMs() {
        return latencyMs;
      },
      write: (pcm) => device?.write(pcm),
      flush: () => device?.flush(),
    };
    return comingAndGoing(speaker$, options).pipe(
      map((now) => {
        device = now;
        latencyMs = now?.latencyMs ?? latencyMs;
        return steady;
      }),
      distinctUntilChanged(),
    );
  });
}

function comingAndGoing(
  speaker$: Speaker,
  { insist, tell, backoff = DEVICE_BACKOFF }: ReturningSpeakerOptions,
): Observable<SpeakerDevice | undefined> {
  return defer(() => {
    const history = outages("The speaker", tell);
    let retryInMs = 0;
    const devices$ = speaker$.pipe(
      tap(() => history.works()),
      catchError((error: unknown) => {
        if (!(error instanceof AudioDeviceError) || (insist && !history.hasWorked)) throw error;
        retryInMs = backoffMs(history.fails(error.message), backoff);
        return of(undefined);
      }),
      repeat({ delay: () => timer(retryInMs) }),
    );
    return insist ? devices$ : devices$.pipe(startWith(undefined));
  });
}
