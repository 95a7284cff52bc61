import type { WordNetwork } from "../understand/grammar.ts";
import type { AcousticModel } from "./acoustic-model.ts";
import { type GrammarDecoder, openDecoder } from "./decoder.ts";
import type { Pronunciation } from "./dictionary.ts";
import { ditherer } from "./dither.ts";
import { loadSoundswallower } from "./soundswallower.ts";
import { NO_WORDS } from "./word-scores.ts";

/** So much sound shows how a voice sounds: some quiet and half a second of speech. */
const OPENING_SAMPLES = 14_400;
/** A decoder with the phrases of fourteen tools takes some 30 MB. */
const MAX_DECODERS = 3;

export interface Recognised {
  /** Empty when the sound ended in the middle of a sentence. */
  readonly text: string;
  readonly score: number;
  /** The last word fits badly: where the sentence is whole without it, it was not said. */
  readonly endsInDoubt: boolean;
}

/** Recognises what one grammar allows. An utterance is `start`, `feed`…, `finish`; grammars change in between. */
export interface Recogniser {
  /** Changes to a grammar that was loaded before under this name, at once; false when it is not there (any more). */
  recall(name: string): boolean;
  /** Loads a grammar under a name and changes to it. Throws, and keeps the old one, when it is refused. */
  load(name: string, network: WordNetwork, words: readonly Pronunciation[]): void;
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

interface Shelf {
  /** Undefined as long as it is empty. */
  name: string | undefined;
  readonly decoder: GrammarDecoder;
}

/** Keeps the grammars that were used last ready, each in a decoder of its own. */
export async function openRecogniser(model: AcousticModel): Promise<Recogniser> {
  const module = await loadSoundswallower(model.directory);
  const dithered = ditherer();
  let current: Shelf = { name: undefined, decoder: await openDecoder(module, model) };
  /** The one used last is the last. */
  let shelves: readonly Shelf[] = [current];
  let opening: Float32Array | undefined;
  let growing = false;

  const take = (shelf: Shelf): void => {
    current = shelf;
    shelves = [...shelves.filter((other) => other !== shelf), shelf];
  };
  /** Another decoder for the next grammar; until it is there, and when it cannot be had, the oldest grammar makes room. */
  const grow = (): void => {
    if (growing || shelves.length >= MAX_DECODERS) return;
    growing = true;
    void openDecoder(module, model)
      .then((decoder) => {
        shelves = [{ name: undefined, decoder }, ...shelves];
        growing = false;
      })
      .catch(() => undefined);
  };
  const settle = (): void => {
    if (opening === undefined) return;
    current.decoder.start(opening);
    opening = undefined;
  };

  return {
    recall(name) {
      const known = shelves.find((shelf) => shelf.name === name);
      if (known !== undefined) take(known);
      return known !== undefined;
    },
    load(name, network, words) {
      const [oldest = current] = shelves;
      oldest.decoder.load(network, words);
      oldest.name = name;
      take(oldest);
      grow();
    },
    start: () => {
      opening = new Float32Array(0);
    },
    feed(pcm) {
      const sound = dithered(pcm);
      if (opening === undefined) current.decoder.feed(sound);
      else if ((opening = joined(opening, sound)).length >= OPENING_SAMPLES) settle();
    },
    settle,
    partial: () => (opening === undefined ? current.decoder.text() : ""),
    partialScore: (ignored) => (opening === undefined ? current.decoder.score(ignored) : NO_WORDS),
    finish(ignored) {
      settle();
      current.decoder.stop();
      const { decoder } = current;
      return { text: decoder.text(), score: decoder.score(ignored), endsInDoubt: decoder.endsInDoubt() };
    },
  };
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  const whole = new Float32Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return whole;
}
