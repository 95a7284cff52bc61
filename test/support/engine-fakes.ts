import { type Observable, of, Subject } from "rxjs";

import type { Hearing, HearingEvent } from "../../src/engine/hear/hearing.ts";
import type { Speech, Utterance } from "../../src/engine/speak/speech.ts";
import type { GrammarSpec } from "../../src/engine/understand/grammar.ts";

const SILENCE_TO_STOP_SAMPLES = 16_000 / 5;
const PER_MS = 16;

/**
 * An ear that needs no models: sound is any sample that is not zero, speech ends after 200 ms of zeros, and what was
 * heard is the next line of `lines` ("?" is rejected).
 */
export class FakeHearing implements Hearing {
  readonly #events$ = new Subject<HearingEvent>();
  readonly events$: Observable<HearingEvent> = this.#events$;
  readonly grammars: GrammarSpec[] = [];
  closed = false;
  samples = 0;
  readonly #lines: string[];
  #lastSound: number | undefined;

  constructor(lines: string[], grammar: GrammarSpec) {
    this.#lines = lines;
    this.grammars.push(grammar);
  }

  append(pcm: Int16Array): void {
    for (const sample of pcm) this.#take(sample);
  }

  #take(sample: number): void {
    this.samples++;
    if (sample !== 0) {
      if (this.#lastSound === undefined) this.#events$.next({ type: "speech-started", atMs: this.samples / PER_MS });
      this.#lastSound = this.samples;
    } else if (this.#lastSound !== undefined && this.samples - this.#lastSound >= SILENCE_TO_STOP_SAMPLES)
      this.commit();
  }

  commit(): void {
    if (this.#lastSound === undefined) return;
    const endOfSpeechMs = this.#lastSound / PER_MS;
    this.#lastSound = undefined;
    const text = this.#lines.shift() ?? "?";
    this.#events$.next({ type: "partial", text: text.split(" ")[0] ?? "" });
    this.#events$.next({ type: "speech-stopped", atMs: this.samples / PER_MS, endOfSpeechMs });
    this.#events$.next({ type: "heard", text, rejected: text === "?", score: 0, confidence: text === "?" ? 0 : 1 });
  }

  clear(): void {
    this.#lastSound = undefined;
  }

  setGrammar(grammar: GrammarSpec): void {
    this.grammars.push(grammar);
  }

  fail(reason: string): void {
    this.#events$.next({ type: "failed", reason });
  }

  close(): void {
    this.closed = true;
  }
}

/** A voice of 10 ms of the same sample per letter. */
export function fakeSpeech(): Speech & { readonly warmed: string[]; readonly spoken: string[] } {
  const warmed: string[] = [];
  const spoken: string[] = [];
  return {
    warmed,
    spoken,
    speak: ({ text, rateHz }: Utterance) => {
      spoken.push(text);
      return of(new Int16Array((text.length * rateHz) / 100).fill(text.length));
    },
    warm: (utterances) => warmed.push(...utterances.map(({ text }) => text)),
    close: () => undefined,
  };
}
