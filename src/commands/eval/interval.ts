/** A share with the bounds between which the true one lies in 19 of 20 suites. All from 0 to 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959964;

/** Wilson's interval: honest for few clips, and for shares near 0 and 1. Of nothing, anything may be true. */
export function wilson(successes: number, n: number): Share {
  if (n === 0) return { share: Number.NaN, low: 0, high: 1 };
  const share = successes / n;
  const spread = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  const centre = share + (Z * Z) / (2 * n);
  return {
    share,
    low: successes === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    high: successes === n ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

/** The rate per hour that would bring so few events in so many hours only once in twenty times (Poisson). */
export function boundPerHour(events: number, hours: number): number {
  if (hours === 0) return Infinity;
  let [low, high] = [0, 10 * events + 10];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (poissonAtMost(events, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high / hours;
}

function poissonAtMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let k = 0; k <= count; k += 1) {
    sum += term;
    term *= mean / (k + 1);
  }
  return sum;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** Undefined without samples. */
export function percentiles(samples: readonly number[]): Percentiles | undefined {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return sorted.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95) };
}
