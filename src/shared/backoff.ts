export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

/** For peers on this machine, and for those across a network. */
export const LOOPBACK_BACKOFF: Backoff = { minMs: 100, maxMs: 2_000 };
export const CLOUD_BACKOFF: Backoff = { minMs: 1_000, maxMs: 60_000 };

/** How long to wait before try number `failures` + 1: full jitter between `minMs` and a cap that doubles up to `maxMs`. */
export function backoffMs(failures: number, { minMs, maxMs, random = Math.random }: Backoff): number {
  const cap = Math.min(maxMs, minMs * 2 ** Math.max(1, failures));
  return Math.round(minMs + random() * (cap - minMs));
}
