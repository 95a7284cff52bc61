/** What is heard of somebody who speaks. Times are milliseconds on the clock of the frames (`capturedAt`). */
export type VoiceEvent =
  /** Somebody began to speak at `atMs`, a little before this could be told. */
  | { readonly type: "onset"; readonly atMs: number }
  /** Goes on at `atMs`, with `ms` of speech since the onset. */
  | { readonly type: "voiced"; readonly ms: number; readonly atMs: number }
  /** The last speech was heard at `atMs`, and there were `speechMs` of it since the onset. */
  | { readonly type: "offset"; readonly speechMs: number; readonly atMs: number };
