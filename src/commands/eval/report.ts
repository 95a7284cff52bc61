import type { SpokenCall } from "../../engine/understand/grammar.ts";
import type { Percentiles, Share } from "./interval.ts";
import type { IntentCase, IntentResult, Outcome } from "./score-intent.ts";
import type { WakeResult } from "./score-wake.ts";

const HEADINGS: Readonly<Partial<Record<Outcome, string>>> = {
  cut: "heard as more than one utterance",
  rejected: "nothing done",
  "wrong-tool": "wrong tool",
  "wrong-arguments": "wrong arguments",
  acted: "acted on without being asked",
};

/** What a person wants to read about an intent suite, line by line. */
export function reportIntent(result: IntentResult): readonly string[] {
  const { n, allRight, rightTool, rejected, faults, cut, negatives, actedOn } = result;
  return [
    row("commands", n),
    row("all right", allRight, share(result.accuracy)),
    row("right tool", rightTool),
    row("nothing done", rejected),
    row("cut into several", cut),
    row("faults", faults, "did what was not asked"),
    row("asked for nothing", negatives, `${(result.negativeHours * 60).toFixed(1)} minutes`),
    row("acted on anyway", actedOn, negatives === 0 ? "" : share(result.actedOnShare)),
    ...(result.leftOut === 0 ? [] : [row("left out", result.leftOut, "no label for these tools")]),
    latency("speech → understood", result.latencyMs),
    ...Object.entries(HEADINGS).flatMap(([outcome, heading]) =>
      casesOf(
        heading,
        result.cases.filter((one) => one.outcome === outcome),
      ),
    ),
  ];
}

function casesOf(heading: string, cases: readonly IntentCase[]): readonly string[] {
  if (cases.length === 0) return [];
  const lines = cases.flatMap(({ file, score, text, expected, got }) => [
    `  ${file}  score ${score ?? "–"}`,
    `    heard    ${text === "" ? "nothing" : text}`,
    ...(expected.length === 0 ? [] : [`    asked    ${written(expected)}`]),
    ...(got.length === 0 ? [] : [`    did      ${written(got)}`]),
  ]);
  return ["", `${heading}:`, ...lines];
}

/** What a person wants to read about a wake word suite, line by line. */
export function reportWake(result: WakeResult): readonly string[] {
  const { word, positives, detected, negatives, negativeHours, falseAccepts, falseAcceptsPerHourBelow: below } = result;
  const missed = result.cases.filter(({ expected }) => expected);
  const wrong = result.cases.filter(({ expected }) => !expected);
  return [
    row(`recordings of "${word}"`, positives),
    row("detected", detected, share(result.recall)),
    row("other recordings", negatives, `${negativeHours.toFixed(3)} hours`),
    row("false accepts", falseAccepts, below === null ? "" : `below ${below.toFixed(2)} an hour (95 %)`),
    latency("word → detected", result.latencyMs),
    ...(missed.length === 0
      ? []
      : ["", "missed:", ...missed.map(({ file, score }) => `  ${file}  ${nearMiss(score)}`)]),
    ...(wrong.length === 0
      ? []
      : ["", "false accepts:", ...wrong.map(({ file, score }) => `  ${file}  score ${score}`)]),
  ];
}

const nearMiss = (score: number | null): string =>
  score === null ? "not heard at any threshold" : `would be heard at ${score}`;

const row = (what: string, count: number, more = ""): string =>
  `${what.padEnd(26)}${String(count).padStart(6)}  ${more}`.trimEnd();

const latency = (what: string, times: Percentiles | null): string =>
  `${what.padEnd(26)}${times === null ? "     –" : `  p50 ${times.p50} ms, p95 ${times.p95} ms`}`;

/** "97.2 % (85.8 to 99.5)". */
export function share({ share: part, low, high }: Share): string {
  if (Number.isNaN(part)) return "–";
  const percent = (value: number): string => (value * 100).toFixed(1);
  return `${percent(part)} % (${percent(low)} to ${percent(high)})`;
}

/** "orderDrink size=large, coffeeDrink=latte; …". */
function written(calls: readonly SpokenCall[]): string {
  return calls
    .map(
      ({ name, args }) =>
        `${name} ${Object.entries(args)
          .map(([key, value]) => `${key}=${value}`)
          .join(", ")}`,
    )
    .join("; ");
}
