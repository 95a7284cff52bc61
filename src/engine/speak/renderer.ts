import { Observable } from "rxjs";
import type { SpeakWorker } from "./open-speak-worker.ts";
import { phraseCache } from "./phrase-cache.ts";
import type { Phrase, WorkerAnswer } from "./speak-worker.ts";

/** About six minutes of speech at 24 kHz. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** Every `speak` waits for one phrase at a time, so this many waiting means that nobody listens to them any more. */
const MAX_WAITING = 256;

/** `now`: somebody waits for it. `idle`: rendered when nothing else is to do, and kept only where there is room. */
export type Urgency = "now" | "idle";

export interface Renderer {
  /**
   * Emits one rendering, not to be written to, and completes; at once when it is in the cache.
   * Unsubscribing takes it from the queue.
   */
  render(phrase: Phrase, urgency: Urgency): Observable<Int16Array>;
  isCached(phrase: Phrase): boolean;
  readonly cachedBytes: number;
}

interface Job {
  readonly phrase: Phrase;
  readonly urgency: Urgency;
  readonly answered: (answer: WorkerAnswer) => void;
}

/** A queue by urgency and a cache in front of the worker, which has one phrase at a time. */
export function renderer(worker: SpeakWorker, cacheBytes = CACHE_BYTES): Renderer {
  const cache = phraseCache(cacheBytes);
  const waiting: Job[] = [];
  let busy = false;

  const startNext = (): void => {
    if (busy || waiting.length === 0) return;
    const urgent = waiting.findIndex((job) => job.urgency === "now");
    const [job] = waiting.splice(Math.max(0, urgent), 1);
    if (job !== undefined) start(job);
  };
  const start = ({ phrase, urgency, answered }: Job): void => {
    busy = true;
    const finish = (answer: WorkerAnswer): void => {
      busy = false;
      if (answer.type === "spoken" && (urgency === "now" || cache.fits(answer.pcm)))
        cache.set(keyOf(phrase), answer.pcm);
      answered(answer);
      startNext();
    };
    // It may have been rendered for somebody else while it waited.
    const pcm = cache.get(keyOf(phrase));
    if (pcm === undefined) worker.ask(phrase, finish);
    else finish({ type: "spoken", pcm });
  };

  return {
    render(phrase, urgency) {
      return new Observable((subscriber) => {
        const answered = (answer: WorkerAnswer): void => {
          if (answer.type === "failed") return subscriber.error(new Error(answer.reason));
          if (answer.type === "spoken") subscriber.next(answer.pcm);
          subscriber.complete();
        };
        const pcm = cache.get(keyOf(phrase));
        if (pcm !== undefined) return answered({ type: "spoken", pcm });
        if (waiting.length >= MAX_WAITING) return answered({ type: "failed", reason: "Too much waits to be spoken." });

        const job: Job = { phrase, urgency, answered };
        waiting.push(job);
        startNext();
        return () => {
          const index = waiting.indexOf(job);
          if (index >= 0) waiting.splice(index, 1);
        };
      });
    },
    isCached: (phrase) => cache.get(keyOf(phrase)) !== undefined,
    get cachedBytes() {
      return cache.bytes;
    },
  } satisfies Renderer;
}

function keyOf({ voice, stretch, rateHz, text }: Phrase): string {
  return `${voice} ${stretch} ${rateHz} ${text}`;
}
