import { type HeadWeights, score } from "../../src/wake/wake-head.ts";
import { type Choice, chooseDecision, type Judged } from "./choose-decision.ts";
import { type Extract, type Features, featuresOf, labelOf } from "./examples.ts";
import { ensemble, type Scale, scaled, scaleOf, unscaled } from "./network.ts";
import { seededRandom } from "./random.ts";
import type { FoldedClip } from "./suites.ts";
import { type TrainingSet, trainHead } from "./train-head.ts";

export const FOLDS = 4;

export interface WordOptions {
  readonly hiddenPerFold: number;
  readonly epochs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface TrainedWord {
  readonly weights: HeadWeights;
  readonly choice: Choice;
  /** How many clips it learnt from, and how many windows of the word and of others these hold. */
  readonly clips: number;
  readonly hours: number;
  readonly windows: { readonly word: number; readonly other: number };
}

interface Heard extends Omit<FoldedClip, "sound"> {
  readonly features: Features;
}

/**
 * Trains one network for each fold, on what is not in it. Each is tried on its own fold to choose the threshold; the
 * head is all of them together, so that nothing is wasted.
 */
export async function trainWord(
  clips: AsyncIterable<FoldedClip>,
  extract: Extract,
  { hiddenPerFold, epochs, seed, say }: WordOptions,
): Promise<TrainedWord> {
  const { heard, scale } = await listen(clips, extract);
  const networks: HeadWeights[] = [];
  const judged: Judged[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const set = windowsOf(heard.filter((clip) => clip.fold !== fold && clip.learnt));
    let lastLoss = 0;
    const random = seededRandom(seed + 1000 * (fold + 1));
    const onEpoch = (_: number, loss: number): void => void (lastLoss = loss);
    const network = trainHead(set, { hidden: hiddenPerFold, epochs, random, onEpoch });
    networks.push(unscaled(network, scale));
    judged.push(...heard.filter((clip) => clip.fold === fold).flatMap(judgedBy(network)));
    say(`network ${fold + 1} of ${FOLDS}: ${set.word.length} windows of the word, loss ${lastLoss.toFixed(4)}`);
  }
  const learnt = heard.filter((clip) => clip.learnt);
  const { word, other } = windowsOf(learnt);
  const hops = learnt.reduce((sum, { features }) => sum + features.hops, 0);
  return {
    weights: ensemble(networks),
    choice: chooseDecision(judged),
    clips: learnt.length,
    hours: hops / 45_000,
    windows: { word: word.length, other: other.length },
  };
}

async function listen(
  clips: AsyncIterable<FoldedClip>,
  extract: Extract,
): Promise<{ readonly heard: readonly Heard[]; readonly scale: Scale }> {
  const raw: Heard[] = [];
  for await (const { sound, ...clip } of clips) raw.push({ ...clip, features: await extract(sound) });
  const scale = scaleOf(raw.map(({ features }) => features.embeddings));
  const heard = raw.map((clip) => ({ ...clip, features: featuresOf(scaled(clip.features.embeddings, scale)) }));
  return { heard, scale };
}

function windowsOf(clips: readonly Heard[]): TrainingSet {
  const set = { word: [] as Float32Array[], other: [] as Float32Array[] };
  for (const { features, wordEndsMs } of clips) {
    for (let hop = 0; hop < features.hops; hop++) {
      const label = labelOf(hop, wordEndsMs);
      if (label !== "unsure") set[label].push(features.window(hop));
    }
  }
  return set;
}

function judgedBy(network: HeadWeights): (clip: Heard) => readonly Judged[] {
  return ({ features, said }) =>
    said === undefined
      ? []
      : [{ said, scores: Array.from({ length: features.hops }, (_, hop) => score(network, features.window(hop))) }];
}
