/** What a score has to reach where speech stands at least so far above the noise. */
export interface Threshold {
  readonly snrDb: number;
  readonly score: number;
}

/** The quietest cabin first; the last holds for everything below. */
export type Thresholds = readonly [Threshold, ...Threshold[]];

export interface Judgement {
  readonly rejected: boolean;
  /** How likely it is that the text was said, 0 to 1; one half at the threshold. */
  readonly confidence: number;
}

/** A score that is so much better is e times as likely to be right. */
const SPREAD = 4;

/** Why an utterance is less likely to be a command than others: it has to be the clearer. */
export interface Doubts {
  /** Few ask for two things at once, and much else can be heard as two things. */
  readonly severalWishes?: boolean;
  /** What goes on from talk that was no command is talk. */
  readonly moreTalk?: boolean;
}

const SEVERAL_WISHES = 5;
const MORE_TALK = 8;

/** Whether an utterance was what it sounds like. */
export function judge(score: number, snrDb: number, thresholds: Thresholds, doubts: Doubts = {}): Judgement {
  const threshold = thresholds.find((one) => snrDb >= one.snrDb) ?? thresholds[thresholds.length - 1] ?? thresholds[0];
  const extra = (doubts.severalWishes === true ? SEVERAL_WISHES : 0) + (doubts.moreTalk === true ? MORE_TALK : 0);
  const above = score - threshold.score - extra;
  return { rejected: above < 0, confidence: Math.round(1000 / (1 + Math.exp(-above / SPREAD))) / 1000 };
}
