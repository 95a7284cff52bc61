import { writeFileSync } from "node:fs";

/** A line for the person or program that reads standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes what a `--json FILE` option asks for; `-` is standard output. */
export function writeJson(file: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (file === "-") process.stdout.write(text);
  else writeFileSync(file, text);
}
