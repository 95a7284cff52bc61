import { vi } from "vitest";

/** Waits until a check passes; patient enough for programs that are started on a busy machine. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}
