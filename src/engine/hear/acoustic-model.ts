import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Thresholds } from "./rejection.ts";

/** Where Debian's `pocketsphinx-en-us` package puts its 16 kHz model. */
const DEBIAN_BASE = "/usr/share/pocketsphinx/model/en-us";

export type FeatureParams = Readonly<Record<string, string | number | boolean>>;

export interface AcousticModel {
  /** As it is named in logs. */
  readonly name: string;
  readonly directory: string;
  readonly dictionary: string;
  readonly fillers: string;
  readonly features: FeatureParams;
  /** Utterances that score less were something else (see `scoreOf`). */
  readonly thresholds: Thresholds;
}

/** The mean cepstrum of a clear voice, where the decoder begins: without it the first utterances suffer. */
const BUNDLED_MEAN = "45.5,1,11,0.5,1.3,-1.6,-4.5,1.5,1.6,2,3.5,0.7,2.3";
/** What PocketSphinx does unless a model says otherwise, and soundswallower does not. */
const TRAINED_WITH: FeatureParams = { remove_noise: true };

/**
 * Set on one half of the recorded orders and 64 commands in four synthetic voices, against 180 things that no tool can do:
 * people who talk, and the wishes of other cars and of houses, in the same voices. With the wide model 99 % of what was
 * said reaches the score and 2 % of the rest does, with the narrow one 98 and 2 %; noise (pink, 10 dB) costs two.
 */
const THRESHOLDS = {
  wide: [
    { snrDb: 25, score: -53 },
    { snrDb: -Infinity, score: -55 },
  ],
  narrow: [
    { snrDb: 25, score: -52 },
    { snrDb: -Infinity, score: -54 },
  ],
} as const satisfies Record<string, Thresholds>;

/**
 * The model to listen with: `auto` prefers a 16 kHz model that is installed on the machine, `bundled` is the one of the
 * npm package (telephone band, a little less exact), everything else is a directory. Throws a sentence that names what is missing.
 */
export function findAcousticModel(wanted: string): AcousticModel {
  if (wanted === "bundled" || (wanted === "auto" && !existsSync(join(DEBIAN_BASE, "en-us", "mdef")))) return bundled();
  const base = wanted === "auto" ? DEBIAN_BASE : wanted;
  const directory = firstThatExists(join(base, "en-us"), base);
  return complete({
    name: wanted === "auto" ? "pocketsphinx-en-us (16 kHz)" : base,
    directory,
    dictionary: firstThatExists(join(base, "cmudict-en-us.dict"), join(directory, "dict.txt")),
    fillers: firstThatExists(join(directory, "noisedict"), join(directory, "noisedict.txt")),
    features: { ...TRAINED_WITH, ...readFeatureParams(directory) },
    thresholds: THRESHOLDS.wide,
  });
}

function bundled(): AcousticModel {
  const home = dirname(createRequire(import.meta.url).resolve("soundswallower"));
  const directory = join(home, "model", "en-us");
  return complete({
    name: "soundswallower en-us (8 kHz band, bundled)",
    directory,
    dictionary: join(directory, "dict.txt"),
    fillers: join(directory, "noisedict.txt"),
    features: { ...readFeatureParams(directory), cmninit: BUNDLED_MEAN },
    thresholds: THRESHOLDS.narrow,
  });
}

const firstThatExists = (...paths: readonly [string, ...string[]]): string => paths.find(existsSync) ?? paths[0];

function complete(model: AcousticModel): AcousticModel {
  const files = ["mdef", "means", "variances", "transition_matrices"].map((file) => join(model.directory, file));
  const missing = [...files, model.dictionary, model.fillers].find((file) => !existsSync(file));
  if (missing === undefined) return model;
  throw new Error(`The acoustic model "${model.name}" has no ${missing}: install it again, or use the bundled model.`);
}

/** PocketSphinx models keep their front end's settings as a command line, soundswallower's as JSON. */
function readFeatureParams(directory: string): FeatureParams {
  const json = join(directory, "feat_params.json");
  if (existsSync(json)) return JSON.parse(readFileSync(json, "utf8")) as FeatureParams;
  const flags = join(directory, "feat.params");
  if (!existsSync(flags))
    throw new Error(`The acoustic model in ${directory} has neither feat_params.json nor feat.params.`);
  return parseFlags(readFileSync(flags, "utf8"));
}

/** "-lowerf 130 -varnorm no" as values. */
export function parseFlags(text: string): FeatureParams {
  const pairs = text.matchAll(/^\s*-(\w+)\s+(\S+)\s*$/gm);
  return Object.fromEntries([...pairs].map(([, key = "", value = ""]) => [key, valueOf(value)]));
}

function valueOf(word: string): string | number | boolean {
  if (/^(yes|no)$/.test(word)) return word === "yes";
  return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word;
}
