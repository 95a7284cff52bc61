import { mergeMap, type OperatorFunction, scan } from "rxjs";

import { type AudioFrame, FRAME_SAMPLES as MIC_FRAME_SAMPLES, MIC_RATE_HZ } from "../../audio/audio-frame.ts";
import { FRAME_SAMPLES } from "./voice-activity.ts";

/** A frame of the microphone that may be our own voice coming back. */
export interface MarkedFrame extends AudioFrame {
  readonly ownVoice?: boolean;
}

/** 512 samples of the microphone, as the voice model wants them. */
export interface VoiceFrame {
  readonly pcm: Int16Array;
  /** When the last sample was captured. */
  readonly endMs: number;
  /** Most of it is our own voice. */
  readonly ownVoice: boolean;
  /** The effective value of its samples. */
  readonly level: number;
}

interface Cutting {
  readonly pcm: Int16Array;
  readonly ownSamples: number;
  readonly frames: readonly VoiceFrame[];
}

/** Cuts the microphone's frames anew. Samples that do not fill a frame at the end are not worth judging. */
export function toVoiceFrames(): OperatorFunction<MarkedFrame, VoiceFrame> {
  return (frames$) =>
    frames$.pipe(
      scan(cut, { pcm: new Int16Array(0), ownSamples: 0, frames: [] } as Cutting),
      mergeMap(({ frames }) => frames),
    );
}

function cut({ pcm: rest, ownSamples }: Cutting, { pcm, capturedAt, ownVoice = false }: MarkedFrame): Cutting {
  const taken = pcm.subarray(0, MIC_FRAME_SAMPLES);
  const own = ownSamples + (ownVoice ? taken.length : 0);
  const joined = new Int16Array(rest.length + taken.length);
  joined.set(rest);
  joined.set(taken, rest.length);
  if (joined.length < FRAME_SAMPLES) return { pcm: joined, ownSamples: own, frames: [] };

  const later = joined.length - FRAME_SAMPLES;
  const ownLater = ownVoice ? later : 0;
  const frame: VoiceFrame = {
    pcm: joined.slice(0, FRAME_SAMPLES),
    endMs: capturedAt - (later * 1000) / MIC_RATE_HZ,
    ownVoice: (own - ownLater) * 2 > FRAME_SAMPLES,
    level: levelOf(joined.subarray(0, FRAME_SAMPLES)),
  };
  return { pcm: joined.subarray(FRAME_SAMPLES), ownSamples: ownLater, frames: [frame] };
}

/** The effective value of its samples. */
export function levelOf(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / pcm.length);
}
