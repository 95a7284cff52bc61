export type EngineErrorCode = "port-busy" | "cannot-listen" | "models-missing" | "stopped";

/** The embedded engine cannot run. The message says what is wrong and what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
