import { EMPTY, map, NEVER, type Observable, of, Subject, throwError } from "rxjs";
import { describe, expect, test } from "vitest";

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
    withdrawn = "-",
  ): Observable<string> =>
    hot<string>(questions).pipe(
      confirmation({
        gate$: hot(gate, SPANS),
        ear: { prepare: () => EMPTY, ...ear },
        withdrawn$: hot(withdrawn, { o: "other", s: "silence" } as const),
      }),
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
        confirmation({ gate$: hot("-c---cab", SPANS), ear: { prepare: () => EMPTY, ...ear }, withdrawn$: NEVER }),
        map(({ question, answer }) => `${question}: ${answer}`),
      );
      expectObservable(outcome$).toBe("-------o", { o: "r: yes" });
    });
  });

  describe("an answer that is still being recognised when the window has been shut", () => {
    const slow = (cold: <T>(marbles: string, values: Record<string, T>) => Observable<T>, answer: Answer) => ({
      listen: (frames$: Observable<AudioFrame>) => merged(frames$, cold<Answer>("-----(a|)", { a: answer })),
    });

    test("counts; what is said meanwhile belongs to nobody", () => {
      virtualTime(({ hot, cold, expectObservable }) => {
        expectObservable(answersOf({ hot }, "q", "-caxb", slow(cold, "other"))).toBe("------o", { o: "q: other 1" });
      });
    });

    test("does not count any more when the gate opens again: that is a new wish", () => {
      virtualTime(({ hot, cold, expectObservable }) => {
        expectObservable(answersOf({ hot }, "q", "-caxw", slow(cold, "yes"))).toBe("----o", { o: "q: other " });
      });
    });
  });

  test("of a long speech its last 8 s are kept", () => {
    const gate$ = new Subject<HeardSpan<AudioFrame>>();
    const answer$ = new Subject<Answer>();
    const ear = { prepare: () => EMPTY, listen: (frames$: Observable<AudioFrame>) => merged(frames$, answer$) };
    const kept: (number | undefined)[] = [];
    of("q")
      .pipe(confirmation({ gate$, ear, withdrawn$: NEVER }))
      .subscribe(({ frames }) => kept.push(...frames.map(({ pcm }) => pcm[0])));
    gate$.next({ type: "opened", reason: "confirmation" });
    for (let value = 1; value <= 410; value += 1) gate$.next({ type: "audio", frame: frame(value) });
    answer$.next("other");
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([400, 11, 410]);
  });

  test.for([
    ["before it was asked", "-", "--o", "--o"],
    ["before it was asked", "-", "--s", "--s"],
    ["while the answer is listened for", "-ca", "---o", "---o"],
    ["while the answer is listened for", "-ca", "---s", "---s"],
  ] as [string, string, string, string][])(
    "a question that is withdrawn %s is over, and no yes counts",
    ([, gate, withdrawn, outcome]) => {
      virtualTime(({ hot, cold, expectObservable }) => {
        const ear = { listen: () => cold<Answer>("----(a|)", { a: "yes" }) };
        const told = { o: "q: other ", s: "q: silence " };
        expectObservable(answersOf({ hot }, "q", gate, ear, withdrawn)).toBe(outcome, told);
      });
    },
  );

  test("the ear is kept open from the question to the answer, and not longer", () => {
    virtualTime(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const prepared$ = cold<never>("-");
      const ear = { prepare: () => prepared$, listen: () => cold<Answer>("--(a|)", { a: "yes" }) };
      const gate$ = hot("----c-----------", SPANS);
      expectObservable(
        hot("q-r").pipe(
          confirmation({ gate$, ear, withdrawn$: NEVER }),
          map(({ answer }) => answer),
        ),
      ).toBe("------y", { y: "yes" });
      expectSubscriptions(prepared$.subscriptions).toBe(["^-!", "--^---!"]);
    });
  });
});

function merged(frames$: Observable<AudioFrame>, answer$: Observable<Answer>): Observable<Answer> {
  frames$.subscribe();
  return answer$;
}
