import { catchError, concat, from, type MonoTypeOperatorFunction, throwError } from "rxjs";

import type { Codec } from "./provider.ts";
import { ProviderError } from "./provider-error.ts";
import type { SessionEvent } from "./session-event.ts";

/** Tells what it means that the server hung up, where its dialect says so, and errors accordingly. */
export function explainHangUp(codec: Codec, provider: string): MonoTypeOperatorFunction<SessionEvent> {
  return catchError((error: unknown) => {
    if (!(error instanceof ProviderError) || error.closed === undefined) throw error;
    const { code, reason } = error.closed;
    const events = codec.closed?.(code, reason) ?? [];
    const meaning = events.find((event) => event.type === "provider-error");
    if (meaning === undefined) throw error;
    const kind = meaning.severity === "fatal" ? "refused" : "connection-lost";
    const explained = new ProviderError(kind, provider, meaning.message, {
      cause: error,
      closed: error.closed,
      advice: meaning.message,
    });
    return concat(
      from(events),
      throwError(() => explained),
    );
  });
}
