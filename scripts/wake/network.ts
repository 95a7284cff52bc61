import { EMBEDDING_SIZE, WINDOW_SIZE } from "../../src/wake/hop.ts";
import { dot, type HeadWeights } from "../../src/wake/wake-head.ts";
import type { Random } from "./random.ts";

/** A window and how much of a word it is, 0 to 1. */
export interface Example {
  readonly window: Float32Array;
  readonly target: number;
}

/** Mean and deviation of each number of an embedding. */
export interface Scale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Trains one network, a batch at a time. */
export interface Trainer {
  readonly weights: HeadWeights;
  /** One update; returns the batch's summed loss. */
  step(batch: readonly Example[], rate: number): number;
}

const DECAY = 0.02;
const DROPOUT = 0.2;

/** A network of random weights, trained with Adam, decay and dropout on the hidden layer. */
export function openTrainer(hidden: number, random: Random): Trainer {
  const weights = randomWeights(hidden, random);
  const [gradients, means, squares] = [zerosLike(weights), zerosLike(weights), zerosLike(weights)];
  let steps = 0;
  return {
    weights,
    step: (batch, rate) => {
      for (const part of PARTS) gradients[part].fill(0);
      const loss = batch.reduce((sum, example) => sum + backward(weights, gradients, example, random), 0);
      steps += 1;
      const size = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
      for (const part of PARTS) {
        const moments = { gradient: gradients[part], mean: means[part], square: squares[part] };
        update(weights[part], moments, batch.length, size, 1 - rate * DECAY);
      }
      return loss;
    },
  };
}

export function scaleOf(clips: readonly Float32Array[]): Scale {
  const [sum, squares] = [new Float64Array(EMBEDDING_SIZE), new Float64Array(EMBEDDING_SIZE)];
  let count = 0;
  for (const embeddings of clips) {
    for (const [i, value] of embeddings.entries()) {
      const at = i % EMBEDDING_SIZE;
      sum[at] = (sum[at] ?? 0) + value;
      squares[at] = (squares[at] ?? 0) + value * value;
    }
    count += embeddings.length / EMBEDDING_SIZE;
  }
  const mean = Float32Array.from(sum, (value) => value / count);
  return {
    mean,
    deviation: Float32Array.from(squares, (value, i) => Math.sqrt(value / count - (mean[i] ?? 0) ** 2) + 1e-3),
  };
}

/** Scaled to mean 0 and deviation 1. */
export function scaled(embeddings: Float32Array, { mean, deviation }: Scale): Float32Array {
  return embeddings.map((value, i) => (value - (mean[i % EMBEDDING_SIZE] ?? 0)) / (deviation[i % EMBEDDING_SIZE] ?? 1));
}

/** The same network for windows that are not scaled. */
export function unscaled({ w1, b1, w2, b2 }: HeadWeights, { mean, deviation }: Scale): HeadWeights {
  const rows = w1.map((weight, i) => weight / (deviation[i % EMBEDDING_SIZE] ?? 1));
  const biases = b1.map((bias, unit) => {
    const row = rows.subarray(unit * WINDOW_SIZE, (unit + 1) * WINDOW_SIZE);
    return row.reduce((sum, weight, i) => sum - weight * (mean[i % EMBEDDING_SIZE] ?? 0), bias);
  });
  return { w1: rows, b1: biases, w2: w2.slice(), b2: b2.slice() };
}

/** Several networks in one, side by side: it answers with the mean of their answers, before the last squeeze to 0…1. */
export function ensemble(networks: readonly HeadWeights[]): HeadWeights {
  const all = (part: keyof HeadWeights): Float32Array => Float32Array.from(networks.flatMap((net) => [...net[part]]));
  return {
    w1: all("w1"),
    b1: all("b1"),
    w2: all("w2").map((weight) => weight / networks.length),
    b2: Float32Array.of(all("b2").reduce((sum, bias) => sum + bias, 0) / networks.length),
  };
}

function randomWeights(hidden: number, random: Random): HeadWeights {
  const spread = (fanIn: number, count: number): Float32Array =>
    Float32Array.from({ length: count }, () => random.normal() * Math.sqrt(2 / fanIn));
  return {
    w1: spread(WINDOW_SIZE, hidden * WINDOW_SIZE),
    b1: new Float32Array(hidden),
    w2: spread(hidden, hidden),
    b2: new Float32Array(1),
  };
}

const PARTS: readonly (keyof HeadWeights)[] = ["w1", "b1", "w2", "b2"];

function zerosLike({ w1, b1, w2, b2 }: HeadWeights): HeadWeights {
  const zeros = (part: Float32Array): Float32Array => new Float32Array(part.length);
  return { w1: zeros(w1), b1: zeros(b1), w2: zeros(w2), b2: zeros(b2) };
}

interface Moments {
  readonly gradient: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

function update(
  values: Float32Array,
  { gradient, mean, square }: Moments,
  batchSize: number,
  size: number,
  keep: number,
): void {
  for (let i = 0; i < values.length; i++) {
    const slope = (gradient[i] ?? 0) / batchSize;
    const nextMean = 0.9 * (mean[i] ?? 0) + 0.1 * slope;
    const nextSquare = 0.999 * (square[i] ?? 0) + 0.001 * slope * slope;
    mean[i] = nextMean;
    square[i] = nextSquare;
    values[i] = (values[i] ?? 0) * keep - (size * nextMean) / (Math.sqrt(nextSquare) + 1e-8);
  }
}

/** Adds one example's gradients; returns its cross-entropy. */
function backward(weights: HeadWeights, gradients: HeadWeights, example: Example, random: Random): number {
  const { w1, b1, w2, b2 } = weights;
  const { window, target } = example;
  const kept = new Float32Array(b1.length);
  let logit = b2[0] ?? 0;
  for (let unit = 0; unit < b1.length; unit++) {
    if (random.next() < DROPOUT) continue;
    const activation = (b1[unit] ?? 0) + dot(w1, unit * WINDOW_SIZE, window);
    if (activation <= 0) continue;
    kept[unit] = activation / (1 - DROPOUT);
    logit += (kept[unit] ?? 0) * (w2[unit] ?? 0);
  }

  const probability = 1 / (1 + Math.exp(-logit));
  const error = probability - target;
  gradients.b2[0] = (gradients.b2[0] ?? 0) + error;
  for (let unit = 0; unit < b1.length; unit++) {
    const activation = kept[unit] ?? 0;
    if (activation === 0) continue;
    gradients.w2[unit] = (gradients.w2[unit] ?? 0) + error * activation;
    const slope = (error * (w2[unit] ?? 0)) / (1 - DROPOUT);
    gradients.b1[unit] = (gradients.b1[unit] ?? 0) + slope;
    const row = unit * WINDOW_SIZE;
    for (let i = 0; i < WINDOW_SIZE; i++) {
      gradients.w1[row + i] = (gradients.w1[row + i] ?? 0) + slope * (window[i] ?? 0);
    }
  }
  return -target * Math.log(Math.max(1e-9, probability)) - (1 - target) * Math.log(Math.max(1e-9, 1 - probability));
}
