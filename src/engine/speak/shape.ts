import type { Voice } from "./speech.ts";

/**
 * Brings the loudest samples of ten ordinary sentences to about −3 dBFS (23,200). Fixed for each voice, so that a clause
 * is as loud alone as in a sentence. Measured peaks: slt 22,800, rms 16,400, awb 22,400, kal16 14,500.
 */
const GAIN: Readonly<Record<Voice, number>> = { slt: 1.02, rms: 1.41, awb: 1.04, kal16: 1.6 };

/** Of the clause's own peak; flite's silences are ten times below. */
const AUDIBLE = 0.02;
const LEAD_MS = 5;
const TAIL_MS = 40;

/** Cuts flite's 150–300 ms of silence before a clause and what follows it, and sets the voice's level. */
export function shape(pcm: Int16Array, rateHz: number, voice: Voice): Int16Array {
  const threshold = pcm.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) * AUDIBLE;
  const isAudible = (sample: number): boolean => Math.abs(sample) > threshold;
  const first = pcm.findIndex(isAudible);
  const last = pcm.findLastIndex(isAudible);
  if (first < 0) return new Int16Array(0);

  const from = Math.max(0, first - (LEAD_MS * rateHz) / 1000);
  const to = Math.min(pcm.length, last + 1 + (TAIL_MS * rateHz) / 1000);
  return pcm.slice(from, to).map((sample) => clamp(Math.round(sample * GAIN[voice])));
}

function clamp(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, sample));
}
