import { Observable } from "rxjs";

import { createResampler, type Resampler } from "../../audio/resample.ts";
import { audioQueue } from "../../engine/hear/audio-queue.ts";
import { FRAME_MS } from "../../engine/hear/voice-activity.ts";
import { levelOf } from "../../engine/hear/voice-frames.ts";
import { afterCommit, afterFrame, type Heard, type Listening, NOTHING_HEARD, type TurnRules } from "./listening.ts";
import type { LentVoice } from "./voices.ts";

export interface Timing extends TurnRules {
  readonly inputRateHz: number;
}

/** What a session asks of its ear, in order. */
export type EarEffect =
  | { readonly type: "listen"; readonly timing: Timing }
  | { readonly type: "append"; readonly pcm: Int16Array }
  | { readonly type: "commit" }
  | { readonly type: "clear" };

const HEARING_RATE_HZ = 16_000;
/** Messages that wait while the model is slow: 10 s of 20 ms. Newer audio is dropped, the beginning can be understood. */
const MAX_WAITING = 512;
const MAX_QUEUED_FRAMES = Math.round(30_000 / FRAME_MS);

/** Listens to one session. Unsubscribing gives its model back; when none can be had, `failed` is the last thing heard. */
export function covoEar(
  effects$: Observable<EarEffect>,
  timing: Timing,
  borrow: () => Promise<LentVoice>,
): Observable<Heard> {
  return new Observable((subscriber) => {
    const waiting: EarEffect[] = [];
    const organs = createOrgans(timing, borrow, (heard) => subscriber.next(heard));
    let working: Promise<void> | undefined;

    const work = async (): Promise<void> => {
      for (let effect = waiting.shift(); effect !== undefined && !subscriber.closed; effect = waiting.shift()) {
        await organs.obey(effect);
      }
      working = undefined;
    };
    const fail = (error: unknown): void => {
      const reason = error instanceof Error ? error.message : String(error);
      subscriber.next({ type: "failed", reason });
      subscriber.complete();
    };
    subscriber.add(
      effects$.subscribe({
        next: (effect) => {
          if (effect.type === "append" && waiting.length >= MAX_WAITING) return;
          waiting.push(effect);
          working ??= work().catch(fail);
        },
        error: (error: unknown) => subscriber.error(error),
      }),
    );
    // A model that judges a frame may not be lent to anybody else.
    subscriber.add(() => void (working ?? Promise.resolve()).then(() => organs.close()));
  });
}

function createOrgans(initial: Timing, borrow: () => Promise<LentVoice>, hear: (heard: Heard) => void) {
  const queue = audioQueue<"commit">(MAX_QUEUED_FRAMES);
  let timing = initial;
  let listening: Listening = NOTHING_HEARD;
  let voice: LentVoice | undefined;
  let resampler: { readonly rateHz: number; readonly converter: Resampler } | undefined;
  let atSample = 0;

  const step = (next: Listening): void => {
    listening = next;
    next.output.forEach(hear);
  };
  const resample = async (pcm: Int16Array): Promise<Int16Array> => {
    const { inputRateHz: rateHz } = timing;
    if (resampler?.rateHz !== rateHz) {
      resampler?.converter.close();
      resampler = { rateHz, converter: await createResampler(rateHz, HEARING_RATE_HZ) };
    }
    return resampler.converter.push(pcm);
  };
  const drain = async (): Promise<void> => {
    voice ??= await borrow();
    for (let item = queue.next(); item !== undefined; item = queue.next()) {
      if (item.type === "request") {
        step(afterCommit(listening, atSample, timing));
        continue;
      }
      const { pcm, endSample } = item;
      atSample = endSample;
      const probability = timing.turns === "server" ? await voice.judge(pcm) : 0;
      step(afterFrame(listening, { pcm, endSample, probability, level: levelOf(pcm) }, timing));
    }
  };

  return {
    async obey(effect: EarEffect): Promise<void> {
      switch (effect.type) {
        case "listen":
          if (effect.timing.turns !== timing.turns) step(NOTHING_HEARD);
          timing = effect.timing;
          return;
        case "append":
          queue.append(await resample(effect.pcm));
          return drain();
        case "commit":
          queue.request("commit");
          return drain();
        case "clear":
          step(NOTHING_HEARD);
      }
    },
    close(): void {
      resampler?.converter.close();
      voice?.giveBack();
    },
  };
}
