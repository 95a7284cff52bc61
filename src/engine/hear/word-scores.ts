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
/** The score of an utterance without words. */
export const NO_WORDS = -999;

/** Pauses and noises; "(NULL)" is a step of the grammar that has no sound. */
const isFiller = (word: string): boolean => /^(\(NULL\)|<.*>|\[.*\])$/.test(word);
/** Alternative pronunciations are written "to(2)". */
const plain = (word: string): string => word.replace(/\(\d+\)$/, "");

/**
 * How well the words fit the sound, per frame and relative to the best sound of the model: 0 is perfect, a right command
 * around -30. It is the mean of the whole and of its worst stretch: the whole alone would let a good beginning ("open
 * the …") pay for a wrong end, the stretch alone would punish one slip of the tongue. Words of `ignored` (the wake word,
 * of which often only the end is there) do not count.
 */
export function scoreOf(segments: readonly Segment[], ignored: ReadonlySet<string>): number {
  const frames = segments
    .filter(({ t }) => !isFiller(t) && !ignored.has(plain(t)))
    .flatMap(({ d, p }) => {
      const count = Math.max(1, Math.round(d * FRAMES_PER_SECOND));
      return Array<number>(count).fill(Math.log(Math.max(p, 0.0005)) / LOG_BASE / count);
    });
  return frames.length === 0 ? NO_WORDS : (meanOf(frames) + worstStretch(frames)) / 2;
}

const meanOf = (frames: readonly number[]): number => frames.reduce((sum, score) => sum + score, 0) / frames.length;

function worstStretch(frames: readonly number[]): number {
  const starts = Math.max(1, frames.length - STRETCH_FRAMES + 1);
  return Math.min(...Array.from({ length: starts }, (_, at) => meanOf(frames.slice(at, at + STRETCH_FRAMES))));
}
