import type { Observable } from "rxjs";

export const VOICES = ["slt", "rms", "awb", "kal16"] as const;
export type Voice = (typeof VOICES)[number];

export interface Utterance {
  readonly text: string;
  readonly voice: Voice;
  /** 16,000 for a simulated driver, 24,000 for replies. */
  readonly rateHz: 16_000 | 24_000;
  /** 1 is the voice's own pace, 1.2 is 20 % faster. */
  readonly pace?: number;
}

/** Text to speech in a worker thread, with a bounded cache of phrases. */
export interface Speech {
  /** Mono PCM, one emission a clause, then completes. Unsubscribing drops what is not yet spoken. */
  speak(utterance: Utterance): Observable<Int16Array>;
  /** Renders into the cache whatever is not there yet, in the background. */
  warm(utterances: readonly Utterance[]): void;
  close(): void;
}

/** Resolves when the engine can speak. */
export type OpenSpeech = () => Promise<Speech>;
