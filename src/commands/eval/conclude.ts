import { EXIT } from "../explain.ts";
import { print, writeJson } from "../print.ts";
import type { Share } from "./interval.ts";

export interface ConcludeOptions {
  readonly json?: string;
  /** In percent. */
  readonly minAccuracy?: number;
}

export interface Conclusion {
  readonly result: object;
  readonly lines: readonly string[];
  readonly accuracy: Share;
}

/** Writes and prints a result. Returns the exit code: "failed" when it is not as good as was wanted. */
export function conclude({ result, lines, accuracy }: Conclusion, { json, minAccuracy = 0 }: ConcludeOptions): number {
  if (json !== undefined) writeJson(json, result);
  if (json !== "-") print(lines.join("\n"));
  return accuracy.share * 100 < minAccuracy ? EXIT.failed : EXIT.ok;
}
