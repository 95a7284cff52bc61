import { isDeepStrictEqual } from "node:util";

import type { SignalPath, SignalValue } from "../src/vehicle/signal.ts";
import type { Expectation } from "./scenario.ts";

/** One call as the agent reported it: `result` is the status that the model was told. */
export interface CallOutcome {
  readonly name: string;
  readonly args: unknown;
  readonly verdict: string;
  readonly result: string;
}

/** What came of one turn. */
export interface TurnOutcome {
  readonly heard?: string;
  readonly calls: readonly CallOutcome[];
  readonly reply: string;
}

type ExpectedState = Expectation["state"];
type ExpectedCall = Expectation["calls"][number];

/** Everything in which a turn differs from what was expected, in words; empty when it is all right. */
export function judgeTurn(
  expected: Expectation,
  outcome: TurnOutcome,
  signals: ReadonlyMap<SignalPath, SignalValue>,
): readonly string[] {
  return [
    ...judgeCalls(expected, outcome),
    ...judgeState(expected.state, signals),
    ...judgeReply(expected.reply, outcome.reply),
  ];
}

/** The part of the judgement that time can mend: poll it until it is empty or `withinMs` are over. */
export function judgeState(expected: ExpectedState, signals: ReadonlyMap<SignalPath, SignalValue>): readonly string[] {
  return Object.entries(expected).flatMap(([path, wanted]) => {
    const value = signals.get(path);
    return holds(wanted, value) ? [] : [`${path} is ${String(value ?? "unknown")}, expected ${wantedWords(wanted)}`];
  });
}

function judgeCalls(expected: Expectation, { calls, heard }: TurnOutcome): readonly string[] {
  const wanted = expected.calls.map((call) => callWords(call.name, call.args));
  const got = calls.map((call) => callWords(call.name, call.args));
  if (wanted.length !== got.length) {
    const from = heard === undefined ? "" : ` from ${JSON.stringify(heard)}`;
    return [`called ${listWords(got)}${from}, expected ${listWords(wanted)}`];
  }
  return expected.calls.flatMap((call, index) => {
    const outcome = calls[index];
    return outcome ? judgeCall({ ...defaultsOf(expected), ...call }, outcome) : [];
  });
}

/** What is expected of the turn is expected of each of its calls that does not say otherwise. */
function defaultsOf({ verdict, status }: Expectation): Pick<ExpectedCall, "verdict" | "status"> {
  return { verdict, status };
}

function judgeCall({ name, args, verdict, status }: ExpectedCall, outcome: CallOutcome): readonly string[] {
  if (outcome.name !== name || !includes(outcome.args, args)) {
    return [`called ${callWords(outcome.name, outcome.args)}, expected ${callWords(name, args)}`];
  }
  return [
    ...(verdict !== undefined && outcome.verdict !== verdict
      ? [`the verdict on ${name} was ${outcome.verdict || "missing"}, expected ${verdict}`]
      : []),
    ...(status !== undefined && outcome.result !== status
      ? [`${name} ended as ${outcome.result || "nothing"}, expected ${status}`]
      : []),
  ];
}

function judgeReply(expected: Expectation["reply"], reply: string): readonly string[] {
  if (!expected) return [];
  if ("contains" in expected) {
    const isThere = reply.toLowerCase().includes(expected.contains.toLowerCase());
    return isThere
      ? []
      : [`replied ${JSON.stringify(reply)}, expected it to contain ${JSON.stringify(expected.contains)}`];
  }
  return new RegExp(expected.matches, "i").test(reply)
    ? []
    : [`replied ${JSON.stringify(reply)}, expected it to match /${expected.matches}/`];
}

/** Arguments may be more than expected, never other. */
function includes(actual: unknown, expected: Readonly<Record<string, unknown>>): boolean {
  if (typeof actual !== "object" || actual === null) return Object.keys(expected).length === 0;
  const args = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(expected).every(([key, value]) => isDeepStrictEqual(args.get(key), value));
}

function holds(wanted: ExpectedState[string], value: SignalValue | undefined): boolean {
  if (typeof wanted !== "object") return value === wanted;
  return typeof value === "number" && Math.abs(value - wanted.near) <= wanted.within;
}

function wantedWords(wanted: ExpectedState[string]): string {
  return typeof wanted === "object" ? `${wanted.near} ± ${wanted.within}` : String(wanted);
}

function callWords(name: string, args: unknown): string {
  return `${name} ${JSON.stringify(args)}`;
}

function listWords(calls: readonly string[]): string {
  return calls.length === 0 ? "nothing" : calls.join(" and ");
}
