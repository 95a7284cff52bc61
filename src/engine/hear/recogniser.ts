import { join } from "node:path";
import type { Decoder } from "soundswallower";
import type { WordNetwork } from "../understand/grammar.ts";
import type { AcousticModel, FeatureParams } from "./acoustic-model.ts";
import { ditherer } from "./dither.ts";
import type { Pronunciation } from "./pronunciations.ts";
import { loadSoundswallower, setMean, setNetwork } from "./soundswallower.ts";
import { voiceMean } from "./voice-mean.ts";
import { NO_WORDS, type Segment, scoreOf } from "./word-scores.ts";

/** Wider than the default: slower, but noisy or unusual voices lose no path (measured on human orders). */
const BEAMS = { beam: 1e-80, pbeam: 1e-80, wbeam: 1e-60 };

/** A file that does not exist, so that the decoder begins without words. It fails when it is given no name. */
const NO_DICTIONARY = "no-dictionary";

/** So much sound shows how a voice sounds: some quiet and half a second of speech. */
const OPENING_SAMPLES = 14_400;

export interface Recognised {
  /** Empty when the sound ended in the middle of a sentence. */
  readonly text: string;
  readonly score: number;
}

/** A streaming decoder of one grammar. An utterance is `start`, `feed`…, `finish`. */
export interface Recogniser {
  /** Takes words that are not known yet, then the grammar. Throws, and keeps the old grammar, when it is refused. */
  setGrammar(network: WordNetwork, words: readonly Pronunciation[]): void;
  knows(word: string): boolean;
  start(): void;
  feed(pcm: Int16Array): void;
  /** Decodes what was fed, though it is too short to tell how the voice sounds. Without effect when that is known. */
  settle(): void;
  /** The best text so far. */
  partial(): string;
  /** How well the best text so far fits. */
  partialScore(ignored: ReadonlySet<string>): number;
  finish(ignored: ReadonlySet<string>): Recognised;
}

/** Loads soundswallower with no dictionary: it learns the few words of each grammar instead of 130,000. */
export async function openRecogniser(model: AcousticModel): Promise<Recogniser> {
  const module = await loadSoundswallower(model.directory);
  const decoder = new module.Decoder({
    hmm: model.directory,
    dict: join(model.directory, NO_DICTIONARY),
    fdict: model.fillers,
    samprate: 16_000,
    loglevel: "FATAL",
    ...BEAMS,
  });
  await initialise(decoder, model.features);
  const dithered = ditherer();
  const known = new Set<string>();
  const typical = meanOf(decoder);
  let opening: Float32Array | undefined;

  /** The decoder learns a voice only from utterance to utterance, and the first would suffer: it is told before each. */
  const settle = (): void => {
    if (opening === undefined) return;
    if (opening.length > 0) setMean(module, decoder, voiceMean(decoder.spectrogram(opening), typical));
    decoder.start();
    if (opening.length > 0) decoder.process_audio(opening);
    opening = undefined;
  };

  return {
    knows: (word) => known.has(word),
    setGrammar(network, words) {
      const fresh = words.filter(([entry]) => !known.has(entry));
      if (fresh.length > 0) decoder.add_words(...fresh.map(([entry, phones]): [string, string] => [entry, phones]));
      for (const [entry] of fresh) known.add(entry);
      setNetwork(module, decoder, network);
    },
    start: () => {
      opening = new Float32Array(0);
    },
    feed(pcm) {
      const sound = dithered(pcm);
      if (opening === undefined) decoder.process_audio(sound);
      else if ((opening = joined(opening, sound)).length >= OPENING_SAMPLES) settle();
    },
    settle,
    partial: () => (opening === undefined ? decoder.get_text() : ""),
    partialScore: (ignored) => (opening === undefined ? scoreNow(decoder, ignored) : NO_WORDS),
    finish(ignored) {
      settle();
      decoder.stop();
      return { text: decoder.get_text(), score: scoreNow(decoder, ignored) };
    },
  };
}

const meanOf = (decoder: Decoder): readonly number[] => String(decoder.get_config("cmninit")).split(",").map(Number);

function scoreNow(decoder: Decoder, ignored: ReadonlySet<string>): number {
  if (decoder.get_text() === "") return NO_WORDS;
  return scoreOf(decoder.get_alignment().w as readonly Segment[], ignored);
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  const whole = new Float32Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return whole;
}

/** Instead of the model's own feat_params.json, which Debian's model does not have. */
async function initialise(decoder: Decoder, features: FeatureParams): Promise<void> {
  const init_featparams = (): Promise<void> => {
    for (const [key, value] of Object.entries(features)) {
      if (decoder.has_config(key)) decoder.set_config(key, typeof value === "boolean" ? Number(value) : value);
    }
    return Promise.resolve();
  };
  await Object.assign(decoder, { init_featparams }).initialize();
}
