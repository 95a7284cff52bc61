import { spawnWorker, workerEntry } from "../shared/spawn-worker.ts";
import { WakeWordError } from "./wake-word-error.ts";
import type { Heard, WakeAnswer, WakeGoodbye, WakeRequest, WakeWorkerData } from "./wake-worker.ts";

/** The worker thread that listens, one request after the other. */
export interface WakeWorker {
  /** Takes the request's samples away. Answered by `judged`, in order, unless the worker is lost before. */
  ask(request: WakeRequest): void;
  close(): void;
}

export interface WakeWorkerEvents {
  judged(heard: Heard | undefined): void;
  /** The worker ended without being closed. Nothing more will be judged. */
  lost(error: WakeWordError): void;
}

/** Resolves when the worker can listen; rejects with a `WakeWordError` that says why it cannot. */
export async function openWakeWorker(data: WakeWorkerData, events: WakeWorkerEvents): Promise<WakeWorker> {
  const worker = spawnWorker(workerEntry(import.meta.url, "wake-worker"), data);
  let closed = false;
  let cause: unknown;

  await new Promise<void>((resolve, reject) => {
    worker.on("message", (answer: WakeAnswer) => {
      if (answer.type === "ready") resolve();
      else if (answer.type === "judged") events.judged(answer.heard);
      else reject(asWakeWordError(answer.error));
    });
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => {
      const error = lost(code, cause);
      reject(error);
      if (!closed) events.lost(error);
    });
  });

  return {
    ask: (request) => worker.postMessage(request, request.type === "hop" ? [request.pcm.buffer as ArrayBuffer] : []),
    close: () => {
      closed = true;
      // Never terminate(): a thread that is ended inside ONNX Runtime takes the whole process with it.
      worker.postMessage({ type: "close" } satisfies WakeGoodbye);
    },
  };
}

function lost(code: number, cause: unknown): WakeWordError {
  const why = cause instanceof Error ? cause.message : `exit code ${code}`;
  return new WakeWordError("worker-lost", `The wake word thread ended (${why}). Open the wake word again.`, { cause });
}

/** An error arrives from a thread without its class and code. */
function asWakeWordError(error: unknown): WakeWordError {
  const message = error instanceof Error ? error.message : String(error);
  return new WakeWordError("missing-models", message, { cause: error });
}
