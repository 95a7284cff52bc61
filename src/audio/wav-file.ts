import { closeSync, openSync, writeSync } from "node:fs";
import { AudioDeviceError } from "./audio-device-error.ts";
import { WAV_HEADER_BYTES, wavHeader } from "./wav.ts";

/** A WAV file that grows. Until it is closed its header says that it is empty. */
export interface WavFile {
  /** Interleaved samples. Throws "lost" when they cannot be written. */
  append(samples: Int16Array): void;
  close(): void;
}

/** Creates the file, or empties it. Throws "bad-file" when it cannot. */
export function openWavFile(path: string, channelCount: number, rateHz: number): WavFile {
  const writing = <T>(code: "bad-file" | "lost", action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AudioDeviceError(code, `Cannot record to ${path}: ${reason}.`, { cause });
    }
  };
  const file = writing("bad-file", () => openSync(path, "w"));
  let dataBytes = 0;
  const writeHeader = (): number => writeSync(file, wavHeader(channelCount, rateHz, dataBytes), 0, WAV_HEADER_BYTES, 0);
  writing("bad-file", writeHeader);

  return {
    append: (samples) => {
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      dataBytes += writing("lost", () => writeSync(file, bytes, 0, bytes.byteLength, WAV_HEADER_BYTES + dataBytes));
    },
    close: () => {
      try {
        writeHeader();
      } finally {
        closeSync(file);
      }
    },
  };
}
