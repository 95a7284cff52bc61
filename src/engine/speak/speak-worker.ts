import { parentPort } from "node:worker_threads";
import { SPEAKER_RATE_HZ } from "../../audio/audio-frame.ts";
import { createClipResampler } from "../../audio/resample.ts";
import { FLITE_RATE_HZ, openFlite } from "./flite.ts";
import { shape } from "./shape.ts";
import type { Voice } from "./speech.ts";

/** One clause to speak. `stretch` is its duration relative to the voice's own. */
export interface Phrase {
  readonly text: string;
  readonly voice: Voice;
  readonly stretch: number;
  readonly rateHz: 16_000 | 24_000;
}

/** `ready` comes once and first; afterwards one answer for each phrase, in order. */
export type WorkerAnswer =
  | { readonly type: "ready" }
  | { readonly type: "spoken"; readonly pcm: Int16Array }
  | { readonly type: "failed"; readonly reason: string };

const [flite, to24kHz] = await Promise.all([openFlite(), createClipResampler(FLITE_RATE_HZ, SPEAKER_RATE_HZ)]);

function answer({ text, voice, stretch, rateHz }: Phrase): WorkerAnswer {
  try {
    const pcm = shape(flite.render(text, voice, stretch), FLITE_RATE_HZ, voice);
    return { type: "spoken", pcm: rateHz === FLITE_RATE_HZ ? pcm : to24kHz(pcm) };
  } catch (error) {
    return { type: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (phrase: Phrase) => {
  const result = answer(phrase);
  parentPort?.postMessage(result, result.type === "spoken" ? [result.pcm.buffer as ArrayBuffer] : []);
});
parentPort?.postMessage({ type: "ready" } satisfies WorkerAnswer);
