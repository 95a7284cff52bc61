import { spawnWorker, workerEntry } from "../../shared/spawn-worker.ts";
import type { Phrase, WorkerAnswer } from "./speak-worker.ts";

/** The worker thread that speaks, one phrase after the other. */
export interface SpeakWorker {
  /** Calls `answered` exactly once for each phrase, in order; with `failed` when the worker ends before. */
  ask(phrase: Phrase, answered: (answer: WorkerAnswer) => void): void;
  close(): void;
}

/** Resolves when the worker can speak. */
export async function openSpeakWorker(): Promise<SpeakWorker> {
  const worker = spawnWorker(workerEntry(import.meta.url, "speak-worker"), undefined);
  const asked: ((answer: WorkerAnswer) => void)[] = [];
  let ended: string | undefined;

  const end = (reason: string): void => {
    ended ??= reason;
    for (const answered of asked.splice(0)) answered({ type: "failed", reason: ended });
  };

  await new Promise<void>((resolve, reject) => {
    worker.on("message", (answer: WorkerAnswer) => (answer.type === "ready" ? resolve() : asked.shift()?.(answer)));
    worker.on("error", (error) => end(`The speech worker failed: ${String(error)}`));
    worker.on("exit", () => {
      end("The speech worker ended.");
      reject(new Error(ended));
    });
  });

  return {
    ask: (phrase, answered) => {
      if (ended !== undefined) return answered({ type: "failed", reason: ended });
      asked.push(answered);
      worker.postMessage(phrase);
    },
    close: () => {
      end("The speech engine was closed.");
      void worker.terminate();
    },
  };
}
