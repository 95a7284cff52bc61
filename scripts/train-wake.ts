import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { REFRACTORY_HOPS } from "../src/wake/wake-decision.ts";
import { type HeadWeights, packWeights } from "../src/wake/wake-head.ts";
import type { Clip } from "./wake/clips.ts";
import { type Extract, labelOf, openExtractor } from "./wake/examples.ts";
import { openFlite } from "./wake/flite.ts";
import { readMaterial } from "./wake/material.ts";
import { measure } from "./wake/measure.ts";
import { describeSuite, type Measured, modelCard } from "./wake/model-card.ts";
import { seededRandom } from "./wake/random.ts";
import { measuringSuites, type Sources, trainingClips } from "./wake/suites.ts";
import { type TrainingSet, trainHead } from "./wake/train-head.ts";

const HIDDEN = 32;
const EPOCHS = 12;
const DECISION = { threshold: 0.7, confirmations: 3, refractoryHops: REFRACTORY_HOPS };

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values: flags } = parseArgs({
  options: {
    word: { type: "string", default: "jarvis" },
    material: { type: "string", default: pathTo("../../shared/material/speech") },
    seed: { type: "string", default: "7" },
    out: { type: "string", default: pathTo("../src/wake/heads") },
    cache: { type: "string", default: pathTo("../node_modules/.cache/train-wake") },
  },
});

/** Trains a head for one wake word, says how well it does, and writes it with its model card. */
async function main(): Promise<void> {
  const { word, material: folder, seed, out, cache } = flags;
  const [extract, speak] = [await openExtractor(join(cache, "features")), await openFlite(join(cache, "flite"))];
  const material = readMaterial(folder, word);
  const sources: Sources = { word, folder, material, speak, seed: Number(seed) };
  if (material.word.training.length === 0) throw new Error(`${folder} has no recording of the wake word "${word}"`);

  const clips = await trainingClips(sources);
  const set = await trainingSet(clips, extract);
  say(`${clips.length} clips, ${set.word.length} windows of the word, ${set.other.length} others`);
  const weights = trainHead(set, {
    hidden: HIDDEN,
    epochs: EPOCHS,
    random: seededRandom(Number(seed)),
    onEpoch: (epoch, loss) => say(`epoch ${epoch + 1} of ${EPOCHS}: loss ${loss.toFixed(4)}`),
  });
  const measured = await measureAll(sources, weights, extract);
  const about = { word, hidden: HIDDEN, threshold: DECISION.threshold, confirmations: DECISION.confirmations };

  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${word}.bin`), packWeights(weights));
  writeFileSync(join(out, `${word}.json`), `${JSON.stringify({ ...about, seed: Number(seed), measured }, null, 2)}\n`);
  writeFileSync(join(out, "README.md"), modelCard({ ...about, material, measured, clips: clips.length }));
}

async function trainingSet(clips: readonly Clip[], extract: Extract): Promise<TrainingSet> {
  const set = { word: [] as Float32Array[], other: [] as Float32Array[] };
  for (const { sound, wordEndMs } of clips) {
    const features = await extract(sound);
    for (let hop = 0; hop < features.hops; hop++) {
      const label = labelOf(hop, wordEndMs);
      if (label !== "unsure") set[label].push(features.window(hop));
    }
  }
  return set;
}

async function measureAll(sources: Sources, weights: HeadWeights, extract: Extract): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const { name, expected, clips } of await measuringSuites(sources)) {
    const suite = { name, expected, ...(await measure(clips, weights, DECISION, extract)) };
    say(describeSuite(suite));
    measured.push(suite);
  }
  return measured;
}

await main();
