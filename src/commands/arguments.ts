import { InvalidArgumentError } from "commander";

/** Wraps a command's function so that its exit code becomes the process's. */
export type Run = <Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

/** Read options; they throw what commander explains to the user. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("expected a whole number.");
  return value;
}

export function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 65_535) throw new InvalidArgumentError("expected a port, 0 to 65535.");
  return value;
}
