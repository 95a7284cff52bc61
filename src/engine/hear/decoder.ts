import { join } from "node:path";
import type { Decoder } from "soundswallower";
import type { WordNetwork } from "../understand/grammar.ts";
import type { AcousticModel, FeatureParams } from "./acoustic-model.ts";
import type { Pronunciation } from "./dictionary.ts";
import { type Soundswallower, setMean, setNetwork } from "./soundswallower.ts";
import { voiceMean } from "./voice-mean.ts";
import { endsInDoubt, type Segment, scoreOf } from "./word-scores.ts";

/** Wider than the default: slower, but noisy or unusual voices lose no path (measured on human orders). */
const BEAMS = { beam: 1e-80, pbeam: 1e-80, wbeam: 1e-60 };

/** A file that does not exist, so that the decoder begins without words. It fails when it is given no name. */
const NO_DICTIONARY = "no-dictionary";

/** One loaded grammar and the search through it. An utterance is `start`, `feed`…, `stop`. */
export interface GrammarDecoder {
  /** Takes words that are not known yet, then the grammar. Throws, and keeps the old grammar, when it is refused. */
  load(network: WordNetwork, words: readonly Pronunciation[]): void;
  /** Begins with sound that shows what the voice is like. */
  start(opening: Float32Array): void;
  feed(sound: Float32Array): void;
  stop(): void;
  /** The best text so far; after `stop` empty when the sound ended in the middle of a sentence. */
  text(): string;
  score(ignored: ReadonlySet<string>): number;
  /** Whether its last word may not have been said. */
  endsInDoubt(): boolean;
}

/** With no dictionary: it learns the few words of each grammar instead of 130,000. */
export async function openDecoder(module: Soundswallower, model: AcousticModel): Promise<GrammarDecoder> {
  const decoder = new module.Decoder({
    hmm: model.directory,
    dict: join(model.directory, NO_DICTIONARY),
    fdict: model.fillers,
    samprate: 16_000,
    loglevel: "FATAL",
    ...BEAMS,
  });
  await initialise(decoder, model.features);
  const typical = String(decoder.get_config("cmninit")).split(",").map(Number);
  const known = new Set<string>();
  const segments = () => (decoder.get_text() === "" ? [] : (decoder.get_alignment().w as readonly Segment[]));

  return {
    load(network, words) {
      const fresh = words.filter(([entry]) => !known.has(entry));
      if (fresh.length > 0) decoder.add_words(...fresh.map(([entry, phones]): [string, string] => [entry, phones]));
      for (const [entry] of fresh) known.add(entry);
      setNetwork(module, decoder, network);
    },
    // The decoder learns a voice only from utterance to utterance, and the first would suffer: it is told before each.
    start(opening) {
      if (opening.length > 0) setMean(module, decoder, voiceMean(decoder.spectrogram(opening), typical));
      decoder.start();
      if (opening.length > 0) decoder.process_audio(opening);
    },
    feed: (sound) => void decoder.process_audio(sound),
    stop: () => decoder.stop(),
    text: () => decoder.get_text(),
    score: (ignored) => scoreOf(segments(), ignored),
    endsInDoubt: () => endsInDoubt(segments()),
  };
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
