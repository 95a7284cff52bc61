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

/** Few ask for two things at once, and much else can be heard as two things: two have to be clearer. */
const TWO_WISHES = 5;

/** Whether an utterance was what it sounds like: so many wishes. */
export function judge(score: number, snrDb: number, thresholds: Thresholds, wishes = 1): Judgement {
  const threshold = thresholds.find((one) => snrDb >= one.snrDb) ?? thresholds[thresholds.length - 1] ?? thresholds[0];
  const above = score - threshold.score - (wishes > 1 ? TWO_WISHES : 0);
  return { rejected: above < 0, confidence: Math.round(1000 / (1 + Math.exp(-above / SPREAD))) / 1000 };
}
