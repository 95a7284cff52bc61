import { Observable, Subscription } from "rxjs";

import { createResampler, type Resampler } from "../audio/resample.ts";
import type { EnginePorts } from "./engine-ports.ts";
import type { Effect } from "./engine-state.ts";
import type { Hearing, HearingEvent } from "./hear/hearing.ts";

export type EarEffect = Effect & { type: "append" | "commit" | "clear" | "understand" };

const HEARING_RATE_HZ = 16_000;
/** Effects that wait while models load: 10 s of 20 ms frames. Newer audio is dropped, the beginning can be understood. */
const MAX_WAITING = 512;

/**
 * Runs the effects on one session's ear, in order. The ear is opened when it is first told what to listen for, and
 * closed by unsubscribing. What it hears is emitted; when it cannot be opened, `failed` is the last thing heard.
 */
export function ear(
  effects$: Observable<EarEffect>,
  ports: Pick<EnginePorts, "openHearing">,
): Observable<HearingEvent> {
  return new Observable((subscriber) => {
    const organs = createOrgans(ports, (event) => subscriber.next(event));
    const waiting: EarEffect[] = [];
    let changing = false;

    const drain = (): void => {
      while (!changing) {
        const effect = waiting.shift();
        if (effect === undefined) return;
        if (effect.type === "understand") change(effect);
        else organs.feed(effect);
      }
    };
    const change = (effect: EarEffect & { type: "understand" }): void => {
      changing = true;
      organs.listen(effect).then(
        () => {
          changing = false;
          drain();
        },
        (error: unknown) => {
          subscriber.next(failureOf(error));
          subscriber.complete();
        },
      );
    };
    subscriber.add(
      effects$.subscribe({
        next: (effect) => {
          if (effect.type === "append" && waiting.length >= MAX_WAITING) return;
          waiting.push(effect);
          drain();
        },
        error: (error: unknown) => subscriber.error(error),
      }),
    );
    subscriber.add(() => organs.close());
  });
}

/** The recogniser of one session and the resampler before it. After `close`, what was still opening is closed as well. */
function createOrgans(ports: Pick<EnginePorts, "openHearing">, hear: (event: HearingEvent) => void) {
  const opened = new Subscription();
  let hearing: Hearing | undefined;
  let resampler: Resampler | undefined;
  let rateHz = 0;

  return {
    async listen({ grammar, inputRateHz }: EarEffect & { type: "understand" }): Promise<void> {
      if (inputRateHz !== rateHz) {
        resampler?.close();
        rateHz = inputRateHz;
        resampler = await createResampler(rateHz, HEARING_RATE_HZ);
      }
      if (hearing !== undefined) {
        hearing.setGrammar(grammar);
        return;
      }
      const fresh = await ports.openHearing(grammar);
      hearing = fresh;
      opened.add(() => fresh.close());
      opened.add(fresh.events$.subscribe({ next: hear, error: (error: unknown) => hear(failureOf(error)) }));
    },
    feed(effect: EarEffect & { type: "append" | "commit" | "clear" }): void {
      if (effect.type === "commit") hearing?.commit();
      else if (effect.type === "clear") hearing?.clear();
      else for (const block of blocksOf(resampler?.push(effect.pcm))) hearing?.append(block);
    },
    close(): void {
      opened.unsubscribe();
      resampler?.close();
    },
  };
}

/** The ear takes up to a second at once. */
function* blocksOf(pcm: Int16Array = new Int16Array(0)): Generator<Int16Array> {
  for (let at = 0; at < pcm.length; at += HEARING_RATE_HZ) yield pcm.subarray(at, at + HEARING_RATE_HZ);
}

function failureOf(error: unknown): HearingEvent {
  return { type: "failed", reason: error instanceof Error ? error.message : "it cannot be opened" };
}
