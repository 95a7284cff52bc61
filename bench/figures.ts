/** One figure of the report: what was measured, on how many samples, and what it should be. */
export interface Figure {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly n: number;
}

/** One benchmark. `run` resolves with its figures, or throws with a sentence that says what is missing. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(): Promise<readonly Figure[]>;
}

/** The value below which this share of the samples lies; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function p50p95(samples: readonly number[], digits = 0): string {
  return `${percentile(samples, 0.5).toFixed(digits)} / ${percentile(samples, 0.95).toFixed(digits)} ms`;
}

export function p50p99(samples: readonly number[], digits = 2): string {
  return `${percentile(samples, 0.5).toFixed(digits)} / ${percentile(samples, 0.99).toFixed(digits)} ms`;
}
