import { map, NEVER, type Observable, throwError } from "rxjs";
import { describe, test } from "vitest";

import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import type { Answer, AnswerEar } from "../../../src/turn/answer-ear.ts";
import { confirmation, type HeardSpan } from "../../../src/turn/confirmation.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const frame = (value: number): AudioFrame => ({ pcm: Int16Array.of(value), capturedAt: value });
const SPANS: Record<string, HeardSpan<AudioFrame>> = {
  c: { type: "opened", reason: "confirmation" },
  w: { type: "opened", reason: "wake" },
  a: { type: "audio", frame: frame(1) },
  b: { type: "audio", frame: frame(2) },
  x: { type: "closed" },
};

describe("confirmation", () => {
  const answersOf = (
    { hot }: { hot: <T>(marbles: string, values?: Record<string, T>) => Observable<T> },
    questions: string,
    gate: string,
    ear: Pick<AnswerEar, "listen">,
  ): Observable<string> =>
    hot<string>(questions).pipe(
      confirmation(hot(gate, SPANS), { prepare: () => undefined, ...ear }),
      map(({ question, answer, frames }) => `${question}: ${answer} ${frames.map(({ pcm }) => pcm[0]).join("")}`),
    );

  test.for([
    ["yes", "q: yes "],
    ["no", "q: no "],
    ["other", "q: other 12"],
  ] as [Answer, string][])("hears %s in the window that opens for it", ([answer, told]) => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const ear = {
        listen: (frames$: Observable<AudioFrame>) => merged(frames$, cold<Answer>("---(a|)", { a: answer })),
      };
      expectObservable(answersOf({ hot }, "q", "--cab", ear)).toBe("-----o", { o: told });
    });
  });

  test("silence is no yes: nobody spoke within 15 s", () => {
    virtualTime(({ hot, expectObservable }) => {
      const outcome$ = answersOf({ hot }, "q", "--c", { listen: () => NEVER });
      expectObservable(outcome$).toBe("-- 15s o", { o: "q: silence " });
    });
  });

  test("a question that is never asked aloud is not answered either", () => {
    virtualTime(({ hot, expectObservable }) => {
      expectObservable(answersOf({ hot }, "q", "-", { listen: () => NEVER })).toBe("30s o", { o: "q: silence " });
    });
  });

  test("whoever says the wake word instead wants something else, and no ear listens", () => {
    virtualTime(({ hot, expectObservable }) => {
      const ear = { listen: () => throwError(() => new Error("nobody asked for the ear")) };
      expectObservable(answersOf({ hot }, "q", "--w", ear)).toBe("--o", { o: "q: other " });
    });
  });

  test("an ear that cannot listen is silence", () => {
    virtualTime(({ hot, expectObservable }) => {
      const ear = { listen: () => throwError(() => new Error("no recogniser")) };
      expectObservable(answersOf({ hot }, "q", "--ca", ear)).toBe("--o", { o: "q: silence " });
    });
  });

  test("a newer question takes the place of one that waits, and its yes is for the newer alone", () => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const ear = { listen: () => cold<Answer>("--(a|)", { a: "yes" }) };
      const outcome$ = hot("q--r").pipe(
        confirmation(hot("-c---cab", SPANS), { prepare: () => undefined, ...ear }),
        map(({ question, answer }) => `${question}: ${answer}`),
      );
      expectObservable(outcome$).toBe("-------o", { o: "r: yes" });
    });
  });

  test("what is said after the window has been shut belongs to nobody", () => {
    virtualTime(({ hot, cold, expectObservable }) => {
      const ear = {
        listen: (frames$: Observable<AudioFrame>) => merged(frames$, cold<Answer>("-----(a|)", { a: "other" })),
      };
      expectObservable(answersOf({ hot }, "q", "-caxwb", ear)).toBe("------o", { o: "q: other 1" });
    });
  });
});

function merged(frames$: Observable<AudioFrame>, answer$: Observable<Answer>): Observable<Answer> {
  frames$.subscribe();
  return answer$;
}
