import type { Share } from "../src/commands/eval/interval.ts";

const percent = (part: number): string => (part * 100).toFixed(1);

/** A share with the interval in which the true one lies in 19 of 20 suites, in percent. */
export function shareOf({ share, low, high }: Share): string {
  return `${percent(share)} % (${percent(low)}–${percent(high)})`;
}
