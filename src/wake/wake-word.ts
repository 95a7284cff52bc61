import { bufferCount, map, Observable, type OperatorFunction, type Subscriber } from "rxjs";

import { type AudioFrame, FRAME_SAMPLES } from "../audio/audio-frame.ts";
import { HOP_MS, HOP_SAMPLES } from "./hop.ts";
import { openWakeWorker, type WakeWorker, type WakeWorkerEvents } from "./open-wake-worker.ts";
import { REFRACTORY_HOPS } from "./wake-decision.ts";
import { loadHead } from "./wake-head.ts";
import { WakeWordError } from "./wake-word-error.ts";
import type { Heard, WakeRequest } from "./wake-worker.ts";

export interface WakeWordOptions {
  readonly word: string;
  /** The metadata file of a head that is not bundled, its weights beside it. */
  readonly head?: string;
  /** A score counts from here, above 0 and below 1. Default: what the head was measured with. */
  readonly threshold?: number;
  /** How many scores in a row must count, 80 ms apart, 1 to 10. Default: what the head was measured with. */
  readonly confirmations?: number;
  /** How much sound may wait for the detector before the oldest is dropped. Default 30 s. */
  readonly maxBacklogMs?: number;
}

export interface WakeDetection {
  readonly word: string;
  /** 0 to 1. */
  readonly score: number;
  /** `capturedAt` of the frame that completed the word. */
  readonly atMs: number;
}

export interface WakeStats {
  /** Sound judged, dropped and waiting, over all streams, in milliseconds. */
  readonly judgedMs: number;
  readonly droppedMs: number;
  readonly backlogMs: number;
}

/** Listens for one word, in a worker thread. */
export interface WakeWordDetector {
  /**
   * Emits once for each time the word is said, about 100 ms after its end. Completes when the frames have and all of
   * them are judged. Each subscription is a stream of its own. Errors with `WakeWordError` "worker-lost".
   */
  detect(frames$: Observable<AudioFrame>): Observable<WakeDetection>;
  /**
   * Resolves when nothing waits to be judged; what that brought to light has been emitted. A source that is faster
   * than real time waits for it between frames, so that the word is heard where it was said.
   */
  caughtUp(): Promise<void>;
  stats(): WakeStats;
  /** Ends the thread; open streams complete. */
  close(): void;
}

const FRAMES_PER_HOP = HOP_SAMPLES / FRAME_SAMPLES;
/** Enough to keep the thread busy between two turns of this one. */
const MAX_IN_FLIGHT = 8;

/**
 * Resolves when the detector listens. Rejects with a `WakeWordError` that says what is wrong with the word, its head,
 * the options or the models.
 */
export async function openWakeWord(options: WakeWordOptions): Promise<WakeWordDetector> {
  const head = await loadHead(options.word, options.head);
  const { threshold = head.threshold, confirmations = head.confirmations, maxBacklogMs = 30_000 } = options;
  check("threshold", threshold, threshold > 0 && threshold < 1, "above 0 and below 1");
  check(
    "confirmations",
    confirmations,
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].includes(confirmations),
    "a whole number, 1 to 10",
  );
  check("maxBacklogMs", maxBacklogMs, maxBacklogMs >= HOP_MS, `at least ${HOP_MS}`);

  const decision = { threshold, confirmations, refractoryHops: REFRACTORY_HOPS };
  const backlog = new Backlog(options.word, Math.floor(maxBacklogMs / HOP_MS));
  const worker = await openWakeWorker({ weights: head.weights, decision }, backlog);
  backlog.feed(worker);
  return backlog;
}

function check(name: string, value: number, right: boolean, expected: string): void {
  if (!right) throw new WakeWordError("bad-option", `Wake word option ${name} is ${value}; it must be ${expected}.`);
}

/** Between the streams and the worker: what waits, what is being judged, and who is told. */
class Backlog implements WakeWordDetector, WakeWorkerEvents {
  readonly #word: string;
  readonly #maxHops: number;
  readonly #listeners = new Map<number, Subscriber<WakeDetection>>();
  readonly #waiting: WakeRequest[] = [];
  readonly #inFlight: WakeRequest[] = [];
  #worker: WakeWorker | undefined;
  #failure: WakeWordError | undefined;
  #idle: (() => void)[] = [];
  #streams = 0;
  #judgedHops = 0;
  #droppedHops = 0;

