import { describe, expect, test } from "vitest";

import { chooseDecision, type Judged } from "../../../scripts/wake/choose-decision.ts";
import { boundPerHour, wilson } from "../../../scripts/wake/measure.ts";
import { ensemble, scaled, scaleOf, unscaled } from "../../../scripts/wake/network.ts";
import { type Random, randomFor, seededRandom } from "../../../scripts/wake/random.ts";
import { type TrainingSet, trainHead } from "../../../scripts/wake/train-head.ts";
import { WINDOW_SIZE } from "../../../src/wake/hop.ts";
import { packWeights, score } from "../../../src/wake/wake-head.ts";

const windowOf = (random: Random, shift: number): Float32Array =>
  Float32Array.from({ length: WINDOW_SIZE }, () => random.normal() + shift);

/** Words are a little higher than the rest. */
function smallSet(seed: number): TrainingSet {
  const random = seededRandom(seed);
  return {
    word: Array.from({ length: 40 }, () => windowOf(random, 0.3)),
    other: Array.from({ length: 120 }, () => windowOf(random, -0.3)),
  };
}

const trained = (seed: number) => trainHead(smallSet(1), { hidden: 4, epochs: 12, random: seededRandom(seed) });

describe("training", () => {
  test("gives the same bytes for the same seed, and others for another", () => {
    const bytes = Buffer.from(packWeights(trained(7)));
    expect(Buffer.from(packWeights(trained(7))).equals(bytes)).toBe(true);
    expect(Buffer.from(packWeights(trained(8))).equals(bytes)).toBe(false);
  });

  test("tells apart what it has not seen", () => {
    const head = trained(7);
    const { word, other } = smallSet(2);
    const scores = (windows: readonly Float32Array[]) => windows.map((window) => score(head, window));
    expect(Math.min(...scores(word))).toBeGreaterThan(Math.max(...scores(other)));
  });

  test("several networks together answer with the mean of their logits", () => {
    const networks = [trained(7), trained(8), trained(9)];
    const window = windowOf(seededRandom(3), 0);
    const logit = (share: number): number => Math.log(share / (1 - share));
    const mean = networks.reduce((sum, network) => sum + logit(score(network, window)), 0) / networks.length;
    expect(logit(score(ensemble(networks), window))).toBeCloseTo(mean, 3);
  });

  test("on scaled numbers serves for numbers that are not", () => {
    const head = trained(7);
    const window = windowOf(seededRandom(4), 2).map((value) => value * 5);
    const scale = scaleOf([window, windowOf(seededRandom(5), 1)]);
    expect(score(unscaled(head, scale), window)).toBeCloseTo(score(head, scaled(window, scale)), 3);
  });

  test("each name has random numbers of its own", () => {
    const first = (seed: number, name: string): number => randomFor(seed, name).next();
    expect(first(7, "a.wav")).toBe(first(7, "a.wav"));
    expect(new Set([first(7, "a.wav"), first(7, "b.wav"), first(8, "a.wav")]).size).toBe(3);
  });
});

describe("the choice of the threshold", () => {
  const heard = (said: Judged["said"], height: number): Judged => ({
    said,
    scores: [0, 0, 0, height, height, height, height, 0, 0],
  });
  const word = (height: number) => heard("word", height);
  const other = (height: number) => heard("other", height);

  test("lies between what is said and what is not", () => {
    const choice = chooseDecision([word(0.8), word(0.9), other(0.4), other(0.1)]);
    expect(choice).toMatchObject({ words: 2, missed: 0, others: 2, wokeFalsely: 0 });
    expect(choice.threshold).toBeGreaterThan(0.4);
    expect(choice.threshold).toBeLessThanOrEqual(0.8);
  });

  test("rather misses a word than wakes without one", () => {
    expect(chooseDecision([word(0.9), word(0.5), other(0.6), other(0.1)])).toMatchObject({ missed: 1, wokeFalsely: 0 });
  });

  test("hears the word in a command too, where nothing speaks against it", () => {
    const choice = chooseDecision([word(0.9), heard("command", 0.5), other(0.1)]);
    expect(choice).toMatchObject({ commands: 1, missedInCommand: 0 });
  });

  test("rather wakes by a near miss than misses a word", () => {
    const judged = [word(0.9), word(0.5), heard("near miss", 0.6), heard("near miss", 0.1)];
    expect(chooseDecision(judged)).toMatchObject({ missed: 0, nearMisses: 2, wokeByNearMiss: 1 });
  });
});

describe("the figures of the model card", () => {
  test("nothing in so many hours means at most three in them", () => {
    expect(boundPerHour(0, 1)).toBeCloseTo(2.996, 2);
    expect(boundPerHour(0, 6)).toBeCloseTo(0.499, 2);
    expect(boundPerHour(1, 1)).toBeCloseTo(4.744, 2);
  });

  test("Wilson's interval stays within 0 and 1", () => {
    const { low, high } = wilson(106, 106);
    expect(low).toBeCloseTo(0.965, 3);
    expect(high).toBeCloseTo(1, 9);
    expect(wilson(0, 10).low).toBe(0);
  });
});
