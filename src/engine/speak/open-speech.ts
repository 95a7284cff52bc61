import { concatMap, defer, EMPTY, from, map, type Observable, Subscription } from "rxjs";
import { type Clauses, clausesOf } from "./clauses.ts";
import { openSpeakWorker } from "./open-speak-worker.ts";
import { type Renderer, renderer } from "./renderer.ts";
import type { Phrase } from "./speak-worker.ts";
import type { Speech, Utterance } from "./speech.ts";

/** Together with what is left of the clause's own silence, a comma is heard as 150 ms and the end of a sentence as 250 ms. */
const PAUSE_MS = { comma: 105, sentence: 205 };
const SLOWEST = 0.5;
const FASTEST = 2;

export interface SpeechCounts {
  /** Characters that were not spoken because their text was longer than 2,000. */
  readonly cutChars: number;
  readonly cachedBytes: number;
}

export interface CountedSpeech extends Speech {
  counts(): SpeechCounts;
}

/** Speaks with flite in a worker thread. */
export async function openSpeech(): Promise<CountedSpeech> {
  const worker = await openSpeakWorker();
  const phrases = renderer(worker);
  const warming = new Subscription();
  let cutChars = 0;

  return {
    speak(utterance) {
      return defer(() => {
        const spoken = clausesOf(utterance.text);
        cutChars += spoken.cutChars;
        return speakClauses(phrases, utterance, spoken);
      });
    },
    warm: (utterances) => warming.add(warmUp(phrases, utterances).subscribe({ error: () => undefined })),
    counts: () => ({ cutChars, cachedBytes: phrases.cachedBytes }),
    close: () => {
      warming.unsubscribe();
      worker.close();
    },
  } satisfies CountedSpeech;
}

function speakClauses(phrases: Renderer, utterance: Utterance, { clauses }: Clauses): Observable<Int16Array> {
  return from(clauses).pipe(
    concatMap((clause, index) => {
      const pauseMs = index === clauses.length - 1 ? 0 : PAUSE_MS[clause.endsWith(",") ? "comma" : "sentence"];
      const pauseSamples = (pauseMs * utterance.rateHz) / 1000;
      return phrases.render(phraseOf(utterance, clause), "now").pipe(map((pcm) => followedBy(pcm, pauseSamples)));
    }),
  );
}

/** Gives up at the first failure: whatever cannot be rendered now is tried again when it is spoken. */
function warmUp(phrases: Renderer, utterances: readonly Utterance[]): Observable<Int16Array> {
  return from(utterances).pipe(
    concatMap((utterance) => clausesOf(utterance.text).clauses.map((clause) => phraseOf(utterance, clause))),
    concatMap((phrase) => (phrases.isCached(phrase) ? EMPTY : phrases.render(phrase, "idle"))),
  );
}

function phraseOf({ voice, rateHz, pace = 1 }: Utterance, text: string): Phrase {
  const kept = Math.max(SLOWEST, Math.min(FASTEST, Number.isFinite(pace) ? pace : 1));
  return { text, voice, rateHz, stretch: Math.round(1000 / kept) / 1000 };
}

/** A copy, so that nobody who uses a clause changes it for the next. */
function followedBy(pcm: Int16Array, silentSamples: number): Int16Array {
  const whole = new Int16Array(pcm.length + silentSamples);
  whole.set(pcm);
  return whole;
}
