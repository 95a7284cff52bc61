import { babble, bandLimited, inRoom, musicLike, stretched } from "./effects.ts";
import type { Random } from "./random.ts";
import { atSpeed, colouredNoise, join, mix, type Sound, samplesIn, silence, speechBounds, toPeak } from "./sound.ts";
import type { Span } from "./word-span.ts";

/** A sound, and where in it the wake word ends each time it is said. */
export interface Clip {
  readonly sound: Sound;
  readonly wordEndsMs: readonly number[];
  /** The recording or sentence that it was made from. */
  readonly of: string;
}

/** What recordings are varied with. */
export interface Surroundings {
  readonly noises: readonly Sound[];
  readonly speech: readonly Sound[];
}

/** A recording of the word, and where in it the word is. */
export interface Word {
  readonly sound: Sound;
  readonly span: Span;
  readonly of: string;
}

const WORD_VARIATIONS = 10;
const OTHER_VARIATIONS = 4;

const msOf = (samples: number): number => samples / samplesIn(1);

/** A recording of the word alone, with the pause after it in which a detector answers. */
export function recordedWord({ sound, span, of }: Word): Clip {
  return { sound: join([sound, silence(800)]), wordEndsMs: [msOf(span.end)], of };
}

/** A sound without the word. */
export function otherSound(sound: Sound, of: string): Clip {
  return { sound, wordEndsMs: [], of };
}

/** One recording of the word many times: by itself, within other speech and again and again; and the word's halves, which are not it. */
export function variationsOfWord(word: Word, around: Surroundings, random: Random): readonly Clip[] {
  const words = Array.from({ length: WORD_VARIATIONS }, (_, i) => {
    const said = i === 0 ? word : inSomeVoice(word, random);
    if (i % 5 === 4) return repeated(said, 3, random.between(900, 1600));
    return i % 2 === 0 ? recordedWord(said) : withinSpeech(said, around.speech, random);
  });
  const parts = [halfOf(word, "first", around, random), halfOf(word, "second", around, random)];
  return [...words, ...parts].map((clip) => variationOf(clip, around, random));
}

/** Another sound, as it is and in other voices and surroundings. */
export function variationsOfOther(sound: Sound, of: string, around: Surroundings, random: Random): readonly Clip[] {
  const varied = Array.from({ length: OTHER_VARIATIONS - 1 }, () => {
    const span = { start: 0, end: sound.length };
    return otherSound(inSomeVoice({ sound, span, of }, random).sound, of);
  });
  return [shifted(otherSound(sound, of), random), ...varied.map((clip) => variationOf(clip, around, random))];
}

/** A clip in some room, noise, band and level, each by chance. */
export function variationOf(clip: Clip, around: Surroundings, random: Random): Clip {
  const chance = (share: number): boolean => random.next() < share;
  const moved = shifted(clip, random);
  let { sound } = moved;
  if (chance(0.4)) sound = inRoom(sound, random.between(50, 450), random.between(-14, 2), random);
  if (chance(0.6)) sound = mix(sound, someNoise(sound.length, around, random), random.between(3, 20));
  if (chance(0.2)) sound = bandLimited(sound, random.between(3200, 3900), chance(0.5) ? 300 : undefined);
  // Above 1 the loudest samples are clipped.
  return { ...moved, sound: toPeak(sound, chance(0.08) ? random.between(1.5, 5) : 10 ** random.between(-1.6, 0)) };
}

/** The word cut out of its recording, between two pieces of other speech, as in "…, jarvis, open the window". */
export function withinSpeech(said: Word, speech: readonly Sound[], random: Random): Clip {
  const { word, rest } = cutOut(said);
  const before = random.next() < 0.5 ? pieceOf(random.pick(speech), random) : silence(random.between(0, 600));
  const after = pieceOf(random.pick(speech), random);
  const peak = random.between(0.3, 0.9);
  // One gain for the word and its last 40 ms.
  const spoken = toPeak(join([word, rest]), peak);
  const lead = join([toPeak(before, peak), silence(random.between(100, 500))]);
  // In one breath as often as not.
  const pause = Math.max(0, random.between(-150, 250));
  const tail = [silence(pause), toPeak(after, peak), silence(400)];
  return { sound: join([lead, spoken, ...tail]), wordEndsMs: [msOf(lead.length + word.length)], of: said.of };
}

