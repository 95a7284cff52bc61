import {
  catchError,
  concat,
  connect,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  Observable,
  of,
  ReplaySubject,
  share,
  switchMap,
  takeWhile,
  tap,
} from "rxjs";

import { type AudioFrame, FRAME_MS } from "../audio/audio-frame.ts";
import type { Hearing, HearingEvent, OpenHearing } from "../engine/hear/hearing.ts";
import { compileGrammar } from "../engine/understand/compile.ts";
import type { GrammarSpec } from "../engine/understand/grammar.ts";
import type { Answer, AnswerEar } from "../turn/answer-ear.ts";
import { ANSWER_PHRASES } from "../turn/answer-phrases.ts";
import { ANSWER_WITHIN_MS } from "../turn/confirmation.ts";

export interface AnswerEarOptions {
  /** A recogniser of our own; it is open only while a question waits. */
  readonly openHearing: OpenHearing;
  /** Everything else that a driver may say: who wants something new must not be taken for one who consents. */
  readonly wishes: GrammarSpec;
  /** The acoustic model, as `HearingOptions.model`. */
  readonly model: string;
}

export interface OpenAnswerEar extends AnswerEar {
  /** Resolves when what was open has been closed; whoever listens is to have stopped. */
  close(): Promise<void>;
}

/** Hears yes and no among all that can be said, with the embedded recogniser. */
export function openAnswerEar({ openHearing, wishes, model }: AnswerEarOptions): OpenAnswerEar {
  const grammar = { ...wishes, phrases: { ...ANSWER_PHRASES, ...wishes.phrases } };
  const meaning = answerReader(wishes.wakeWord);
  let closed = Promise.resolve();
  // One for the question and whoever listens to the answer, closed after both: the next one hears nothing of this one.
  const hearing$ = new Observable<Hearing>((subscriber) => {
    const opening = openHearing({ grammar, model });
    opening.then(
      (opened) => subscriber.next(opened),
      (error: unknown) => subscriber.error(error),
    );
    return () => {
      const closing = opening.then((opened) => opened.close()).catch(() => undefined);
      closed = Promise.all([closed, closing]).then(() => undefined);
    };
  }).pipe(share({ connector: () => new ReplaySubject(1) }));

  return {
    prepare: () =>
      hearing$.pipe(
        ignoreElements(),
        // Whoever listens is told, having tried again.
        catchError(() => EMPTY),
      ),
    listen: (frames$) =>
      frames$.pipe(
        // What is said while it opens waits, as far as the window goes.
        connect((heard$) => hearing$.pipe(switchMap((hearing) => meanings(hearing, heard$, meaning))), {
          connector: () => new ReplaySubject(ANSWER_WITHIN_MS / FRAME_MS),
        }),
        takeWhile((answer) => answer !== "nothing"),
        filter((answer) => answer !== undefined),
      ),
    close: () => closed,
  } satisfies OpenAnswerEar;
}

type Meaning = Answer | "nothing" | undefined;

/** What is heard of the frames; `nothing` when no more will be. */
function meanings(
  hearing: Hearing,
  frames$: Observable<AudioFrame>,
  meaning: (event: HearingEvent) => Meaning,
): Observable<Meaning> {
  const appended$ = frames$.pipe(
    catchError(() => EMPTY),
    tap({ next: ({ pcm }) => hearing.append(pcm), complete: () => hearing.commit() }),
    ignoreElements(),
  );
  return merge(concat(hearing.events$.pipe(map(meaning)), of("nothing" as const)), appended$);
}

/** What was heard, as an answer; `nothing` when the frames ended without a word. */
function answerReader(wakeWord: string): (event: HearingEvent) => Meaning {
  const answers = compileGrammar({ phrases: ANSWER_PHRASES, lists: {}, wakeWord });
  return (event) => {
    if (event.type !== "heard") return undefined;
    const { rejected } = event;
    // Without the recogniser's marks of how a word was pronounced: "sure(2)".
    const text = event.text.replace(/\(\d+\)/g, "");
    if (answers.completeness(text) === "nothing") return rejected ? "nothing" : undefined;
    const calls = rejected ? [] : (answers.parse(text) ?? []);
    const [call] = calls;
    return calls.length === 1 && (call?.name === "yes" || call?.name === "no") ? call.name : "other";
  };
}
