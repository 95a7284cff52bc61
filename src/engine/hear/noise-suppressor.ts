import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { third, threefold } from "./thrice.ts";

/** Takes the noise out of one stream of 16 kHz sound, block by block. */
export interface NoiseSuppressor {
  /** The same number of samples, some 11 ms late: the first of a stream are silence. */
  push(pcm: Int16Array): Int16Array;
  /** Forgets the stream: another one begins. */
  reset(): void;
}

/** RNNoise works on frames of 10 ms at 48 kHz. */
const FRAME = 480;
const BYTES = 4;

interface RnnoiseModule {
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _rnnoise_create(model: number): number;
  _rnnoise_init(state: number, model: number): number;
  _rnnoise_process_frame(state: number, out: number, input: number): number;
}

/** Loads RNNoise, a small recurrent network: some 40 ms of work for each second of sound. */
export async function openNoiseSuppressor(): Promise<NoiseSuppressor> {
  const { default: createModule } = await import("@echogarden/rnnoise-wasm");
  const home = dirname(createRequire(import.meta.url).resolve("@echogarden/rnnoise-wasm"));
  const module = (await createModule({ wasmBinary: readFileSync(join(home, "rnnoise.wasm")) })) as RnnoiseModule;
  const state = module._rnnoise_create(0);
  const buffer = module._malloc(FRAME * BYTES);
  let [up, down] = [threefold(), third()];
  let waiting: Float32Array = new Float32Array(0);
  let ready: Float32Array = new Float32Array(0);

  const clean = (frame: Float32Array): Float32Array => {
    module.HEAPF32.set(frame, buffer / BYTES);
    module._rnnoise_process_frame(state, buffer, buffer);
    return module.HEAPF32.slice(buffer / BYTES, buffer / BYTES + FRAME);
  };
  const reset = (): void => {
    module._rnnoise_init(state, 0);
    [up, down] = [threefold(), third()];
    waiting = new Float32Array(0);
    ready = new Float32Array(0);
  };

  return {
    reset,
    push(pcm) {
      waiting = joined(waiting, up(Float32Array.from(pcm)));
      const frames = Math.floor(waiting.length / FRAME);
      const cleaned = Array.from({ length: frames }, (_, at) => clean(waiting.subarray(at * FRAME, (at + 1) * FRAME)));
      waiting = waiting.slice(frames * FRAME);
      ready = joined(ready, ...cleaned.map(down));
      // What a whole frame still lacks is made up with silence, once.
      if (ready.length < pcm.length) ready = joined(new Float32Array(pcm.length - ready.length), ready);
      const out = Int16Array.from(ready.subarray(0, pcm.length), (value) => Math.max(-32_768, Math.min(32_767, value)));
      ready = ready.slice(pcm.length);
      return out;
    },
  };
}

function joined(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}
