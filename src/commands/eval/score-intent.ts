import type { SpokenCall } from "../../engine/understand/grammar.ts";
import { type Percentiles, percentiles, type Share, wilson } from "./interval.ts";

/** One thing that the ear took for an utterance. */
export interface Utterance {
  readonly text: string;
  readonly rejected: boolean;
  readonly score: number;
  /** What the text asks for; empty when it asks for nothing, or was rejected. */
  readonly calls: readonly SpokenCall[];
}

/** What came of one clip. */
export interface Heard {
  readonly file: string;
  /** Empty for a clip that asks for nothing. */
  readonly expected: readonly SpokenCall[];
  readonly utterances: readonly Utterance[];
  readonly durationMs: number;
  /** Last speech sample → understood, where something was understood. */
  readonly latencyMs: number | undefined;
}

/**
 * `right`: exactly what was asked, in one utterance. `cut`: heard as more than one, and not right. `nothing`: asked for
 * nothing, and nothing was done. `acted`: asked for nothing, and something was done.
 */
export type Outcome = "right" | "wrong-tool" | "wrong-arguments" | "cut" | "rejected" | "nothing" | "acted";

export interface IntentCase {
  readonly file: string;
  readonly outcome: Outcome;
  readonly expected: readonly SpokenCall[];
  readonly got: readonly SpokenCall[];
  /** The words of all utterances, " / " between them. */
  readonly text: string;
  /** The best score of what was acted on, or of what was heard; null when nothing was. */
  readonly score: number | null;
  readonly latencyMs: number | null;
}

export interface IntentResult {
  readonly kind: "intent";
  /** Clips that ask for something. */
  readonly n: number;
  readonly allRight: number;
  readonly rightTool: number;
  /** Nothing was done though something was asked. */
  readonly rejected: number;
  /** Something was done that was not asked, negatives included. */
  readonly faults: number;
  /** Heard as more than one utterance, and not right. */
  readonly cut: number;
  readonly negatives: number;
  readonly negativeHours: number;
  readonly actedOn: number;
  /** Clips of which nobody knows what should be done. */
  readonly leftOut: number;
  readonly accuracy: Share;
  readonly actedOnShare: Share;
  readonly latencyMs: Percentiles | null;
  readonly cases: readonly IntentCase[];
}

export function scoreIntent(clips: readonly Heard[], leftOut = 0): IntentResult {
  const cases = clips.map(judge);
  const asked = cases.filter(({ expected }) => expected.length > 0);
  const negatives = clips.filter(({ expected }) => expected.length === 0);
  const count = (...outcomes: readonly Outcome[]): number =>
    cases.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const actedOn = count("acted");
  const negativeMs = negatives.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const latencies = cases.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    kind: "intent",
    n: asked.length,
    allRight: count("right"),
    rightTool: asked.filter(({ expected, got }) => sameTools(expected, got)).length,
    rejected: asked.filter(({ got }) => got.length === 0).length,
    faults: cases.filter(({ expected, got }) => got.length > 0 && !sameCalls(expected, got)).length,
    cut: count("cut"),
    negatives: negatives.length,
    negativeHours: Math.round(negativeMs / 3.6) / 1e6,
    actedOn,
    leftOut,
    accuracy: wilson(count("right"), asked.length),
    actedOnShare: wilson(actedOn, negatives.length),
    latencyMs: percentiles(latencies) ?? null,
    cases,
  };
}

function judge({ file, expected, utterances, latencyMs }: Heard): IntentCase {
  const got = utterances.flatMap(({ calls }) => calls);
  const scores = utterances.filter(({ calls }) => calls.length > 0 || got.length === 0).map(({ score }) => score);
  return {
    file,
    outcome: outcomeOf(expected, got, utterances),
    expected,
    got,
    text: utterances.map(({ text }) => text).join(" / "),
    score: scores.length === 0 ? null : Math.round(Math.max(...scores) * 10) / 10,
    latencyMs: latencyMs === undefined ? null : Math.round(latencyMs),
  };
}

function outcomeOf(
  expected: readonly SpokenCall[],
  got: readonly SpokenCall[],
  utterances: readonly Utterance[],
): Outcome {
  if (expected.length === 0) return got.length === 0 ? "nothing" : "acted";
  const accepted = utterances.filter(({ rejected }) => !rejected);
  if (accepted.length === 1 && sameCalls(expected, got)) return "right";
  if (utterances.length > 1) return "cut";
  if (got.length === 0) return "rejected";
  return sameTools(expected, got) ? "wrong-arguments" : "wrong-tool";
}

const sameTools = (expected: readonly SpokenCall[], got: readonly SpokenCall[]): boolean =>
  expected.length === got.length && expected.every(({ name }, index) => name === got[index]?.name);

/** The same tools in the same order, each with the same arguments. Spaces and capitals in a text do not count. */
export function sameCalls(expected: readonly SpokenCall[], got: readonly SpokenCall[]): boolean {
  return sameTools(expected, got) && expected.every(({ args }, index) => sameArgs(args, got[index]?.args ?? {}));
}

function sameArgs(expected: SpokenCall["args"], got: SpokenCall["args"]): boolean {
  const names = Object.keys(expected);
  return (
    names.length === Object.keys(got).length &&
    names.every((name) => Object.hasOwn(got, name) && plain(expected[name]) === plain(got[name]))
  );
}

const plain = (value: SpokenCall["args"][string] | undefined): string =>
  String(value).trim().replace(/\s+/g, " ").toLowerCase();
