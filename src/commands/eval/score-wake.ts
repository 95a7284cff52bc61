import { boundPerHour, type Percentiles, percentiles, type Share, wilson } from "./interval.ts";

/** What the detector made of one clip. */
export interface Listened {
  readonly file: string;
  /** Whether the word is said in it. */
  readonly expected: boolean;
  /** A score from 0 to 1 for each time the word was detected. */
  readonly scores: readonly number[];
  readonly durationMs: number;
  /** End of the word → first detection. */
  readonly latencyMs: number | undefined;
  /** For a recording of the word that was missed: the threshold at which it would have been heard, if at any. */
  readonly wouldAt: number | undefined;
}

export interface WakeCase {
  readonly file: string;
  readonly expected: boolean;
  readonly detections: number;
  /** The best of the detections; of a miss the threshold at which it would have been heard, null if at none. */
  readonly score: number | null;
}

export interface WakeResult {
  readonly kind: "wake";
  readonly word: string;
  readonly positives: number;
  readonly detected: number;
  readonly negatives: number;
  readonly negativeHours: number;
  /** Detections in clips without the word. */
  readonly falseAccepts: number;
  readonly recall: Share;
  /** With 95 % certainty the true rate is lower. Null without negatives. */
  readonly falseAcceptsPerHourBelow: number | null;
  readonly latencyMs: Percentiles | null;
  /** Every clip that went wrong. */
  readonly cases: readonly WakeCase[];
}

export function scoreWake(word: string, clips: readonly Listened[]): WakeResult {
  const positives = clips.filter(({ expected }) => expected);
  const negatives = clips.filter(({ expected }) => !expected);
  const detected = positives.filter(({ scores }) => scores.length > 0);
  const hours = negatives.reduce((sum, { durationMs }) => sum + durationMs, 0) / 3_600_000;
  const falseAccepts = negatives.reduce((sum, { scores }) => sum + scores.length, 0);
  return {
    kind: "wake",
    word,
    positives: positives.length,
    detected: detected.length,
    negatives: negatives.length,
    negativeHours: Math.round(hours * 1e6) / 1e6,
    falseAccepts,
    recall: wilson(detected.length, positives.length),
    falseAcceptsPerHourBelow: hours === 0 ? null : boundPerHour(falseAccepts, hours),
    latencyMs: percentiles(detected.flatMap(({ latencyMs }) => latencyMs ?? [])) ?? null,
    cases: clips.filter(({ expected, scores }) => expected !== scores.length > 0).map(caseOf),
  };
}

const caseOf = ({ file, expected, scores, wouldAt }: Listened): WakeCase => ({
  file,
  expected,
  detections: scores.length,
  score: scores.length === 0 ? (wouldAt ?? null) : Math.round(Math.max(...scores) * 1000) / 1000,
});
