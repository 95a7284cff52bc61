import { type Clip, otherSound } from "./clips.ts";
import { endOfWordMs, FLITE_VOICES, type FliteVoice, type Speak } from "./flite.ts";
import { HAND_PICKED } from "./hand-picked.ts";
import { nearMisses, someWords } from "./near-misses.ts";
import { type Random, randomFor } from "./random.ts";
import {
  ADDRESSES,
  CALLS,
  CARRIERS,
  COMMANDS_HELD_OUT,
  COMMANDS_TO_TRAIN,
  NAMES,
  OTHER_SPEECH,
  OTHER_SPEECH_HELD_OUT,
} from "./sentences.ts";
import { join, silence } from "./sound.ts";
import type { Sources } from "./sources.ts";

const ADDRESSES_TO_TRAIN = 480;
const CALLS_TO_TRAIN = 120;
const NEAR_MISSES_TO_TRAIN = 700;
const NEAR_MISSES_KNOWN = 160;
const WORD_SALADS = 240;
const LEVELS = [1, 0.25, 0.06];

/** The word in sentences of the training half. */
export async function syntheticWords({ word, share, speak, seed }: Sources): Promise<readonly Clip[]> {
  const random = randomFor(seed, `addresses of ${word}`);
  const texts = [
    ...Array.from({ length: share * ADDRESSES_TO_TRAIN }, () =>
      filled(random.pick(ADDRESSES), word, random.pick(COMMANDS_TO_TRAIN)),
    ),
    ...Array.from({ length: share * CALLS_TO_TRAIN }, () => filled(random.pick(CALLS), word, "")),
  ];
  const clips: (Clip | undefined)[] = [];
  for (const text of texts) {
    clips.push(await spoken(word, text, random.pick(FLITE_VOICES), someStretch(random), speak));
  }
  return clips.filter((clip) => clip !== undefined);
}

/** Near misses, other assistants' names, replies, small talk and words nobody chose. */
export async function syntheticOthers({ word, share, speak, seed }: Sources): Promise<readonly Clip[]> {
  const random = randomFor(seed, `others than ${word}`);
  const near = [...(HAND_PICKED[word] ?? []), ...(await dictionaryMisses(word, speak)).filter((_, i) => i % 2 === 0)];
  const words = someWords(word, WORD_SALADS * 5);
  const everyVoice = (texts: readonly string[]): readonly string[] =>
    texts.flatMap((text) => Array.from({ length: Math.ceil(share * FLITE_VOICES.length) }, () => text));
  const texts = [
    ...everyVoice([...OTHER_SPEECH, ...COMMANDS_TO_TRAIN]),
    ...everyVoice(otherNames(word)).map((name) => filled(random.pick(ADDRESSES), name, random.pick(COMMANDS_TO_TRAIN))),
    ...Array.from({ length: share * NEAR_MISSES_TO_TRAIN }, () =>
      carried(random.pick(CARRIERS), () => random.pick(near)),
    ),
    ...Array.from({ length: share * WORD_SALADS }, (_, i) => words.slice(i * 5, i * 5 + 5).join(" ")),
  ];
  const clips: Clip[] = [];
  for (const [i, text] of texts.entries()) {
    // The same for every wake word, so that what was rendered for one serves the next.
    const own = randomFor(seed, `${i} ${text}`);
    const voice = FLITE_VOICES[i % FLITE_VOICES.length] ?? own.pick(FLITE_VOICES);
    clips.push(otherSound((await speak(text, voice, someStretch(own))).sound, `${voice}: ${text}`));
  }
  return clips;
}

/** The word before commands that were not trained with, in every voice, at three levels. */
export async function syntheticAddresses(word: string, template: string, speak: Speak): Promise<readonly Clip[]> {
  const clips: Clip[] = [];
  for (const command of COMMANDS_HELD_OUT) {
    for (const voice of FLITE_VOICES) {
      const clip = await spoken(word, filled(template, word, command), voice, 1, speak);
      if (clip !== undefined)
        clips.push(...LEVELS.map((level) => ({ ...clip, sound: clip.sound.map((x) => x * level) })));
    }
  }
  return clips;
}

/** Near misses in sentences, of which none was trained with. */
export async function heldOutMisses(word: string, speak: Speak): Promise<readonly Clip[]> {
  const near = (await dictionaryMisses(word, speak)).filter((_, i) => i % 2 === 1);
  const sentences = near.map((miss, i) => carried(CARRIERS[i % CARRIERS.length] ?? "$", () => miss));
  return inEveryVoice([...sentences, ...OTHER_SPEECH_HELD_OUT, ...COMMANDS_HELD_OUT], speak);
}

/** Each text in every voice. */
export async function inEveryVoice(texts: readonly string[], speak: Speak): Promise<readonly Clip[]> {
  const clips: Clip[] = [];
  for (const text of texts) {
    for (const voice of FLITE_VOICES) clips.push(otherSound((await speak(text, voice)).sound, `${voice}: ${text}`));
  }
  return clips;
}

async function dictionaryMisses(word: string, speak: Speak): Promise<readonly string[]> {
  const { phones } = await speak(word, "slt");
  const names = phones.map(({ name }) => name.toUpperCase().replace("AX", "AH")).filter((name) => name !== "PAU");
  return nearMisses(word, names, NEAR_MISSES_KNOWN);
}

function otherNames(word: string): readonly string[] {
  return NAMES.filter((name) => !name.split(" ").includes(word));
}

const someStretch = (random: Random): number => Math.round(random.between(0.85, 1.25) * 20) / 20;

function filled(template: string, word: string, command: string): string {
  return template.replace("%", word).replace("$", command);
}

function carried(carrier: string, miss: () => string): string {
  return carrier.replaceAll("$", miss);
}

/** Nothing when the voice merged the word's sounds with its neighbours', so that nobody knows where it ends. */
async function spoken(
  word: string,
  text: string,
  voice: FliteVoice,
  stretch: number,
  speak: Speak,
): Promise<Clip | undefined> {
  const said = await speak(text, voice, stretch);
  const wordEndMs = endOfWordMs(said, await speak(word, voice, stretch));
  if (wordEndMs === undefined) return undefined;
  return { sound: join([said.sound, silence(800)]), wordEndsMs: [wordEndMs], of: `${voice}: ${text}` };
}
