import { existsSync } from "node:fs";
import { join } from "node:path";

import { measureIntent } from "../src/commands/eval/intent.ts";
import { wilson } from "../src/commands/eval/interval.ts";
import { measureWake } from "../src/commands/eval/wake.ts";
import type { Benchmark, Figure } from "./figures.ts";
import { shareOf } from "./shares.ts";

/** Recordings of people, beside the project; any suite with these words and coffee orders will do. */
const SUITE = "../shared/material/speech";
const COFFEE = "test/fixtures/tools/coffee.yaml";
const WORDS = ["jarvis", "computer"] as const;
const CONDITIONS = [
  { name: "clean", options: {} },
  { name: "brown 10 dB", options: { noise: "brown", snr: 10 } },
  { name: "pink 10 dB", options: { noise: "pink", snr: 10 } },
] as const;
const WAKE_TARGETS = ["98 %", "95 %", "90 %"];
const MODELS = [
  { model: "auto", name: "16 kHz model", targets: ["96 %", "92 %", "80 %"] },
  { model: "bundled", name: "bundled model", targets: ["91 %", "87 %", "report"] },
] as const;

/** People who say the wake words and order coffee: the halves of the recordings that nothing was tuned on. */
export const humanSpeech: Benchmark = {
  name: "human-speech",
  about: "recordings of people, the reported halves",
  run: async () => {
    if (!existsSync(join(SUITE, "manifest.tsv"))) throw new Error(`There are no recordings at ${SUITE}.`);
    const figures: Figure[] = [];
    for (const word of WORDS) figures.push(...(await wakeFigures(word)));
    for (const { model, name, targets } of MODELS) figures.push(...(await coffeeFigures(model, name, targets)));
    return [...figures, await otherSpeech()];
  },
};

/** Every other file of each word was held out from training. */
async function wakeFigures(word: string): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [index, { name, options }] of CONDITIONS.entries()) {
    const kinds = index === 0 ? (["wake", "command", "speech", "noise", "emotion"] as const) : [];
    const wake = await measureWake(SUITE, { word, half: "even", kinds, seed: 1, ...options });
    const target = WAKE_TARGETS[index] ?? "report";
    figures.push({ what: `"${word}", ${name}`, target, measured: shareOf(wake.recall), n: wake.positives });
    if (index > 0) continue;
    const measured = `${wake.falseAccepts} in ${wake.negativeHours.toFixed(2)} h (< ${(wake.falseAcceptsPerHourBelow ?? Infinity).toFixed(1)} / h)`;
    figures.push({ what: `"${word}", false accepts, held out`, target: "0", measured, n: wake.negatives });
  }
  return figures;
}

async function coffeeFigures(model: string, modelName: string, targets: readonly string[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [index, { name, options }] of CONDITIONS.entries()) {
    const half = { tools: COFFEE, half: "second", kinds: ["command"], model, seed: 1 } as const;
    const { accuracy, n } = await measureIntent(SUITE, { ...half, ...options });
    const target = targets[index] ?? "report";
    figures.push({ what: `coffee, ${modelName}, ${name}`, target, measured: shareOf(accuracy), n });
  }
  return figures;
}

/** Everything that orders nothing, offered to the car's tools. */
async function otherSpeech(): Promise<Figure> {
  const kinds = ["command", "speech", "noise", "emotion"] as const;
  const { actedOn, negatives } = await measureIntent(SUITE, { half: "second", kinds, model: "auto", seed: 1 });
  const measured = shareOf(wilson(actedOn, negatives));
  return { what: "other speech acted on, car tools", target: "2 %", measured, n: negatives };
}
