import createModule, { type Decoder, type SoundSwallowerModule } from "soundswallower";
import type { WordNetwork } from "../understand/grammar.ts";

/** What soundswallower 0.6.3 exports beside its documented classes. Addresses and handles are numbers. */
interface Internals extends SoundSwallowerModule {
  _decoder_logmath(decoder: number): number;
  _decoder_init_fe(decoder: number): number;
  _decoder_init_feat_s3file(decoder: number, transform: number): number;
  _acmod_reinit_feat(acousticModel: number, frontEnd: number, features: number): number;
  _logmath_log(logmath: number, probability: number): number;
  _fsg_model_init(name: number, logmath: number, languageWeight: number, states: number): number;
  _fsg_set_states(fsg: number, start: number, final: number): void;
  _fsg_model_word_add(fsg: number, word: number): number;
  _fsg_model_trans_add(fsg: number, from: number, to: number, logProbability: number, word: number): void;
  _fsg_model_null_trans_add(fsg: number, from: number, to: number, logProbability: number): number;
  _decoder_set_fsg(decoder: number, fsg: number): number;
}

export type Soundswallower = Internals;

/** Loads the WebAssembly module. It would take over the uncaught exceptions of its thread, which is not its business. */
export async function loadSoundswallower(modelBase: string): Promise<Soundswallower> {
  const before = process.listeners("uncaughtException");
  const settings = { modelBase, print: ignore, printErr: ignore };
  const module = (await createModule(settings)) as Soundswallower;
  for (const listener of process.listeners("uncaughtException")) {
    if (!before.includes(listener)) process.off("uncaughtException", listener);
  }
  return module;
}

const ignore = (): undefined => undefined;

/** A sentence that may end is more likely to end than to go on with any one word. */
const END_WEIGHT = 3;
/** Few sentences are broken off: a whole one wins wherever it can have been said. */
const BREAK_WEIGHT = 0.3;

/**
 * Makes the decoder listen for a network. Its own `set_grammar` copies every rule of a JSGF wherever it is mentioned: with
 * the phrases of fourteen tools that takes twelve times as long to load and several times as long to decode.
 */
export function setNetwork(module: Soundswallower, decoder: Decoder, network: WordNetwork): void {
  const { cdecoder } = decoder as Decoder & { readonly cdecoder: number };
  const logmath = module._decoder_logmath(cdecoder);
  const weight = Number(decoder.get_config("lw"));
  const { states, start, ends, breaks, arcs } = network;
  const fsg = withText(module, "network", (name) => module._fsg_model_init(name, logmath, weight, states + 1));
  module._fsg_set_states(fsg, start, states);

  const ways = new Array<number>(states).fill(0);
  for (const arc of [...arcs, ...ends.map((from) => ({ from, weight: END_WEIGHT }))]) {
    ways[arc.from] = (ways[arc.from] ?? 0) + arc.weight;
  }
  /** Wherever a sentence can go on in many ways, each of them is less likely. */
  const chance = (from: number, share: number): number =>
    Math.round(module._logmath_log(logmath, share / (ways[from] ?? 1)) * weight);
  const words = new Map<string, number>();
  for (const { from, to, word, weight: share } of arcs) {
    const id = words.get(word) ?? withText(module, word, (text) => module._fsg_model_word_add(fsg, text));
    words.set(word, id);
    module._fsg_model_trans_add(fsg, from, to, chance(from, share), id);
  }
  for (const from of ends) module._fsg_model_null_trans_add(fsg, from, states, chance(from, END_WEIGHT));
  // Not counted among the ways: what is whole stays as likely as without them.
  for (const from of breaks) module._fsg_model_null_trans_add(fsg, from, states, chance(from, BREAK_WEIGHT));
  if (module._decoder_set_fsg(cdecoder, fsg) < 0) throw new Error("The recogniser refused the grammar.");
}

/** Tells the decoder the mean cepstrum of what it is about to hear. Between utterances only. */
export function setMean(module: Soundswallower, decoder: Decoder, mean: readonly number[]): void {
  const { cdecoder, cacmod } = decoder as Decoder & { readonly cdecoder: number; readonly cacmod: number };
  decoder.set_config("cmninit", mean.map((value) => value.toFixed(3)).join());
  const frontEnd = module._decoder_init_fe(cdecoder);
  const features = module._decoder_init_feat_s3file(cdecoder, 0);
  if (module._acmod_reinit_feat(cacmod, frontEnd, features) < 0) throw new Error("The recogniser lost its features.");
}

function withText<T>(module: Soundswallower, text: string, use: (address: number) => T): T {
  const bytes = Buffer.from(`${text}\0`, "utf8");
  const address = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, address);
  try {
    return use(address);
  } finally {
    module._free(address);
  }
}
