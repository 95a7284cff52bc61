import type { Observable } from "rxjs";
import type { GrammarSpec } from "../understand/grammar.ts";

export interface HearingOptions {
  readonly grammar: GrammarSpec;
  /**
   * Which acoustic model: `auto` (default) is Debian's 16 kHz model when it is installed, else the bundled one;
   * `bundled`; or the directory of another PocketSphinx or soundswallower model.
   */
  readonly model?: string;
}

/** What the ear says. Times are milliseconds of audio since the first sample appended. */
export type HearingEvent =
  | { readonly type: "speech-started"; readonly atMs: number }
  /** The best text so far, when it changed. */
  | { readonly type: "partial"; readonly text: string }
  /**
   * The utterance is over. `endOfSpeechMs` is the last sample that held speech; `atMs` when that was decided.
   * An utterance that held nothing but the wake word or noise is not reported: the ear goes on listening.
   */
  | { readonly type: "speech-stopped"; readonly atMs: number; readonly endOfSpeechMs: number }
  /**
   * Follows each speech-stopped. `text` is the best path through the grammar; `rejected` when its score per frame says
   * that something else was said. `score` is comparable between utterances, higher is better; `confidence` is how likely
   * the text is what was said, 0 to 1, noise taken into account.
   */
  | {
      readonly type: "heard";
      readonly text: string;
      readonly rejected: boolean;
      readonly score: number;
      readonly confidence: number;
    }
  | { readonly type: "failed"; readonly reason: string };

/** Voice activity, endpointing and grammar recognition of one stream, in a worker thread. */
export interface Hearing {
  readonly events$: Observable<HearingEvent>;
  /** 16 kHz mono PCM, any length up to one second. The samples are copied. */
  append(pcm: Int16Array): void;
  /** Ends the utterance now (push-to-talk, manual turn): speech-stopped and heard follow. */
  commit(): void;
  /** Forgets what was appended and heard since the last utterance. */
  clear(): void;
  setGrammar(grammar: GrammarSpec): void;
  close(): void;
}

/** Resolves when the models are loaded; rejects with a sentence that names what is missing. */
export type OpenHearing = (options: HearingOptions) => Promise<Hearing>;