/** The word so many times, from one beginning to the next `everyMs`, or more when the word is longer. */
export function repeated(said: Word, times: number, everyMs: number): Clip {
  const { word, rest } = cutOut(said);
  const once = join([word, rest, silence(Math.max(150, everyMs - msOf(word.length + rest.length)))]);
  const wordEndsMs = Array.from({ length: times }, (_, i) => msOf(i * once.length + word.length));
  return { sound: join([...wordEndsMs.map(() => once), silence(600)]), wordEndsMs, of: said.of };
}

/** Sounds of no voice: the noises alone, crowds, music, and a voice on the radio. */
export function nobodySpeaking(around: Surroundings, count: number, random: Random): readonly Clip[] {
  return Array.from({ length: count }, (_, i) => {
    const music = musicLike(6000, random);
    const kinds = [
      (): Sound => music,
      (): Sound => babble(around.speech, music.length, random),
      (): Sound => bandLimited(mix(random.pick(around.speech), music, random.between(-5, 10)), 3400, 300),
      (): Sound => someNoise(music.length, around, random),
    ];
    const sound = (kinds[i % kinds.length] ?? (() => music))();
    return otherSound(toPeak(sound, 10 ** random.between(-1.6, 0)), `noise ${i}`);
  });
}

function cutOut({ sound, span: { start, end } }: Word): { readonly word: Sound; readonly rest: Sound } {
  return {
    word: sound.subarray(Math.max(0, start - samplesIn(60)), end),
    rest: sound.subarray(end, end + samplesIn(40)),
  };
}

/** Half a word goes on as silence or something else, or begins after it. */
function halfOf(said: Word, half: "first" | "second", around: Surroundings, random: Random): Clip {
  const { word } = cutOut(said);
  const share = half === "first" ? random.between(0.3, 0.5) : random.between(0.5, 0.7);
  const at = Math.floor(share * word.length);
  const other = random.next() < 0.5 ? silence(600) : pieceOf(random.pick(around.speech), random);
  const parts = half === "first" ? [word.subarray(0, at), other] : [other, word.subarray(at)];
  return otherSound(
    join([silence(200), ...parts.map((part) => toPeak(part, 0.7)), silence(600)]),
    `${said.of}, ${half} half`,
  );
}

/** Up to 1.5 s of a sound, from where it is loud. */
function pieceOf(sound: Sound, random: Random): Sound {
  const { start, end } = speechBounds(sound);
  const length = Math.min(end - start, samplesIn(random.between(500, 1500)));
  const from = Math.floor(start + random.next() * (end - start - length));
  return sound.subarray(from, from + length);
}

/** Moves a clip against the hops of the detector. */
function shifted({ sound, wordEndsMs, of }: Clip, random: Random): Clip {
  const lead = silence(random.between(0, 80));
  return { sound: join([lead, sound]), wordEndsMs: wordEndsMs.map((end) => end + msOf(lead.length)), of };
}

function someNoise(samples: number, { noises, speech }: Surroundings, random: Random): Sound {
  const kind = random.next();
  if (kind < 0.6) return colouredNoise(kind < 0.3 ? "brown" : "pink", samples, random);
  if (kind < 0.75) return babble(speech, samples, random);
  const noise = random.pick(noises);
  const at = Math.floor(random.next() * noise.length);
  return join([noise.subarray(at), noise.subarray(0, at)]);
}

/** Higher or lower, faster or slower: another person, nearly. */
function inSomeVoice({ sound, span, of }: Word, random: Random): Word {
  const speed = random.between(0.84, 1.2);
  const pace = random.next() < 0.5 ? 1 : random.between(0.82, 1.22);
  const moved = (at: number): number => Math.floor((at / speed) * pace);
  const other = atSpeed(sound, speed);
  return {
    sound: pace === 1 ? other : stretched(other, pace),
    span: { start: moved(span.start), end: moved(span.end) },
    of,
  };
}
