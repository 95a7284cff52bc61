import { mergeMap, Observable, type OperatorFunction, type Subscriber, scan } from "rxjs";

import { quiet } from "../../audio/frames.ts";
import type { VoiceEvent } from "../../audio/voice-event.ts";
import { openSilero, type VoiceModel } from "./silero.ts";
import { followSpeech, type JudgedFrame, NO_SPEECH } from "./speech-events.ts";
import { FRAME_MS, FRAME_SAMPLES } from "./voice-activity.ts";
import { type MarkedFrame, toVoiceFrames, type VoiceFrame } from "./voice-frames.ts";

export interface VoiceDetectorOptions {
  /** Told why, once, when the model fails: streams complete from then on. */
  readonly onLost?: (reason: string) => void;
  readonly open?: () => Promise<VoiceModel>;
}

/** The port `VoiceDetector` of `turn/`. One stream at a time: a subscription makes the model forget the one before. */
export interface OpenVoiceDetector {
  detect(frames$: Observable<MarkedFrame>): Observable<VoiceEvent>;
}

/** Sound that waits longer is dropped, the oldest first: a pause for it would come too late. */
const MAX_WAITING_FRAMES = Math.round(500 / FRAME_MS);
/** The model cannot be told to forget what it has heard; after a third of a second of quiet it has. */
const FORGETTING_FRAMES = 10;

/**
 * Silero VAD, in this thread: a frame of 32 ms takes it a fifth of a millisecond, and only while somebody listens; it
 * holds 8 MB, where a thread of its own would hold 20. Resolves when the model is loaded; rejects when it cannot be.
 */
export async function openVoiceDetector(options: VoiceDetectorOptions = {}): Promise<OpenVoiceDetector> {
  const { open = openSilero, onLost } = options;
  const model = await open();
  // The first frames are the slowest, and no reply waits for them now.
  await forget(model);
  let isLost = false;
  const lose = (error: unknown): void => {
    if (!isLost) onLost?.(`The voice detector failed: ${error instanceof Error ? error.message : String(error)}`);
    isLost = true;
  };
  return {
    detect(frames$) {
      return frames$.pipe(
        toVoiceFrames(),
        judged(model, () => isLost, lose),
        scan(followSpeech, NO_SPEECH),
        mergeMap(({ output }) => output),
      );
    },
  } satisfies OpenVoiceDetector;
}

async function forget(model: VoiceModel): Promise<void> {
  const frame = quiet(FRAME_SAMPLES);
  for (let count = 0; count < FORGETTING_FRAMES; count++) await model(frame);
}

function judged(
  model: VoiceModel,
  isLost: () => boolean,
  lose: (error: unknown) => void,
): OperatorFunction<VoiceFrame, JudgedFrame> {
  return (frames$) =>
    new Observable((subscriber) => {
      if (isLost()) return subscriber.complete();
      const waiting: VoiceFrame[] = [];
      const fail = (error: unknown): void => {
        lose(error);
        subscriber.complete();
      };
      let working = forget(model).catch(fail);
      const work = (): void => {
        working = working.then(() => judgeAll(model, waiting, subscriber)).catch(fail);
      };
      return frames$.subscribe({
        next: (frame) => {
          waiting.push(frame);
          if (waiting.length > MAX_WAITING_FRAMES) waiting.shift();
          work();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          work();
          working = working.then(() => subscriber.complete());
        },
      });
    });
}

async function judgeAll(model: VoiceModel, waiting: VoiceFrame[], judged: Subscriber<JudgedFrame>): Promise<void> {
  for (let frame = waiting.shift(); frame !== undefined && !judged.closed; frame = waiting.shift()) {
    const { endMs, ownVoice, level } = frame;
    judged.next({ endMs, ownVoice, level, probability: await model(frame.pcm) });
  }
}
