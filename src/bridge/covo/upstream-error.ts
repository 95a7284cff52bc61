/** The model could not be asked, or its answer is none. The message says what is wrong and what to do. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
}
