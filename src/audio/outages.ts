import type { Backoff } from "../shared/backoff.ts";

export const DEVICE_BACKOFF: Backoff = { minMs: 200, maxMs: 5_000 };

/** A device has gone, or works. The message is for whoever looks after the car. */
export interface Outage {
  readonly out: boolean;
  /** Nothing was heard of the device before. */
  readonly first: boolean;
  readonly message: string;
}

/** A device that worked for so long was a good one: its next failure is the first again. */
const STABLE_MS = 10_000;

export interface Outages {
  readonly hasWorked: boolean;
  readonly isOut: boolean;
  works(): void;
  /** How many times in a row it has failed before. */
  fails(message: string): number;
}

/** Follows whether a device works, and tells each change once, however often it is tried in between. */
export function outages(name: string, tell: (outage: Outage) => void, now = () => performance.now()): Outages {
  let worksSince: number | undefined;
  let outSince: number | undefined;
  let failures = 0;
  let told = "";
  let hasWorked = false;

  return {
    get hasWorked() {
      return hasWorked;
    },
    get isOut() {
      return outSince !== undefined;
    },
    works: () => {
      if (worksSince !== undefined) return;
      worksSince = now();
      hasWorked = true;
      const again = outSince === undefined ? "" : ` again after ${((now() - outSince) / 1_000).toFixed(1)} s`;
      const first = outSince === undefined;
      outSince = undefined;
      told = "";
      tell({ out: false, first, message: `${name} works${again}.` });
    },
    fails: (message) => {
      const wasStable = worksSince !== undefined && now() - worksSince >= STABLE_MS;
      const first = !hasWorked && outSince === undefined;
      failures = wasStable ? 0 : failures + 1;
      worksSince = undefined;
      outSince ??= now();
      if (message !== told) tell({ out: true, first, message });
      told = message;
      return failures;
    },
  };
}
