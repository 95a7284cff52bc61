export type ProviderErrorCode = "connection-failed" | "connection-lost" | "refused" | "hostile";

/** The conversation cannot go on over this connection. A new one may succeed, unless the code is `refused`. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: ProviderErrorCode;
  readonly provider: string;

  constructor(code: ProviderErrorCode, provider: string, message: string, options?: ErrorOptions) {
    super(`${provider}: ${message}`, options);
    this.code = code;
    this.provider = provider;
  }
}
