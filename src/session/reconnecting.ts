import { asyncScheduler, catchError, defer, type OperatorFunction, of, repeat, tap, timer } from "rxjs";

import { type Backoff, backoffMs } from "../shared/backoff.ts";
import { ProviderError } from "./provider-error.ts";
import type { SessionEvent } from "./session-event.ts";

/** A session that was ready for this long was a good one: the next failure is the first again. */
export const STABLE_MS = 10_000;

type SessionLost = SessionEvent & { type: "session-lost" };

interface Attempts {
  readonly failures: number;
  readonly readyAt: number | undefined;
}

/**
 * Opens a new session whenever one is over, with full jitter and a growing pause, also when the server accepts and
 * hangs up. Says so by `session-lost`. Gives up only when the server refuses for a reason that a person must mend.
 */
export function reconnecting<Event extends { readonly type: string }>(
  backoff: Backoff,
): OperatorFunction<Event, Event | SessionLost> {
  return (session$) =>
    defer(() => {
      let attempts: Attempts = { failures: 0, readyAt: undefined };
      let retryInMs = 0;
      const lost = (reason: string, atLeastMs: number): SessionLost => {
        const { failures, readyAt } = attempts;
        const stable = readyAt !== undefined && asyncScheduler.now() - readyAt >= STABLE_MS;
        attempts = { failures: stable ? 1 : failures + 1, readyAt: undefined };
        retryInMs = Math.max(atLeastMs, backoffMs(attempts.failures - 1, backoff));
        return { type: "session-lost", reason, retryInMs };
      };
      return session$.pipe(
        tap(({ type }) => {
          if (type === "session-ready") attempts = { ...attempts, readyAt: asyncScheduler.now() };
        }),
        catchError((error: unknown) => {
          if (!(error instanceof ProviderError) || error.code === "refused") throw error;
          return of(lost(error.message, error.retryAfterMs ?? 0));
        }),
        repeat({ delay: () => timer(retryInMs) }),
      );
    });
}
