import { closeSync, openSync, writeFileSync } from "node:fs";
import { UsageError } from "./explain.ts";

/** A line for the person or program that reads standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Throws `UsageError` when a `--json FILE` cannot be written: better known before the work than after it. */
export function checkWritable(file: string | undefined): void {
  if (file !== undefined && file !== "-") orUsageError(file, () => closeSync(openSync(file, "a")));
}

/** Writes what a `--json FILE` option asks for; `-` is standard output. */
export function writeJson(file: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (file === "-") process.stdout.write(text);
  else orUsageError(file, () => writeFileSync(file, text));
}

function orUsageError(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new UsageError(`--json ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
