import { type HeadWeights, score } from "../../src/wake/wake-head.ts";
import { type Example, openTrainer } from "./network.ts";
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

const BATCH = 64;
const RATE = 1e-3;
/** Nobody is ever quite sure: keeps the scores apart where they matter. */
const SMOOTHING = 0.02;
/** This share of the examples is a mixture of two. */
const MIXED = 0.3;
/** How often "another sound" is shown for each word, and how many of those are the ones mistaken most. */
const OTHERS_PER_WORD = 3;
const HARD_SHARE = 0.4;
/** The hardest are looked for among this many. */
const HARD_POOL = 40_000;

/** Trains a network on windows that are scaled. The same seed and data give the same weights. */
export function trainHead(set: TrainingSet, { hidden, epochs, random, onEpoch }: TrainingOptions): HeadWeights {
  const trainer = openTrainer(hidden, random);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = RATE * 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs));
    const examples = epochExamples(set, trainer.weights, epoch, random);
    let loss = 0;
    for (let at = 0; at < examples.length; at += BATCH) {
      loss += trainer.step(mixed(examples.slice(at, at + BATCH), random), rate);
    }
    onEpoch?.(epoch, loss / examples.length);
  }
  return trainer.weights;
}

function epochExamples(set: TrainingSet, weights: HeadWeights, epoch: number, random: Random): readonly Example[] {
  const others = set.word.length * OTHERS_PER_WORD;
  const hard = epoch === 0 ? [] : hardest(pool(set.other, random), weights, Math.floor(others * HARD_SHARE));
  const easy = Array.from({ length: others - hard.length }, () => random.pick(set.other));
  const examples = [
    ...set.word.map((window): Example => ({ window, target: 1 - SMOOTHING })),
    ...[...hard, ...easy].map((window): Example => ({ window, target: SMOOTHING / 4 })),
  ];
  return shuffled(examples, random);
}

/** Some examples of a batch blended with others of it, targets and all. */
function mixed(batch: readonly Example[], random: Random): readonly Example[] {
  return batch.map((example) => {
    if (random.next() >= MIXED) return example;
    const [other, share] = [random.pick(batch), random.between(0.6, 1)];
    return {
      window: example.window.map((value, i) => share * value + (1 - share) * (other.window[i] ?? 0)),
      target: share * example.target + (1 - share) * other.target,
    };
  });
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
