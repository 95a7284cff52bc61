import { type DecisionOptions, decide, UNDECIDED } from "../../src/wake/wake-decision.ts";
import { type HeadWeights, score } from "../../src/wake/wake-head.ts";
import type { Clip } from "./clips.ts";
import { type Extract, hopEndMs } from "./examples.ts";
import { samplesIn } from "./sound.ts";

/** How a head did on a set of clips. */
export interface Figures {
  readonly clips: number;
  /** Clips in which it fired at all. */
  readonly fired: number;
  /** Clips in which it fired as often as the word was said. */
  readonly right: number;
  readonly hours: number;
  /** From the end of the word to the decision, where it is said once. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number };
  /** The clips in which it did not fire as often as the word was said, and the highest score in each. */
  readonly wrong: readonly string[];
}

/** Runs clips through the features, a head and the decision, as the detector does. */
export async function measure(
  clips: readonly Clip[],
  weights: HeadWeights,
  options: DecisionOptions,
  extract: Extract,
): Promise<Figures> {
  const latencies: number[] = [];
  const wrong: string[] = [];
  let [fired, samples] = [0, 0];
  for (const { sound, wordEndsMs, of } of clips) {
    const features = await extract(sound);
    const scores = Array.from({ length: features.hops }, (_, hop) => score(weights, features.window(hop)));
    const detections = detectionsMs(scores, options);
    samples += sound.length;
    fired += detections.length > 0 ? 1 : 0;
    if (detections.length !== wordEndsMs.length) wrong.push(`${of} (${Math.max(...scores).toFixed(2)})`);
    const [first, end] = [detections[0], wordEndsMs[0]];
    if (wordEndsMs.length === 1 && first !== undefined && end !== undefined) latencies.push(first - end);
  }
  const counted = {
    clips: clips.length,
    fired,
    right: clips.length - wrong.length,
    hours: samples / samplesIn(3_600_000),
  };
  return latencies.length === 0 ? { ...counted, wrong } : { ...counted, latencyMs: percentiles(latencies), wrong };
}

/** When a stream of scores is decided to be the word, in milliseconds after its start. */
export function detectionsMs(scores: readonly number[], options: DecisionOptions): readonly number[] {
  let state = UNDECIDED;
  return scores.flatMap((value, hop) => {
    state = decide(state, value, options);
    return state.detected ? [hopEndMs(hop)] : [];
  });
}

/** The rate an hour that would bring so few detections in so many hours only once in twenty times. */
export function boundPerHour(fired: number, hours: number): number {
  let [low, high] = [0, 10 * fired + 10];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (poissonAtMost(fired, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high / hours;
}

/** Wilson's interval of 95 % for a share. */
export function wilson(hits: number, of: number): { readonly low: number; readonly high: number } {
  const [z, share] = [1.96, hits / of];
  const middle = share + z ** 2 / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const whole = 1 + z ** 2 / of;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

function poissonAtMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let k = 0; k <= count; k++) {
    sum += term;
    term *= mean / (k + 1);
  }
  return sum;
}

function percentiles(values: readonly number[]): { readonly p50: number; readonly p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}
