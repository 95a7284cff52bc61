import type { Random } from "./random.ts";
import { atSpeed, colouredNoise, join, mix, type Sound, samplesIn, silence, speechBounds, toPeak } from "./sound.ts";

/** A sound, and where in it the wake word ends, if it is in there. */
export interface Clip {
  readonly sound: Sound;
  readonly wordEndMs?: number;
}

/** What recordings are varied with. */
export interface Surroundings {
  readonly noises: readonly Sound[];
  readonly speech: readonly Sound[];
}

const msOf = (samples: number): number => samples / samplesIn(1);

/** A recording of the word alone, with the pause after it in which a detector answers. */
export function recordedWord(sound: Sound): Clip {
  return { sound: join([sound, silence(800)]), wordEndMs: msOf(speechBounds(sound).end) };
}

/** One recording of the word eight times: by itself and within other speech, half of them in noise. */
export function variationsOfWord(sound: Sound, around: Surroundings, random: Random): readonly Clip[] {
  const alone = (): Clip => shifted(recordedWord(inSomeVoice(sound, random)), random);
  const within = (): Clip => withinSpeech(inSomeVoice(sound, random), around.speech, random);
  const noisy = (clip: Clip): Clip => inSomeNoise(clip, around.noises, random);
  const clips = [
    alone(),
    alone(),
    noisy(alone()),
    noisy(alone()),
    within(),
    within(),
    noisy(within()),
    noisy(within()),
  ];
  return clips.map((clip) => atSomeLevel(clip, random));
}

/** Another sound twice: as it is, and faster or slower in noise. */
export function variationsOfOther(sound: Sound, around: Surroundings, random: Random): readonly Clip[] {
  const [clean, varied] = [shifted({ sound }, random), shifted({ sound: inSomeVoice(sound, random) }, random)];
  return [clean, inSomeNoise(varied, around.noises, random)].map((clip) => atSomeLevel(clip, random));
}

/** A clip as it is or in noise, at some level. */
export function variationOf(clip: Clip, around: Surroundings, random: Random): Clip {
  const moved = shifted(clip, random);
  return atSomeLevel(random.next() < 0.5 ? moved : inSomeNoise(moved, around.noises, random), random);
}

/** The word cut out of its recording, between two pieces of other speech, as in "…, jarvis, open the window". */
export function withinSpeech(sound: Sound, speech: readonly Sound[], random: Random): Clip {
  const { start, end } = speechBounds(sound);
  const word = sound.subarray(Math.max(0, start - samplesIn(60)), end);
  const rest = sound.subarray(end, end + samplesIn(40));
  const before = random.next() < 0.5 ? pieceOf(random.pick(speech), random) : silence(random.between(0, 600));
  const after = pieceOf(random.pick(speech), random);
  const peak = random.between(0.3, 0.9);
  // One gain for the word and its last 40 ms.
  const spoken = toPeak(join([word, rest]), peak);
  const lead = join([toPeak(before, peak), silence(random.between(100, 500))]);
  return {
    sound: join([lead, spoken, silence(random.between(0, 250)), toPeak(after, peak), silence(400)]),
    wordEndMs: msOf(lead.length + word.length),
  };
}

export function inNoise(clip: Clip, noise: Sound, snrDb: number): Clip {
  return { ...clip, sound: mix(clip.sound, noise, snrDb) };
}

/** Up to 1.5 s of a sound, from where it is loud. */
function pieceOf(sound: Sound, random: Random): Sound {
  const { start, end } = speechBounds(sound);
  const length = Math.min(end - start, samplesIn(random.between(500, 1500)));
  const from = Math.floor(start + random.next() * (end - start - length));
  return sound.subarray(from, from + length);
}

/** Moves a clip against the hops of the detector. */
function shifted({ sound, wordEndMs }: Clip, random: Random): Clip {
  const lead = silence(random.between(0, 80));
  const longer = join([lead, sound]);
  return wordEndMs === undefined ? { sound: longer } : { sound: longer, wordEndMs: wordEndMs + msOf(lead.length) };
}

function inSomeNoise(clip: Clip, noises: readonly Sound[], random: Random): Clip {
  const kind = random.next();
  const colour = kind < 0.375 ? "brown" : "pink";
  const noise =
    kind < 0.75 ? colouredNoise(colour, clip.sound.length, random) : turned(random.pick(noises), random.next());
  return inNoise(clip, noise, random.between(5, 20));
}

/** The same sound, begun somewhere else. */
function turned(sound: Sound, share: number): Sound {
  const at = Math.floor(share * sound.length);
  return join([sound.subarray(at), sound.subarray(0, at)]);
}

function inSomeVoice(sound: Sound, random: Random): Sound {
  return atSpeed(sound, random.between(0.88, 1.14));
}

function atSomeLevel(clip: Clip, random: Random): Clip {
  return { ...clip, sound: toPeak(clip.sound, 10 ** random.between(-1.6, 0)) };
}
