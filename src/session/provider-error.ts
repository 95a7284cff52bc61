export type ProviderErrorCode = "connection-failed" | "connection-lost" | "refused" | "hostile";

/** A WebSocket's close code, and what the server says beside it. */
export interface HangUp {
  readonly code: number;
  readonly reason: string;
}

/** The conversation cannot go on over this connection. A new one may succeed, unless the code is `refused`. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: ProviderErrorCode;
  readonly provider: string;
  /** The server asked to be left alone for so long. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status with which it answered the upgrade. */
  readonly status: number | undefined;
  /** What is wrong and what a person can do, as it can be said aloud. */
  readonly advice: string | undefined;
  /** With what it hung up. */
  readonly closed: HangUp | undefined;

  constructor(
    code: ProviderErrorCode,
    provider: string,
    message: string,
    options?: ErrorOptions & {
      retryAfterMs?: number | undefined;
      status?: number;
      advice?: string | undefined;
      closed?: HangUp;
    },
  ) {
    super(`${provider}: ${message}`, options);
    this.retryAfterMs = options?.retryAfterMs;
    this.status = options?.status;
    this.advice = options?.advice;
    this.closed = options?.closed;
    this.code = code;
    this.provider = provider;
  }
}
