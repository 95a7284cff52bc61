import { join } from "node:path";
import type { Judged } from "./choose-decision.ts";
import {
  type Clip,
  nobodySpeaking,
  otherSound,
  recordedWord,
  type Surroundings,
  variationOf,
  variationsOfOther,
  variationsOfWord,
  type Word,
} from "./clips.ts";
import { type Recording, readSound } from "./material.ts";
import { type Random, randomFor } from "./random.ts";
import { colouredNoise, mix, type NoiseColour, type Sound } from "./sound.ts";
import type { Sources } from "./sources.ts";
import { syntheticOthers, syntheticWords } from "./synthetic.ts";
import { openWordFinder } from "./word-span.ts";

/** All that is made from one recording or sentence is in one fold, so that a network can be tested on the others. */
export interface FoldedClip extends Clip {
  readonly fold: number;
  /** Whether a network may learn from it. */
  readonly learnt: boolean;
  /** What it stands for when the threshold is chosen, if it does. */
  readonly said?: Judged["said"];
}

const NOBODY = 160;
const CHOOSING_SNR_DB = 10;

/** Everything that the head learns from, one after the other: all of it would not fit into memory. */
export async function* trainingClips(sources: Sources, folds: number): AsyncGenerator<FoldedClip> {
  const { folder, material, seed, share } = sources;
  const around = await surroundings(folder, material.other.training);
  const randomOf = (of: string): Random => randomFor(seed, of);
  for (const [i, word] of (await recordedWords(folder, material.word.training)).entries()) {
    yield* variationsOfWord(word, around, randomOf(word.of)).map(folded(i % folds, true));
    yield* asHeard(recordedWord(word), randomOf(word.of)).map(folded(i % folds, false, "word"));
  }
  for (const [i, { sound, of }] of (await named(folder, material.other.training)).entries()) {
    yield* variationsOfOther(sound, of, around, randomOf(of)).map(folded(i % folds, true, "other"));
  }
  for (const [i, clip] of nobodySpeaking(around, NOBODY * share, randomOf("nobody")).entries()) {
    yield folded(i % folds, true, "other")(clip);
  }
  yield* syntheticClips(sources, around, folds);
}

async function* syntheticClips(sources: Sources, around: Surroundings, folds: number): AsyncGenerator<FoldedClip> {
  const { seed } = sources;
  const varied = (clip: Clip, i: number): Clip => variationOf(clip, around, randomFor(seed, `${i} ${clip.of}`));
  for (const [i, clip] of (await syntheticWords(sources)).entries()) {
    yield folded(i % folds, true, "command")(varied(clip, i));
  }
  for (const [i, clip] of (await syntheticOthers(sources)).entries()) {
    yield folded(i % folds, true, "near miss")(varied(clip, i));
  }
}

const folded =
  (fold: number, learnt: boolean, said?: Judged["said"]) =>
  (clip: Clip): FoldedClip => ({ ...clip, fold, learnt, ...(said !== undefined && { said }) });

/** As it is, and in the noises of a car. */
function asHeard(clip: Clip, random: Random): readonly Clip[] {
  const inNoise = (colour: NoiseColour): Clip => ({
    ...clip,
    sound: mix(clip.sound, colouredNoise(colour, clip.sound.length, random), CHOOSING_SNR_DB),
  });
  return [clip, inNoise("brown"), inNoise("pink")];
}

export async function surroundings(folder: string, recordings: readonly Recording[]): Promise<Surroundings> {
  const ofKinds = async (...kinds: readonly string[]): Promise<readonly Sound[]> =>
    (
      await named(
        folder,
        recordings.filter(({ kind }) => kinds.includes(kind)),
      )
    ).map(({ sound }) => sound);
  return { noises: await ofKinds("noise"), speech: await ofKinds("speech", "command") };
}

export async function recordedWords(folder: string, recordings: readonly Recording[]): Promise<readonly Word[]> {
  const spanOf = await openWordFinder();
  const words: Word[] = [];
  for (const { sound, of } of await named(folder, recordings)) words.push({ sound, of, span: await spanOf(sound) });
  return words;
}

export async function otherSounds(folder: string, recordings: readonly Recording[]): Promise<readonly Clip[]> {
  return (await named(folder, recordings)).map(({ sound, of }) => otherSound(sound, of));
}

function named(folder: string, recordings: readonly Recording[]): Promise<readonly { sound: Sound; of: string }[]> {
  return Promise.all(recordings.map(async ({ file }) => ({ sound: await readSound(join(folder, file)), of: file })));
}
