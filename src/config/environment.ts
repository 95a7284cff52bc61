import type { Environment } from "./load.ts";

/** The process's environment. Read here and nowhere else, so that every other module can be given another one. */
export function environment(): Environment {
  return process.env;
}
