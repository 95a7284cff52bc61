import { join } from "node:path";

import {
  type Clip,
  inNoise,
  recordedWord,
  type Surroundings,
  variationOf,
  variationsOfOther,
  variationsOfWord,
  withinSpeech,
} from "./clips.ts";
import type { Speak } from "./flite.ts";
import { type Material, type Recording, readSound } from "./material.ts";
import { type Random, seededRandom } from "./random.ts";
import { colouredNoise, type NoiseColour, type Sound } from "./sound.ts";
import { syntheticAddresses, syntheticOthers, syntheticTraining } from "./synthetic.ts";

export interface Sources {
  readonly word: string;
  readonly folder: string;
  readonly material: Material;
  readonly speak: Speak;
  readonly seed: number;
}

/** A set of clips that a head is measured on. `expected` says whether it should fire. */
export interface Suite {
  readonly name: string;
  readonly expected: boolean;
  readonly clips: readonly Clip[];
}

/** Everything that the head learns from. */
export async function trainingClips({ word, folder, material, speak, seed }: Sources): Promise<readonly Clip[]> {
  const random = seededRandom(seed);
  const words = await sounds(folder, material.word.training);
  const others = await sounds(folder, material.other.training);
  const around = await surroundings(folder, material.other.training);
  const synthetic = await syntheticTraining(word, speak, random);
  return [
    ...words.flatMap((sound) => variationsOfWord(sound, around, random)),
    ...others.flatMap((sound) => variationsOfOther(sound, around, random)),
    ...synthetic.map((clip) => variationOf(clip, around, random)),
  ];
}

/** What the head is judged by: recordings and sentences that it did not learn from, and every other recording. */
export async function measuringSuites({ word, folder, material, speak, seed }: Sources): Promise<readonly Suite[]> {
  const random = seededRandom(seed + 1);
  const words = (await sounds(folder, material.word.heldOut)).map(recordedWord);
  const around = await surroundings(folder, material.other.heldOut);
  const within = words.map(({ sound }) => withinSpeech(sound, around.speech, random));
  const others = async (recordings: readonly Recording[]): Promise<readonly Clip[]> =>
    (await sounds(folder, recordings)).map((sound) => ({ sound }));
  return [
    { name: "held-out recordings", expected: true, clips: words },
    { name: "the same in brown noise, 10 dB", expected: true, clips: words.map(noisy("brown", 10, random)) },
    { name: "the same in pink noise, 10 dB", expected: true, clips: words.map(noisy("pink", 10, random)) },
    { name: "the same, cut into other speech", expected: true, clips: within },
    { name: "flite, comma after the word", expected: true, clips: await syntheticAddresses(word, "%, $", speak) },
    { name: "flite, no pause after the word", expected: true, clips: await syntheticAddresses(word, "% $", speak) },
    { name: "flite without the word", expected: false, clips: await syntheticOthers(speak) },
    { name: "other recordings, held out", expected: false, clips: await others(material.other.heldOut) },
    { name: "other recordings, trained with", expected: false, clips: await others(material.other.training) },
  ];
}

async function surroundings(folder: string, recordings: readonly Recording[]): Promise<Surroundings> {
  const ofKinds = (...kinds: readonly string[]): Promise<readonly Sound[]> =>
    sounds(
      folder,
      recordings.filter(({ kind }) => kinds.includes(kind)),
    );
  return { noises: await ofKinds("noise"), speech: await ofKinds("speech", "command") };
}

function sounds(folder: string, recordings: readonly Recording[]): Promise<readonly Sound[]> {
  return Promise.all(recordings.map(({ file }) => readSound(join(folder, file))));
}

function noisy(colour: NoiseColour, snrDb: number, random: Random): (clip: Clip) => Clip {
  return (clip) => inNoise(clip, colouredNoise(colour, clip.sound.length, random), snrDb);
}
