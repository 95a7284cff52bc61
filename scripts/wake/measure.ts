import { type DecisionOptions, decide, UNDECIDED } from "../../src/wake/wake-decision.ts";
import { type HeadWeights, score } from "../../src/wake/wake-head.ts";
import type { Clip } from "./clips.ts";
import { type Extract, type Features, hopEndMs } from "./examples.ts";
import { samplesIn } from "./sound.ts";

/** How a head did on a set of clips. */
export interface Figures {
  readonly clips: number;
  /** Clips with a detection in them. */
  readonly fired: number;
  readonly hours: number;
  /** From the end of the word to the decision, where the word's end is known. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number };
}

/** Runs clips through the features, a head and the decision, as the detector does. */
export async function measure(
  clips: readonly Clip[],
  weights: HeadWeights,
  options: DecisionOptions,
  extract: Extract,
): Promise<Figures> {
  const latencies: number[] = [];
  let [fired, samples] = [0, 0];
  for (const { sound, wordEndMs } of clips) {
    const at = firstDetectionMs(await extract(sound), weights, options);
    samples += sound.length;
    fired += at === undefined ? 0 : 1;
    if (at !== undefined && wordEndMs !== undefined) latencies.push(at - wordEndMs);
  }
  const sorted = latencies.sort((a, b) => a - b);
  const share = (part: number): number => Math.round(sorted[Math.floor(sorted.length * part)] ?? 0);
  const counted = { clips: clips.length, fired, hours: round(samples / samplesIn(3_600_000)) };
  return sorted.length === 0 ? counted : { ...counted, latencyMs: { p50: share(0.5), p95: share(0.95) } };
}

/** The rate an hour that would bring so few detections in so many hours only once in twenty times. */
export function boundPerHour({ fired, hours }: Figures): number {
  let [low, high] = [0, 10 * fired + 10];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (poissonAtMost(fired, middle) > 0.05) low = middle;
    else high = middle;
  }
  return round(high / hours);
}

function poissonAtMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let k = 0; k <= count; k++) {
    sum += term;
    term *= mean / (k + 1);
  }
  return sum;
}

function firstDetectionMs(features: Features, weights: HeadWeights, options: DecisionOptions): number | undefined {
  let state = UNDECIDED;
  for (let hop = 0; hop < features.hops; hop++) {
    state = decide(state, score(weights, features.window(hop)), options);
    if (state.detected) return hopEndMs(hop);
  }
  return undefined;
}

const round = (value: number): number => Math.round(value * 100) / 100;
