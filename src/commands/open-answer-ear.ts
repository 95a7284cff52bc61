import { Observable } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { Hearing, HearingEvent, OpenHearing } from "../engine/hear/hearing.ts";
import { compileGrammar } from "../engine/understand/compile.ts";
import type { GrammarSpec } from "../engine/understand/grammar.ts";
import type { Answer, AnswerEar } from "../turn/answer-ear.ts";
import { ANSWER_PHRASES } from "../turn/answer-phrases.ts";

export interface AnswerEarOptions {
  /** A recogniser of our own; it is open only while a question waits. */
  readonly openHearing: OpenHearing;
  /** Everything else that a driver may say: who wants something new must not be taken for one who consents. */
  readonly wishes: GrammarSpec;
  /** The acoustic model, as `HearingOptions.model`. */
  readonly model: string;
}

export interface OpenAnswerEar extends AnswerEar {
  close(): Promise<void>;
}

/** Hears yes and no among all that can be said, with the embedded recogniser. */
export function openAnswerEar({ openHearing, wishes, model }: AnswerEarOptions): OpenAnswerEar {
  const grammar = { ...wishes, phrases: { ...ANSWER_PHRASES, ...wishes.phrases } };
  const meaning = answerReader(wishes.wakeWord);
  let opening: Promise<Hearing> | undefined;

  const open = (): Promise<Hearing> => {
    if (opening === undefined) {
      opening = openHearing({ grammar, model });
      // Whoever listens is told; until then a failure is nobody's.
      opening.catch(() => (opening = undefined));
    }
    return opening;
  };
  const release = async (): Promise<void> => {
    const opened = opening;
    opening = undefined;
    await opened?.then((hearing) => hearing.close()).catch(() => undefined);
  };
  return {
    prepare: () => void open(),
    listen: (frames$) =>
      new Observable((subscriber) => {
        const waiting: AudioFrame[] = [];
        let hearing: Hearing | undefined;
        let ended = false;
        const end = (): void => (hearing === undefined ? void (ended = true) : hearing.commit());
        subscriber.add(
          frames$.subscribe({
            next: (frame) => (hearing === undefined ? void waiting.push(frame) : hearing.append(frame.pcm)),
            error: end,
            complete: end,
          }),
        );
        subscriber.add(() => void release());
        open().then(
          (opened) => {
            if (subscriber.closed) return;
            hearing = opened;
            subscriber.add(
              opened.events$.subscribe({
                next: (event) => {
                  const answer = meaning(event);
                  if (answer === "nothing") subscriber.complete();
                  else if (answer !== undefined) subscriber.next(answer);
                },
                error: (error: unknown) => subscriber.error(error),
                complete: () => subscriber.complete(),
              }),
            );
            for (const { pcm } of waiting.splice(0)) opened.append(pcm);
            if (ended) opened.commit();
          },
          (error: unknown) => subscriber.error(error),
        );
      }),
    close: release,
  } satisfies OpenAnswerEar;
}

/** What was heard, as an answer; `nothing` when the frames ended without a word. */
function answerReader(wakeWord: string): (event: HearingEvent) => Answer | "nothing" | undefined {
  const answers = compileGrammar({ phrases: ANSWER_PHRASES, lists: {}, wakeWord });
  return (event) => {
    if (event.type !== "heard") return undefined;
    const { text, rejected } = event;
    if (answers.completeness(text) === "nothing") return rejected ? "nothing" : undefined;
    const calls = rejected ? [] : (answers.parse(text) ?? []);
    const [call] = calls;
    return calls.length === 1 && (call?.name === "yes" || call?.name === "no") ? call.name : "other";
  };
}
