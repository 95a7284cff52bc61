import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  share,
  startWith,
  switchMap,
  take,
  takeWhile,
  tap,
  timer,
} from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { Answer, AnswerEar } from "./answer-ear.ts";

/** The microphone's openings and what they let through, as far as an answer needs to know. */
export type HeardSpan<Frame extends AudioFrame> =
  | { readonly type: "opened"; readonly reason: string }
  | { readonly type: "audio"; readonly frame: Frame }
  | { readonly type: "closed" };

export interface Answered<Question, Frame extends AudioFrame> {
  readonly question: Question;
  /** `silence`: nobody answered in time, or nobody could be listened to. Only `yes` is consent. */
  readonly answer: Answer | "silence";
  /** What was said instead of an answer, its last 8 s, for whoever it may concern. Empty unless the answer is `other`. */
  readonly frames: readonly Frame[];
}

/** How long the driver may take to answer, once asked. */
export const ANSWER_WITHIN_MS = 15_000;
/** How long a question may take until it has been asked aloud. */
const ASKED_WITHIN_MS = 30_000;
const MAX_FRAMES = 400;

/** What ends a question other than by its window, as the answer that it stands for. */
export type Withdrawal = "other" | "silence";

export interface Questioning<Frame extends AudioFrame> {
  readonly gate$: Observable<HeardSpan<Frame>>;
  readonly ear: AnswerEar;
  readonly withdrawn$: Observable<Withdrawal>;
}

/**
 * Waits for the driver's answer to each question: in the window that opens for it, by the ear, within 15 s. A newer
 * question, a wake or anything else that opens the gate takes the place of one that waits: that is not a yes either.
 */
export function confirmation<Question, Frame extends AudioFrame>(
  questioning: Questioning<Frame>,
): OperatorFunction<Question, Answered<Question, Frame>> {
  return (questions$) => questions$.pipe(switchMap((question) => answerTo(question, questioning)));
}

function answerTo<Question, Frame extends AudioFrame>(
  question: Question,
  { gate$, ear, withdrawn$ }: Questioning<Frame>,
): Observable<Answered<Question, Frame>> {
  const unanswered = (answer: Withdrawal) => ({ question, answer, frames: [] });
  const openings$ = gate$.pipe(filter((output) => output.type === "opened"));
  return merge(
    openings$.pipe(
      switchMap(({ reason }) => (reason === "confirmation" ? inWindow(question, gate$, ear) : of(unanswered("other")))),
    ),
    openings$.pipe(
      startWith(undefined),
      take(2),
      switchMap((opening) => timer(opening === undefined ? ASKED_WITHIN_MS : ANSWER_WITHIN_MS)),
      map(() => unanswered("silence")),
    ),
    withdrawn$.pipe(map(unanswered)),
    ear.prepare(),
  ).pipe(take(1));
}

function inWindow<Question, Frame extends AudioFrame>(
  question: Question,
  gate$: Observable<HeardSpan<Frame>>,
  ear: AnswerEar,
): Observable<Answered<Question, Frame>> {
  return defer(() => {
    const frames: Frame[] = [];
    const span$ = gate$.pipe(
      takeWhile((output) => output.type === "audio"),
      map(({ frame }) => frame),
      tap((frame) => {
        frames.push(frame);
        if (frames.length > MAX_FRAMES) frames.shift();
      }),
      share(),
    );
    const heard$ = ear.listen(span$).pipe(
      take(1),
      catchError(() => EMPTY),
    );
    // The window may be shut by others; an answer that is still being recognised then counts.
    return concat(heard$, of("silence" as const)).pipe(
      map((answer) => ({ question, answer, frames: answer === "other" ? [...frames] : [] })),
    );
  });
}
