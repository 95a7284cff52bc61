import { type Clip, recordedWord, repeated, type Word, withinSpeech } from "./clips.ts";
import { babble, bandLimited, inRoom } from "./effects.ts";
import { ownReplies } from "./own-replies.ts";
import { type Random, seededRandom } from "./random.ts";
import { colouredNoise, join, mix, type NoiseColour, type Sound, samplesIn, toPeak } from "./sound.ts";
import type { Sources } from "./sources.ts";
import { otherSounds, recordedWords, surroundings } from "./suites.ts";
import { heldOutMisses, inEveryVoice, syntheticAddresses } from "./synthetic.ts";

/** A set of clips that a head is measured on. */
export interface Suite {
  readonly name: string;
  /** Whether the word is in them. */
  readonly word: boolean;
  readonly clips: readonly Clip[];
}

/** What the head is judged by: recordings and sentences that it did not learn from, and every other recording. */
export async function measuringSuites(sources: Sources): Promise<readonly Suite[]> {
  const random = seededRandom(sources.seed + 1);
  return [
    ...(await spokenByPeople(sources, random)),
    ...(await spokenByVoices(sources)),
    ...(await withoutWord(sources)),
  ];
}

async function spokenByPeople({ folder, material }: Sources, random: Random): Promise<readonly Suite[]> {
  const words = await recordedWords(folder, material.word.heldOut);
  const alone = words.map(recordedWord);
  const around = await surroundings(folder, material.other.heldOut);
  const suite = (name: string, clips: readonly Clip[]): Suite => ({ name, word: true, clips });
  const changed = (name: string, change: (sound: Sound) => Sound): Suite =>
    suite(
      name,
      alone.map((clip) => ({ ...clip, sound: change(clip.sound) })),
    );
  const noise = (colour: NoiseColour, snrDb: number) => (sound: Sound) =>
    mix(sound, colouredNoise(colour, sound.length, random), snrDb);
  const crowd = (sound: Sound): Sound => mix(sound, babble(around.speech, sound.length, random), 10);
  return [
    suite("clean", alone),
    changed("brown noise, 10 dB", noise("brown", 10)),
    changed("pink noise, 10 dB", noise("pink", 10)),
    changed("pink noise, 5 dB", noise("pink", 5)),
    changed("six people talking, 10 dB", crowd),
    changed("in a room of 0.4 s", (sound) => inRoom(sound, 400, -3, random)),
    changed("recorded at 8 kHz", (sound) => bandLimited(sound, 3700)),
    changed("at 3 % of full scale", (sound) => toPeak(sound, 0.03)),
    suite(
      "cut into other speech",
      words.map((word) => withinSpeech(word, around.speech, random)),
    ),
    suite(
      "five times, one a second",
      words.map((word) => repeated(word, 5, 1000)),
    ),
    suite("two people at once", atOnce(words, random)),
  ];
}

async function spokenByVoices({ word, speak }: Sources): Promise<readonly Suite[]> {
  const suite = async (name: string, template: string): Promise<Suite> => ({
    name,
    word: true,
    clips: await syntheticAddresses(word, template, speak),
  });
  return [await suite("flite, comma after the word", "%, $"), await suite("flite, no pause after the word", "% $")];
}

async function withoutWord({ word, folder, material, speak }: Sources): Promise<readonly Suite[]> {
  const suite = (name: string, clips: readonly Clip[]): Suite => ({ name, word: false, clips });
  return [
    suite("recordings, reported half", await otherSounds(folder, material.other.heldOut)),
    suite("recordings, training half", await otherSounds(folder, material.other.training)),
    suite("flite, near misses", await heldOutMisses(word, speak)),
    suite("flite, own replies", await inEveryVoice(ownReplies(), speak)),
  ];
}

/** Each recording with the next one's voice over it, up to 0.3 s later. */
function atOnce(words: readonly Word[], random: Random): readonly Clip[] {
  return words.map((word, i) => {
    const other = words[(i + 1) % words.length] ?? word;
    const delay = word.span.start - other.span.start + samplesIn(random.between(0, 300));
    const late = delay > 0 ? join([new Float32Array(delay), other.sound]) : other.sound.subarray(-delay);
    const clip = recordedWord(word);
    return { ...clip, sound: clip.sound.map((value, at) => value + (late[at] ?? 0)) };
  });
}
