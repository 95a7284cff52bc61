/** How this speaker pauses in the middle of what they say. Times are milliseconds of the stream. */
export interface PauseHabit {
  /** The longest pause inside each of the last commands; 0 where there was none. Newest last. */
  readonly longest: readonly number[];
  /** When the last utterance was over, and whether it was no command. */
  readonly last: { readonly endMs: number; readonly rejected: boolean } | undefined;
}

/** An utterance that is over. */
export interface SpokenSpan {
  readonly endMs: number;
  readonly longestPauseMs: number;
  readonly rejected: boolean;
}

/** Shorter gaps are the closure of a consonant. */
export const SHORTEST_PAUSE_MS = 128;

const REMEMBERED = 4;
/**
 * What a stranger is given instead of observations, after none, one and two utterances: of 36 people who ordered
 * coffee, one paused for longer at a place where the order could have been over.
 */
const STRANGER_MS = [288, 160, 96];
/** Nobody pauses twice for exactly as long. */
const MARGIN_MS = 64;
const SHORTEST_HOLD_MS = 160;
const LONGEST_HOLD_MS = 640;

/** Whoever speaks again so soon had not finished. */
const GOES_ON_MS = 1_000;

export const STRANGER: PauseHabit = { longest: [], last: undefined };

/** Only commands show how somebody says them. */
export function afterUtterance({ longest }: PauseHabit, { endMs, longestPauseMs, rejected }: SpokenSpan): PauseHabit {
  return {
    longest: rejected ? longest : [...longest, longestPauseMs].slice(-REMEMBERED),
    last: { endMs, rejected },
  };
}

/** When speech begins: if it goes on after what was taken for the end of a command, that was a pause too. */
export function afterOnset(habit: PauseHabit, onsetMs: number): PauseHabit {
  if (habit.last === undefined || habit.last.rejected || !goesOn(habit, onsetMs)) return habit;
  const longest = Math.max(habit.longest.at(-1) ?? 0, onsetMs - habit.last.endMs);
  return { ...habit, longest: [...habit.longest.slice(0, -1), longest] };
}

/** Whether speech that begins now goes on from something that was no command. */
export const isMoreTalk = (habit: PauseHabit, onsetMs: number): boolean =>
  habit.last?.rejected === true && goesOn(habit, onsetMs);

const goesOn = ({ last }: PauseHabit, onsetMs: number): boolean =>
  last !== undefined && onsetMs - last.endMs < GOES_ON_MS;

/** How long to wait for this speaker to go on where more could be said, in milliseconds; `pauseMs` is what they made in this utterance. */
export function holdFor({ longest }: PauseHabit, pauseMs = 0): number {
  const expected = Math.max(STRANGER_MS[longest.length] ?? 0, pauseMs, ...longest);
  return Math.min(LONGEST_HOLD_MS, Math.max(SHORTEST_HOLD_MS, expected + MARGIN_MS));
}
