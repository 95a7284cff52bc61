import {
  concatMap,
  defer,
  EMPTY,
  endWith,
  filter,
  finalize,
  map,
  merge,
  type OperatorFunction,
  Subject,
  scan,
  switchMap,
  type TimestampProvider,
  takeWhile,
  tap,
  timer,
} from "rxjs";
import type { PlaybackCommand, PlaybackEvent } from "./playback-event.ts";
import { nextPlayout, nextStepInMs } from "./playout.ts";
import { type Moment, type Playout, SILENT } from "./playout-state.ts";
import type { SpeakerDevice } from "./speaker.ts";

export type { PlaybackCommand, PlaybackEvent, PlayedItem } from "./playback-event.ts";

export interface PlaybackOptions {
  readonly device: SpeakerDevice;
  /** `fast` plays everything the moment it comes. Default `real-time`. */
  readonly pace?: "real-time" | "fast";
  /** Default: the process's monotonic clock, which does not jump when the car's clock is set. */
  readonly clock?: TimestampProvider;
}

/**
 * Plays replies and knows what has been heard of them. The first samples go to the device at once; then it is kept at
 * most 100 ms ahead, so that an interruption is heard as one and little has to be taken back.
 *
 * A pause takes back what the device has not played; `resume` goes on with the sample that was next to be heard, as far
 * as the device can forget what it was given.
 *
 * Each reply is kept up to 60 s, and 10 s of replies that wait behind it; the newest samples beyond are dropped and
 * reported. Completes when the commands do and all has been heard; unsubscribing silences the device.
 */
export function playback(options: PlaybackOptions): OperatorFunction<PlaybackCommand, PlaybackEvent> {
  const { device, pace = "real-time", clock = performance } = options;
  const fast = pace === "fast";
  const moment = (): Moment => ({ nowMs: clock.now(), latencyMs: fast ? 0 : device.latencyMs, fast });

  return (commands$) =>
    defer(() => {
      // The one loop: each step says when the next is due.
      const due$ = new Subject<number | undefined>();
      const ticks$ = due$.pipe(
        switchMap((ms) => (ms === undefined ? EMPTY : timer(ms).pipe(map((): Input => "tick")))),
      );

      return merge(commands$.pipe(endWith<Input>("end")), ticks$).pipe(
        scan(
          ({ playout, ending }, input) => ({
            playout: nextPlayout(playout, commandOf(input), moment()),
            ending: ending || input === "end",
          }),
          { playout: SILENT, ending: false },
        ),
        tap(({ playout }) => {
          perform(device, playout);
          due$.next(nextStepInMs(playout, moment()));
        }),
        takeWhile(({ playout, ending }) => !ending || nextStepInMs(playout, moment()) !== undefined, true),
        filter(({ playout }) => playout.events.length > 0),
        concatMap(({ playout }) => playout.events),
        finalize(() => device.flush()),
      );
    });
}

type Input = PlaybackCommand | "tick" | "end";

/** Once the commands have ended nobody is left to resume: what is paused then is played to its end. */
function commandOf(input: Input): PlaybackCommand | undefined {
  if (input === "end") return { type: "resume" };
  return input === "tick" ? undefined : input;
}

function perform(device: SpeakerDevice, { flush, writes }: Playout): void {
  if (flush) device.flush();
  for (const pcm of writes) device.write(pcm);
}
