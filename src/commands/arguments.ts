import { InvalidArgumentError } from "commander";

/** Wraps a command's function so that its exit code becomes the process's. */
export type Run = <Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

/** Reads an option; throws what commander explains to the user. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("expected a whole number.");
  return value;
}
