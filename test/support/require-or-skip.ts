import { existsSync } from "node:fs";

/**
 * Whether something a test needs from outside the repository is there. In CI it must be: there a missing one is an
 * error, so that no test is left out unseen.
 */
export function haveOrSkip(path: string): boolean {
  const have = existsSync(path);
  if (!have && process.env["CI"] === "true") throw new Error(`${path} is missing, and in CI no test may be skipped`);
  return have;
}
