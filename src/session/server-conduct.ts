import {
  connect,
  filter,
  type MonoTypeOperatorFunction,
  merge,
  scan,
  switchMap,
  takeUntil,
  throwError,
  timer,
  timestamp,
} from "rxjs";

import { ProviderError } from "./provider-error.ts";
import type { SessionEvent } from "./session-event.ts";

const MAX_BAD_EVENTS = 10;
const WITHIN_MS = 10_000;
const READY_WITHIN_MS = 5_000;

/** A server that sends ten unreadable events within ten seconds is not the one we think: errors with `hostile`. */
export function tolerant(provider: string): MonoTypeOperatorFunction<SessionEvent> {
  return (events$) =>
    events$.pipe(
      connect((shared$) =>
        merge(
          shared$,
          shared$.pipe(
            filter((event) => event.type === "ignored" && event.problem !== undefined),
            timestamp(),
            scan((times: readonly number[], { timestamp: at }) => [...times, at].slice(-MAX_BAD_EVENTS), []),
            filter((times) => times.length === MAX_BAD_EVENTS && spanOf(times) <= WITHIN_MS),
            switchMap(() =>
              throwError(
                () =>
                  new ProviderError(
                    "hostile",
                    provider,
                    `${MAX_BAD_EVENTS} unreadable events within ${WITHIN_MS / 1_000} s`,
                  ),
              ),
            ),
          ),
        ),
      ),
    );
}

function spanOf(times: readonly number[]): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/** Errors when the session is not confirmed in time, or when the server says before that it never will be. */
export function readyInTime(provider: string): MonoTypeOperatorFunction<SessionEvent> {
  return (events$) =>
    events$.pipe(
      connect((shared$) => {
        const ready$ = shared$.pipe(filter(({ type }) => type === "session-ready"));
        return merge(
          shared$,
          merge(
            shared$.pipe(
              filter((event) => event.type === "provider-error"),
              filter(({ severity }) => severity === "fatal"),
              switchMap(({ message }) => throwError(() => new ProviderError("refused", provider, message))),
            ),
            timer(READY_WITHIN_MS).pipe(switchMap(() => throwError(() => unconfirmed(provider)))),
          ).pipe(takeUntil(ready$)),
        );
      }),
    );
}

function unconfirmed(provider: string): ProviderError {
  const message = `did not confirm the session within ${READY_WITHIN_MS / 1_000} s`;
  return new ProviderError("connection-lost", provider, message);
}
