import type { Environment } from "../../config/load.ts";
import { EXIT } from "../explain.ts";
import type { CheckResult } from "./run-checks.ts";

const MARKS = { ok: "✓", warn: "!", fail: "✗", skipped: "–" } as const;
const NAME_WIDTH = 16;
/** Shorter ones stand in ordinary words. */
const MIN_SECRET_CHARS = 4;

/** The lines that a person reads of one result. */
export function linesOf({ name, found, ...result }: CheckResult): readonly string[] {
  const [first = "", ...rest] = found.split("\n").map(printable);
  const indent = " ".repeat(NAME_WIDTH + 2);
  const mend = "mend" in result ? [`${indent}mend: ${result.mend}`] : [];
  return [`${MARKS[result.status]} ${name.padEnd(NAME_WIDTH)}${first}`, ...rest.map((line) => indent + line), ...mend];
}

/** Some of it comes from programs and the network: nothing in it may move the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

export function summaryOf(results: readonly CheckResult[]): string {
  const count = (status: CheckResult["status"], word: string): string[] => {
    const n = results.filter((result) => result.status === status).length;
    return n === 0 ? [] : [`${n} ${word}`];
  };
  const counts = [
    count("ok", "fine"),
    count("warn", "to look at"),
    count("fail", "wrong"),
    count("skipped", "skipped"),
  ];
  return `${counts.flat().join(", ")}.`;
}

/** A mistake in the configuration comes first: what else is wrong may follow from it. */
export function exitCodeOf(results: readonly CheckResult[]): number {
  const exits = results.flatMap((result) => (result.status === "fail" ? [result.exit] : []));
  return [EXIT.usage, EXIT.missing, EXIT.bug].find((code) => exits.includes(code)) ?? EXIT.ok;
}

/** The same result without any of the secrets, whatever a server or program made of them. */
export function withoutSecrets<T extends CheckResult>(result: T, secrets: readonly string[]): T {
  const hide = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, "•••"), text);
  return { ...result, found: hide(result.found), ...("mend" in result && { mend: hide(result.mend) }) };
}

/** The values of the variables that hold secrets. */
export function secretsIn(environment: Environment, names: readonly string[]): readonly string[] {
  return names.map((name) => environment[name] ?? "").filter((value) => value.length >= MIN_SECRET_CHARS);
}
