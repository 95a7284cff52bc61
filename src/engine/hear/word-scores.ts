/** One stretch of the best path, as soundswallower's get_alignment tells it: seconds, and a likelihood rounded to 3 digits. */
export interface Segment {
  readonly t: string;
  readonly d: number;
  readonly p: number;
}

const FRAMES_PER_SECOND = 100;
/** The decoder counts in logarithms to this base. */
const LOG_BASE = Math.log(1.0001);
/** The stretch of words that fits worst: long enough for a short word, too short for its neighbours to hide it. */
const STRETCH_FRAMES = 30;
const STRETCH_SHARE = 0.15;
/** Shorter words ("a", "the") are said in many ways, and fit by chance. */
const LONG_FRAMES = 12;
const LONGEST_FRAMES = 60;
/** A wake word that is not cut off lasts longer. */
const WHOLE_FRAMES = 25;
/** One short word that does not fit ("a") says no more about the rest. */
const WORST = -120;
/** The worst of 276 last words that had been said scored -63. */
const DOUBTFUL_BELOW = -75;
const DOUBTFUL_FRAMES = 16;
const LEAST_LIKELIHOOD = 0.0005;
/** The score of an utterance without words. */
export const NO_WORDS = -999;

/** Pauses and noises; "(NULL)" is a step of the grammar that has no sound. */
const isFiller = (word: string): boolean => /^(\(NULL\)|<.*>|\[.*\])$/.test(word);
/** Alternative pronunciations are written "to(2)". */
const plain = (word: string): string => word.replace(/\(\d+\)$/, "");

/**
 * How well the words fit the sound, per frame and relative to the best sound of the model: 0 is perfect, a right command
 * around -30. Mostly the mean over the words that are long enough to judge; the worst stretch has its part, lest a good
 * beginning ("open the …") pay for a wrong end. Words of `ignored` (the wake word) count only where they are whole: often
 * only the end of them is there.
 */
export function scoreOf(segments: readonly Segment[], ignored: ReadonlySet<string>): number {
  const all = segments.filter(({ t }) => !isFiller(t)).map(wordOf);
  if (all.every(({ word }) => ignored.has(word))) return NO_WORDS;
  const words = all.filter(({ word, count }) => !ignored.has(word) || count >= WHOLE_FRAMES);
  const long = words.filter(({ count }) => count >= LONG_FRAMES);
  const mean = meanOf(framesOf(long.length > 0 ? long : words));
  return mean * (1 - STRETCH_SHARE) + worstStretch(framesOf(words)) * STRETCH_SHARE;
}

interface WordScore {
  readonly word: string;
  readonly count: number;
  readonly score: number;
}

/** The score of each frame; what a word lasts beyond all measure is noise that it swallowed. */
const framesOf = (words: readonly WordScore[]): readonly number[] =>
  words.flatMap(({ count, score }) => Array<number>(Math.min(count, LONGEST_FRAMES)).fill(score));

/** Whether the last word is short and fits so badly that it may be the breath after the one before. */
export function endsInDoubt(segments: readonly Segment[]): boolean {
  const last = segments
    .filter(({ t }) => !isFiller(t))
    .map(wordOf)
    .at(-1);
  return last !== undefined && last.count <= DOUBTFUL_FRAMES && last.score < DOUBTFUL_BELOW;
}

function wordOf({ t, d, p }: Segment): WordScore {
  const count = Math.max(1, Math.round(d * FRAMES_PER_SECOND));
  const score = Math.log(Math.max(p, LEAST_LIKELIHOOD)) / LOG_BASE / count;
  return { word: plain(t), count, score: Math.max(WORST, score) };
}

const meanOf = (frames: readonly number[]): number => frames.reduce((sum, score) => sum + score, 0) / frames.length;

function worstStretch(frames: readonly number[]): number {
  const starts = Math.max(1, frames.length - STRETCH_FRAMES + 1);
  return Math.min(...Array.from({ length: starts }, (_, at) => meanOf(frames.slice(at, at + STRETCH_FRAMES))));
}
