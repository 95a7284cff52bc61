import { WINDOW_SIZE } from "../../src/wake/hop.ts";
import { type HeadWeights, score } from "../../src/wake/wake-head.ts";
import type { Random } from "./random.ts";

export interface TrainingSet {
  readonly word: readonly Float32Array[];
  readonly other: readonly Float32Array[];
}

export interface TrainingOptions {
  readonly hidden: number;
  readonly epochs: number;
  readonly random: Random;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

interface Example {
  readonly window: Float32Array;
  readonly target: 0 | 1;
}

const BATCH = 64;
const RATE = 1e-3;
const DECAY = 0.02;
const DROPOUT = 0.2;
/** How often "another sound" is shown for each word, and how many of those are the ones mistaken most. */
const OTHERS_PER_WORD = 3;
const HARD_SHARE = 0.4;
/** The hardest are looked for among this many. */
const HARD_POOL = 30_000;
const SCALE_SAMPLE = 2_000;

/** Trains the head with Adam on mini-batches. The same seed and data give the same weights. */
export function trainHead(set: TrainingSet, { hidden, epochs, random, onEpoch }: TrainingOptions): HeadWeights {
  const scale = scaleOf(Array.from({ length: SCALE_SAMPLE }, () => random.pick(set.other)));
  const weights = randomWeights(hidden, random);
  const adam = adamFor(weights);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = RATE * 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs));
    const examples = epochExamples(set, folded(weights, scale), epoch, random);
    let loss = 0;
    for (let at = 0; at < examples.length; at += BATCH) {
      loss += adam.step(examples.slice(at, at + BATCH).map(scaledBy(scale)), rate, random);
    }
    onEpoch?.(epoch, loss / examples.length);
  }
  return folded(weights, scale);
}

/** Trained on numbers of mean 0 and deviation 1; afterwards the scaling is folded into the first layer. */
interface Scale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

function scaleOf(windows: readonly Float32Array[]): Scale {
  const average = (of: (value: number, i: number) => number): Float32Array =>
    Float32Array.from({ length: WINDOW_SIZE }, (_, i) => {
      return windows.reduce((sum, window) => sum + of(window[i] ?? 0, i), 0) / windows.length;
    });
  const mean = average((value) => value);
  const variance = average((value, i) => (value - (mean[i] ?? 0)) ** 2);
  return { mean, deviation: variance.map((value) => Math.sqrt(value) + 1e-3) };
}

function scaledBy({ mean, deviation }: Scale): (example: Example) => Example {
  return ({ window, target }) => ({
    window: window.map((value, i) => (value - (mean[i] ?? 0)) / (deviation[i] ?? 1)),
    target,
  });
}

function folded({ w1, b1, w2, b2 }: HeadWeights, { mean, deviation }: Scale): HeadWeights {
  const rows = w1.map((weight, i) => weight / (deviation[i % WINDOW_SIZE] ?? 1));
  const biases = b1.map((bias, unit) => {
    const row = rows.subarray(unit * WINDOW_SIZE, (unit + 1) * WINDOW_SIZE);
    return row.reduce((sum, weight, i) => sum - weight * (mean[i] ?? 0), bias);
  });
  return { w1: rows, b1: biases, w2: w2.slice(), b2: b2.slice() };
}

function epochExamples(set: TrainingSet, weights: HeadWeights, epoch: number, random: Random): readonly Example[] {
  const others = set.word.length * OTHERS_PER_WORD;
  const hard = epoch === 0 ? [] : hardest(pool(set.other, random), weights, Math.floor(others * HARD_SHARE));
  const easy = Array.from({ length: others - hard.length }, () => random.pick(set.other));
  const examples = [
    ...set.word.map((window): Example => ({ window, target: 1 })),
    ...[...hard, ...easy].map((window): Example => ({ window, target: 0 })),
  ];
  return shuffled(examples, random);
}

function pool(windows: readonly Float32Array[], random: Random): readonly Float32Array[] {
  const share = HARD_POOL / windows.length;
  return share >= 1 ? windows : windows.filter(() => random.next() < share);
}

function hardest(windows: readonly Float32Array[], weights: HeadWeights, count: number): readonly Float32Array[] {
  return windows
    .map((window) => ({ window, mistaken: score(weights, window) }))
    .sort((a, b) => b.mistaken - a.mistaken)
    .slice(0, count)
    .map(({ window }) => window);
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
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

type Part = keyof HeadWeights;
const PARTS: readonly Part[] = ["w1", "b1", "w2", "b2"];

interface Adam {
  /** One update from a batch; returns the batch's summed loss. */
  step(batch: readonly Example[], rate: number, random: Random): number;
}

function adamFor(weights: HeadWeights): Adam {
  const [gradients, means, squares] = [zerosLike(weights), zerosLike(weights), zerosLike(weights)];
  let steps = 0;
  return {
    step: (batch, rate, random) => {
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

/** Adds one example's gradients, with dropout on the hidden layer; returns its cross-entropy. */
function backward(weights: HeadWeights, gradients: HeadWeights, example: Example, random: Random): number {
  const { w1, b1, w2, b2 } = weights;
  const { window, target } = example;
  const kept = new Float32Array(b1.length);
  let logit = b2[0] ?? 0;
  for (let unit = 0; unit < b1.length; unit++) {
    if (random.next() < DROPOUT) continue;
    let activation = b1[unit] ?? 0;
    const row = unit * WINDOW_SIZE;
    for (let i = 0; i < WINDOW_SIZE; i++) activation += (w1[row + i] ?? 0) * (window[i] ?? 0);
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
  return -Math.log(Math.max(1e-9, target === 1 ? probability : 1 - probability));
}
