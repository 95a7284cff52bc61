import { Observable, Subject } from "rxjs";
import { spawnWorker, workerEntry } from "../../shared/spawn-worker.ts";
import type { HearAnswer, HearRequest, HearTask } from "./hear-worker.ts";
import type { Hearing, HearingEvent, HearingOptions } from "./hearing.ts";

export interface ModelledHearing extends Hearing {
  /** The acoustic model that listens, as it may be shown to a person. */
  readonly model: string;
  /** Resolves when the thread has ended, soon after `close`. A process that exits before may be aborted by ONNX Runtime. */
  readonly ended: Promise<void>;
}

/** Listens with Silero VAD and soundswallower in one worker thread. */
export async function openHearing({ grammar, model = "auto" }: HearingOptions): Promise<ModelledHearing> {
  const task: HearTask = { grammar, model };
  const worker = spawnWorker(workerEntry(import.meta.url, "hear-worker"), task);
  const events$ = new Subject<HearingEvent>();
  let open = true;

  const fail = (reason: string): void => {
    if (!open) return;
    open = false;
    events$.next({ type: "failed", reason });
    events$.complete();
  };
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const name = await new Promise<string>((resolve, reject) => {
    const lose = (reason: string): void => {
      reject(new Error(reason));
      fail(reason);
    };
    worker.on("message", (answer: HearAnswer) => {
      if (answer.type === "ready") resolve(answer.model);
      else if (answer.type === "unusable") reject(new Error(answer.reason));
      else if (open) events$.next(answer.event);
    });
    worker.on("error", (error) => lose(`The recogniser's thread failed: ${String(error)}`));
    worker.on("exit", () => lose("The recogniser's thread ended."));
  });
  const ask = (request: HearRequest, transfer: ArrayBuffer[] = []): void => {
    if (open) worker.postMessage(request, transfer);
  };

  return {
    model: name,
    ended,
    events$: new Observable((subscriber) => events$.subscribe(subscriber)),
    append(pcm) {
      const copy = pcm.slice();
      ask({ type: "audio", pcm: copy }, [copy.buffer]);
    },
    commit: () => ask({ type: "commit" }),
    clear: () => ask({ type: "clear" }),
    setGrammar: (spec) => ask({ type: "grammar", spec }),
    close() {
      ask({ type: "close" });
      open = false;
      events$.complete();
    },
  };
}
