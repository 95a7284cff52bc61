declare module "node-record-lpcm16" {
  import type { ChildProcessByStdio } from "node:child_process";
  import type { Readable } from "node:stream";

  export interface RecordingOptions {
    readonly recorder: "sox" | "rec";
    readonly sampleRate: number;
    readonly channels: number;
    readonly audioType: "raw" | "wav";
    readonly device?: string;
  }

  export interface Recording {
    /** Emits an "error" of its own when the program cannot be started; nobody listens to it by default. */
    readonly process: ChildProcessByStdio<null, Readable, Readable>;
    /** Emits "error" with a string whenever the program ends with a code or a signal, also after `stop`. */
    stream(): Readable;
    stop(): void;
  }

  const recorders: { record(options: RecordingOptions): Recording };
  export default recorders;
}
