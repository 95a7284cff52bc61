import { parentPort, workerData } from "node:worker_threads";
import { assertNever } from "../shared/assert-never.ts";
import { HOP_SAMPLES } from "./hop.ts";
import { type Decision, type DecisionOptions, decide, UNDECIDED } from "./wake-decision.ts";
import { type FeatureStream, featureStreams, loadFeatureModels } from "./wake-features.ts";
import { type HeadWeights, score } from "./wake-head.ts";

export interface WakeWorkerData {
  readonly weights: HeadWeights;
  readonly decision: DecisionOptions;
}

export type WakeRequest =
  /** `atMs` is the time of the last sample. */
  | { readonly type: "hop"; readonly stream: number; readonly pcm: Int16Array; readonly atMs: number }
  /** Hears a little silence after the last hop, so that a word at the very end counts, and forgets the stream. */
  | { readonly type: "end"; readonly stream: number }
  | { readonly type: "forget"; readonly stream: number };

/** Ends the thread once what was asked before is answered; has no answer itself. */
export interface WakeGoodbye {
  readonly type: "close";
}

export interface Heard {
  readonly score: number;
  readonly atMs: number;
}

/** `ready` or `failed` comes once and first; afterwards one `judged` for each request, in order. */
export type WakeAnswer =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: unknown }
  | { readonly type: "judged"; readonly heard: Heard | undefined };

interface Listening {
  readonly features: FeatureStream;
  readonly decision: Decision;
  readonly atMs: number;
}

const SILENT_HOPS_AT_THE_END = 5;

const { weights, decision: options } = (workerData as { readonly data: WakeWorkerData }).data;
const streams = new Map<number, Listening>();

async function judge(request: WakeRequest, open: () => FeatureStream): Promise<Heard | undefined> {
  switch (request.type) {
    case "hop":
      return hear(request.stream, request.pcm, request.atMs, open);
    case "end":
      return end(request.stream, open);
    case "forget":
      streams.delete(request.stream);
      return undefined;
    default:
      return assertNever(request, "wake request");
  }
}

async function hear(
  stream: number,
  pcm: Int16Array,
  atMs: number,
  open: () => FeatureStream,
): Promise<Heard | undefined> {
  const { features, decision } = streams.get(stream) ?? { features: open(), decision: UNDECIDED };
  await features.advance(pcm);
  const probability = score(weights, features.window);
  const decided = decide(decision, probability, options);
  streams.set(stream, { features, decision: decided, atMs });
  return decided.detected ? { score: probability, atMs } : undefined;
}

async function end(stream: number, open: () => FeatureStream): Promise<Heard | undefined> {
  const atMs = streams.get(stream)?.atMs;
  let heard: Heard | undefined;
  for (let hop = 0; hop < SILENT_HOPS_AT_THE_END && atMs !== undefined; hop++) {
    heard ??= await hear(stream, new Int16Array(HOP_SAMPLES), atMs, open);
  }
  streams.delete(stream);
  return heard;
}

/** Answers requests one after the other: the features of a stream build on each other. */
function serve(open: () => FeatureStream): void {
  let last = Promise.resolve();
  parentPort?.on("message", (request: WakeRequest | WakeGoodbye) => {
    last = last.then(async () => {
      if (request.type === "close") {
        parentPort?.close();
        return;
      }
      const heard = await judge(request, open);
      parentPort?.postMessage({ type: "judged", heard } satisfies WakeAnswer);
    });
  });
  parentPort?.postMessage({ type: "ready" } satisfies WakeAnswer);
}

try {
  serve(await featureStreams(await loadFeatureModels()));
} catch (error) {
  parentPort?.postMessage({ type: "failed", error } satisfies WakeAnswer);
}
