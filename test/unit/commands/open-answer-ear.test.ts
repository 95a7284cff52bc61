import { type Observable, of, Subject } from "rxjs";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import { type OpenAnswerEar, openAnswerEar } from "../../../src/commands/open-answer-ear.ts";
import type { Hearing, HearingEvent } from "../../../src/engine/hear/hearing.ts";

const frame = (value: number): AudioFrame => ({ pcm: Int16Array.of(value), capturedAt: value });
const heard = (text: string, rejected = false): HearingEvent => ({
  type: "heard",
  text,
  rejected,
  score: 0,
  confidence: 1,
});

/** A recogniser that hears what the test says. */
class Recogniser implements Hearing {
  readonly #events$ = new Subject<HearingEvent>();
  readonly events$ = this.#events$.asObservable();
  readonly appended: number[] = [];
  commits = 0;
  isClosed = false;
  append = (pcm: Int16Array): void => void this.appended.push(pcm[0] ?? 0);
  commit = (): void => void (this.commits += 1);
  clear = (): void => undefined;
  setGrammar = (): void => undefined;
  close = (): void => void (this.isClosed = true);
  hears = (event: HearingEvent): void => this.#events$.next(event);
  dies = (): void => this.#events$.complete();
}

interface Opening {
  open(): Promise<Recogniser>;
  fail(): Promise<void>;
}

describe("openAnswerEar", () => {
  let ear: OpenAnswerEar;
  let recognisers: Recogniser[];
  let openings: Opening[];
  let told: string[];
  const frames = (): Observable<AudioFrame> => new Subject<AudioFrame>();
  const outcome = () => ({
    next: (answer: string) => void told.push(answer),
    error: (error: unknown) => void told.push(String(error)),
    complete: () => void told.push("over"),
  });

  beforeEach(() => {
    [recognisers, openings, told] = [[], [], []];
    ear = openAnswerEar({
      openHearing: () =>
        new Promise((resolve, reject) => {
          openings.push({
            open: async () => {
              const recogniser = new Recogniser();
              recognisers.push(recogniser);
              resolve(recogniser);
              await settled();
              return recogniser;
            },
            fail: async () => {
              reject(new Error("no model"));
              await settled();
            },
          });
        }),
      wishes: { phrases: { window_set: ["open the window"] }, lists: {}, wakeWord: "jarvis" },
      model: "auto",
    });
  });

  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const opened = async (): Promise<Recogniser> => (await openings.at(-1)?.open()) ?? expect.unreachable();

  test.for([
    ["yes", "yes"],
    ["jarvis yes please", "yes"],
    ["sure(2)", "yes"],
    ["no thanks", "no"],
    ["yes no", "other"],
    ["yes and no", "other"],
    ["no and yes", "other"],
    ["open the window", "other"],
    ["yes and open the window", "other"],
  ] as [string, string][])("hears %s as %s", async ([text, answer]) => {
    ear.listen(frames()).subscribe(outcome());
    (await opened()).hears(heard(text));
    expect(told).toEqual([answer]);
  });

  test("a yes that the recogniser does not believe is none", async () => {
    ear.listen(frames()).subscribe(outcome());
    (await opened()).hears(heard("yes", true));
    expect(told).toEqual(["other"]);
  });

  test("what is said while it opens is heard, in order, and the end after it", async () => {
    ear.listen(of(frame(1), frame(2))).subscribe(outcome());
    const recogniser = await opened();
    expect(recogniser.appended).toEqual([1, 2]);
    expect(recogniser.commits).toBe(1);
    recogniser.hears(heard("", true));
    expect(told).toEqual(["over"]);
  });

  test("one recogniser serves the question and its answer, and is closed after both", async () => {
    const question = ear.prepare().subscribe();
    const recogniser = await opened();
    const answer = ear.listen(frames()).subscribe();
    expect(openings).toHaveLength(1);
    answer.unsubscribe();
    expect(recogniser.isClosed).toBe(false);
    question.unsubscribe();
    await ear.close();
    expect(recogniser.isClosed).toBe(true);
  });

  test.for(["prepare", "listen"] as const)("who leaves while it opens (%s) leaves nothing open", async (method) => {
    const waiting = method === "prepare" ? ear.prepare().subscribe() : ear.listen(frames()).subscribe();
    waiting.unsubscribe();
    const recogniser = await opened();
    await ear.close();
    expect(recogniser.isClosed).toBe(true);
  });

  test("the next question has a recogniser of its own, though that of the last is still opening", async () => {
    ear.prepare().subscribe().unsubscribe();
    ear.listen(frames()).subscribe(outcome());
    expect(openings).toHaveLength(2);
    await openings[0]?.fail();
    (await opened()).hears(heard("yes"));
    expect(told).toEqual(["yes"]);
  });

  test("one that does not open is tried again for the answer, and then who listens is told", async () => {
    const onError = vi.fn();
    ear.prepare().subscribe({ error: onError });
    await openings[0]?.fail();
    expect(onError).not.toHaveBeenCalled();
    ear.listen(frames()).subscribe(outcome());
    await openings[1]?.fail();
    expect(told).toEqual(["Error: no model"]);
  });

  test("is over when the recogniser is", async () => {
    ear.listen(frames()).subscribe(outcome());
    (await opened()).dies();
    expect(told).toEqual(["over"]);
  });
});