  constructor(word: string, maxHops: number) {
    this.#word = word;
    this.#maxHops = maxHops;
  }

  feed(worker: WakeWorker): void {
    this.#worker = worker;
  }

  detect(frames$: Observable<AudioFrame>): Observable<WakeDetection> {
    return new Observable((subscriber) => {
      if (this.#failure !== undefined) return subscriber.error(this.#failure);
      if (this.#worker === undefined) return subscriber.complete();

      const stream = ++this.#streams;
      this.#listeners.set(stream, subscriber);
      subscriber.add(() => this.#forget(stream));
      subscriber.add(
        frames$.pipe(toHops()).subscribe({
          next: ({ pcm, atMs }) => this.#ask({ type: "hop", stream, pcm, atMs }),
          error: (error: unknown) => subscriber.error(error),
          complete: () => this.#ask({ type: "end", stream }),
        }),
      );
      return undefined;
    });
  }

  async caughtUp(): Promise<void> {
    if (this.#inFlight.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  stats(): WakeStats {
    const waiting = [...this.#waiting, ...this.#inFlight].filter(({ type }) => type === "hop").length;
    return { judgedMs: this.#judgedHops * HOP_MS, droppedMs: this.#droppedHops * HOP_MS, backlogMs: waiting * HOP_MS };
  }

  close(): void {
    this.#worker?.close();
    for (const listener of this.#stopped()) listener.complete();
  }

  judged(heard: Heard | undefined): void {
    const request = this.#inFlight.shift();
    const listener = request === undefined ? undefined : this.#listeners.get(request.stream);
    if (request?.type === "hop") this.#judgedHops += 1;
    if (heard !== undefined) listener?.next({ word: this.#word, ...heard });
    if (request?.type === "end") {
      this.#listeners.delete(request.stream);
      listener?.complete();
    }
    this.#pump();
    if (this.#inFlight.length === 0) this.#tellIdle();
  }

  lost(error: WakeWordError): void {
    this.#failure = error;
    for (const listener of this.#stopped()) listener.error(error);
  }

  #ask(request: WakeRequest): void {
    this.#waiting.push(request);
    this.#pump();
    if (this.#waiting.length <= this.#maxHops) return;
    // The oldest sound is worth least: whoever spoke then has long stopped waiting for an answer.
    const oldest = this.#waiting.findIndex(({ type }) => type === "hop");
    if (oldest >= 0) this.#droppedHops += this.#waiting.splice(oldest, 1).length;
  }

  #pump(): void {
    while (this.#worker !== undefined && this.#inFlight.length < MAX_IN_FLIGHT) {
      const request = this.#waiting.shift();
      if (request === undefined) return;
      this.#inFlight.push(request);
      this.#worker.ask(request);
    }
  }

  /** A stream that nobody listens to any more is not worth judging. */
  #forget(stream: number): void {
    if (!this.#listeners.delete(stream)) return;
    const others = this.#waiting.filter((request) => request.stream !== stream);
    this.#waiting.splice(0, Infinity, ...others);
    this.#ask({ type: "forget", stream });
  }

  #stopped(): readonly Subscriber<WakeDetection>[] {
    const listeners = [...this.#listeners.values()];
    this.#worker = undefined;
    this.#listeners.clear();
    this.#waiting.length = 0;
    this.#inFlight.length = 0;
    this.#tellIdle();
    return listeners;
  }

  #tellIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** Four frames make a hop; what is left at the end is filled up with silence. */
function toHops(): OperatorFunction<AudioFrame, { readonly pcm: Int16Array; readonly atMs: number }> {
  return (frames$) =>
    frames$.pipe(
      bufferCount(FRAMES_PER_HOP),
      map((frames) => {
        const pcm = new Int16Array(HOP_SAMPLES);
        for (const [index, frame] of frames.entries()) {
          pcm.set(frame.pcm.subarray(0, FRAME_SAMPLES), index * FRAME_SAMPLES);
        }
        return { pcm, atMs: frames.at(-1)?.capturedAt ?? 0 };
      }),
    );
}
