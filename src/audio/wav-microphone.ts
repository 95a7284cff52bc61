import { defer, switchMap } from "rxjs";
import { FRAME_SAMPLES, MIC_RATE_HZ } from "./audio-frame.ts";
import { capturedNow, filledFrame, quiet } from "./frames.ts";
import type { Microphone } from "./microphone.ts";
import { type Pace, paced } from "./paced.ts";
import { createResampler, joined } from "./resample.ts";
import { readWav } from "./wav.ts";

/** Longer than servers wait for the end of speech. */
const TRAILING_SILENCE_MS = 1_500;

export interface WavMicrophoneOptions {
  readonly pace: Pace;
  /** How much quiet follows the file, so that its last word is followed by an end. Default 1,500 ms. */
  readonly trailingSilenceMs?: number;
}

/** Plays a WAV file into the microphone port, then quiet, then completes. Errors with "bad-file". */
export function wavMicrophone(path: string, options: WavMicrophoneOptions): Microphone {
  const { pace, trailingSilenceMs = TRAILING_SILENCE_MS } = options;
  return {
    name: path,
    frames$: defer(() => readAtMicRate(path)).pipe(
      switchMap((speech) => {
        const silence = quiet((trailingSilenceMs * MIC_RATE_HZ) / 1000);
        return paced(framesOf(joined([speech, silence])), pace);
      }),
      capturedNow(),
    ),
  };
}

async function readAtMicRate(path: string): Promise<Int16Array> {
  const { pcm, rateHz } = await readWav(path);
  const resampler = await createResampler(rateHz, MIC_RATE_HZ);
  const resampled = joined([resampler.push(pcm), resampler.flush()]);
  resampler.close();
  return resampled;
}

function framesOf(pcm: Int16Array): (index: number) => Int16Array | undefined {
  return (index) => {
    const frame = pcm.slice(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES);
    return frame.length === 0 ? undefined : filledFrame(frame);
  };
}
