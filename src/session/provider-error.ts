export type ProviderErrorCode = "connection-failed" | "connection-lost" | "refused" | "hostile";

/** The conversation cannot go on over this connection. A new one may succeed, unless the code is `refused`. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: ProviderErrorCode;
  readonly provider: string;
  /** The server asked to be left alone for so long. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status with which it answered the upgrade. */
  readonly status: number | undefined;

  constructor(
    code: ProviderErrorCode,
    provider: string,
    message: string,
    options?: ErrorOptions & { retryAfterMs?: number | undefined; status?: number },
  ) {
    super(`${provider}: ${message}`, options);
    this.retryAfterMs = options?.retryAfterMs;
    this.status = options?.status;
    this.code = code;
    this.provider = provider;
  }
}
