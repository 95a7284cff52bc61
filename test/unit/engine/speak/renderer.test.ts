import { describe, expect, test } from "vitest";
import type { SpeakWorker } from "../../../../src/engine/speak/open-speak-worker.ts";
import { renderer } from "../../../../src/engine/speak/renderer.ts";
import type { Phrase, WorkerAnswer } from "../../../../src/engine/speak/speak-worker.ts";

const phrase = (text: string, more: Partial<Phrase> = {}): Phrase => ({
  text,
  voice: "slt",
  stretch: 1,
  rateHz: 24_000,
  ...more,
});
const SPOKEN: WorkerAnswer = { type: "spoken", pcm: Int16Array.of(1, 2, 3) };

/** Answers when the test says so. */
function fakeWorker() {
  const asked: string[] = [];
  const open: ((answer: WorkerAnswer) => void)[] = [];
  const worker: SpeakWorker = {
    ask: ({ text }, answered) => {
      asked.push(text);
      open.push(answered);
    },
    close: () => undefined,
  };
  return { worker, asked, answer: (answer: WorkerAnswer = SPOKEN) => open.shift()?.(answer) };
}

describe("renderer", () => {
  test("one phrase at a time, live ones before idle ones", () => {
    const { worker, asked, answer } = fakeWorker();
    const phrases = renderer(worker);
    const done: string[] = [];
    for (const [text, urgency] of [
      ["warm 1", "idle"],
      ["warm 2", "idle"],
      ["live", "now"],
    ] as const) {
      phrases.render(phrase(text), urgency).subscribe({ complete: () => done.push(text) });
    }
    expect(asked).toStrictEqual(["warm 1"]);
    answer();
    answer();
    answer();
    expect(asked).toStrictEqual(["warm 1", "live", "warm 2"]);
    expect(done).toStrictEqual(["warm 1", "live", "warm 2"]);
  });

  test("a phrase is rendered once for each voice, rate and pace, and then comes at once", () => {
    const { worker, asked, answer } = fakeWorker();
    const phrases = renderer(worker);
    phrases.render(phrase("hi"), "now").subscribe();
    phrases.render(phrase("hi"), "now").subscribe();
    answer();
    const heard: Int16Array[] = [];
    phrases.render(phrase("hi"), "now").subscribe((pcm) => heard.push(pcm));
    expect(heard).toStrictEqual([Int16Array.of(1, 2, 3)]);
    expect(asked).toStrictEqual(["hi"]);

    phrases.render(phrase("hi", { voice: "rms" }), "now").subscribe();
    answer();
    phrases.render(phrase("hi", { rateHz: 16_000 }), "now").subscribe();
    answer();
    phrases.render(phrase("hi", { stretch: 0.8 }), "now").subscribe();
    expect(asked).toHaveLength(4);
  });

  test("what nobody waits for any more is not rendered", () => {
    const { worker, asked, answer } = fakeWorker();
    const phrases = renderer(worker);
    phrases.render(phrase("first"), "now").subscribe();
    phrases.render(phrase("cancelled"), "now").subscribe().unsubscribe();
    phrases.render(phrase("last"), "now").subscribe();
    answer();
    answer();
    expect(asked).toStrictEqual(["first", "last"]);
  });

  test("idle renderings push nothing out of the cache", () => {
    const { worker, answer } = fakeWorker();
    const phrases = renderer(worker, 10);
    phrases.render(phrase("used"), "now").subscribe();
    answer();
    phrases.render(phrase("warmed"), "idle").subscribe();
    answer();
    expect([phrases.isCached(phrase("used")), phrases.isCached(phrase("warmed"))]).toStrictEqual([true, false]);
  });

  test("a phrase that cannot be said fails alone", () => {
    const { worker, answer } = fakeWorker();
    const phrases = renderer(worker);
    const results: string[] = [];
    for (const text of ["bad", "good"]) {
      phrases.render(phrase(text), "now").subscribe({
        error: (error: unknown) => results.push(`${text}: ${String(error)}`),
        complete: () => results.push(text),
      });
    }
    answer({ type: "failed", reason: "no such sound" });
    answer();
    expect(results).toStrictEqual(["bad: Error: no such sound", "good"]);
    expect(phrases.isCached(phrase("bad"))).toBe(false);
  });

  test("refuses more waiting phrases than anybody can listen to", () => {
    const { worker } = fakeWorker();
    const phrases = renderer(worker);
    const errors: string[] = [];
    for (let index = 0; index < 300; index++) {
      phrases
        .render(phrase(`phrase ${index}`), "now")
        .subscribe({ error: (error: unknown) => errors.push(String(error)) });
    }
    expect(errors).toHaveLength(300 - 257);
    expect(errors[0]).toBe("Error: Too much waits to be spoken.");
  });
});
