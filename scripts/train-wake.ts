import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { REFRACTORY_HOPS } from "../src/wake/wake-decision.ts";
import { packWeights } from "../src/wake/wake-head.ts";
import { type Extract, openExtractor } from "./wake/examples.ts";
import { openFlite, type Speak } from "./wake/flite.ts";
import { type Material, readMaterial } from "./wake/material.ts";
import { measure } from "./wake/measure.ts";
import { measuringSuites } from "./wake/measuring.ts";
import { describeSuite, type HeadFacts, type Measured, modelCard } from "./wake/model-card.ts";
import type { Sources } from "./wake/sources.ts";
import { trainingClips } from "./wake/suites.ts";
import { FOLDS, type TrainedWord, trainWord } from "./wake/train-word.ts";

const HIDDEN_PER_FOLD = 24;
const EPOCHS = 12;

const pathTo = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values: flags } = parseArgs({
  options: {
    word: { type: "string", default: "jarvis" },
    material: { type: "string", default: pathTo("../../shared/material/speech") },
    seed: { type: "string", default: "7" },
    out: { type: "string", default: pathTo("../src/wake/heads") },
    card: { type: "string", default: pathTo("../docs/wake-words.md") },
    cache: { type: "string", default: join(tmpdir(), "codriver-train-wake") },
    check: { type: "boolean", default: false },
  },
});

interface Tools {
  readonly extract: Extract;
  readonly speak: Speak;
}

/** Trains a head for one wake word, measures it, and writes it and the model card of all heads. */
async function main(): Promise<void> {
  const { word, material: folder, out, card, cache } = flags;
  const tools = await openTools(cache);
  const sources = sourcesFrom(readMaterial(folder, word), tools);
  const trained = await train(sources, tools, EPOCHS);
  const { threshold, confirmations } = trained.choice;
  say(`chosen: ${JSON.stringify(trained.choice)}`);

  const measured: Measured[] = [];
  for (const { name, word: hasWord, clips } of await measuringSuites(sources)) {
    const options = { threshold, confirmations, refractoryHops: REFRACTORY_HOPS };
    const suite = { name, word: hasWord, ...(await measure(clips, trained.weights, options, tools.extract)) };
    say(describeSuite(suite));
    measured.push(suite);
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${word}.bin`), packWeights(trained.weights));
  writeFileSync(join(out, `${word}.json`), `${JSON.stringify(factsOf(sources, trained, measured), null, 2)}\n`);
  writeFileSync(card, modelCard(headsIn(out)));
}

/** Trains on little, twice, each time from nothing, and says whether the weights are the same to the byte. */
async function check(): Promise<void> {
  const { material: folder, word } = flags;
  const material = readMaterial(folder, word);
  const few: Material = {
    word: { training: material.word.training.slice(0, 8), heldOut: [] },
    other: { training: everyNth(material.other.training, 12), heldOut: [] },
  };
  const runs: Uint8Array[] = [];
  for (const run of [1, 2]) {
    const cache = mkdtempSync(join(tmpdir(), "train-wake-"));
    const tools = await openTools(cache);
    runs.push(packWeights((await train(sourcesFrom(few, tools), tools, 2)).weights));
    rmSync(cache, { recursive: true });
    say(`training ${run} of 2: ${runs.at(-1)?.length} bytes`);
  }
  const [first, second] = runs;
  const same = first !== undefined && second !== undefined && Buffer.compare(first, second) === 0;
  say(same ? "the same seed gave the same weights" : "the same seed gave different weights");
  process.exitCode = same ? 0 : 1;
}

async function openTools(cache: string): Promise<Tools> {
  return { extract: await openExtractor(join(cache, "features")), speak: await openFlite(join(cache, "flite")) };
}

function sourcesFrom(material: Material, { speak }: Tools): Sources {
  const { word, material: folder, seed } = flags;
  if (material.word.training.length === 0) throw new Error(`${folder} has no recording of the wake word "${word}"`);
  return { word, folder, material, speak, seed: Number(seed), share: flags.check ? 0.05 : 1 };
}

function train(sources: Sources, { extract }: Tools, epochs: number): Promise<TrainedWord> {
  const options = { hiddenPerFold: HIDDEN_PER_FOLD, epochs, seed: sources.seed, say };
  return trainWord(trainingClips(sources, FOLDS), extract, options);
}

function factsOf(
  { word, material, seed }: Sources,
  { choice, clips, hours, windows }: TrainedWord,
  measured: readonly Measured[],
): HeadFacts {
  const learnt = [...material.word.training, ...material.other.training];
  return {
    word,
    hidden: FOLDS * HIDDEN_PER_FOLD,
    threshold: choice.threshold,
    confirmations: choice.confirmations,
    seed,
    folds: FOLDS,
    learntFrom: {
      words: material.word.training.length,
      others: material.other.training.length,
      licences: [...new Set(learnt.map(({ licence }) => licence))].sort(),
      clips,
      hours,
      windows,
    },
    chosenOn: choice,
    measured,
  };
}

function headsIn(folder: string): readonly HeadFacts[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as HeadFacts);
}

function everyNth<T>(items: readonly T[], n: number): readonly T[] {
  return items.filter((_, i) => i % n === 0);
}

await (flags.check ? check() : main());
