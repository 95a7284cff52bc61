export type BrokerErrorCode = "bad-url" | "unreachable" | "refused" | "lost" | "taken-over" | "busy-port";

/**
 * The broker cannot be used, or no longer. The message names its URL (without secrets), what is wrong and what to do.
 * `bad-url` and `refused` do not get better by themselves; `taken-over` means that another process uses our client id.
 */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
