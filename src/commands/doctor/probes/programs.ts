import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import type { Environment } from "../../../config/load.ts";

const TIMEOUT_MS = 2_000;
const MAX_OUTPUT_BYTES = 262_144;

/** Of these programs, those that can be started by their name. */
export function programsOn(environment: Environment, names: readonly string[]): readonly string[] {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.filter((name) => folders.some((folder) => isProgram(join(folder, name))));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program prints, or nothing when it is not there, fails, or takes longer than 2 s. */
export function outputOf(
  program: string,
  args: readonly string[],
  environment: Environment,
): Promise<string | undefined> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: { ...environment, LC_ALL: "C" } };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}
