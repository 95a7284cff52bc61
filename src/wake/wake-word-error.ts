export type WakeWordErrorCode = "unknown-word" | "bad-head" | "missing-models" | "bad-option" | "worker-lost";

/** The wake word cannot be listened for. The message names what is wrong, where, and what to do. */
export class WakeWordError extends Error {
  override readonly name = "WakeWordError";
  readonly code: WakeWordErrorCode;

  constructor(code: WakeWordErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
