import { delay, of, Subject, throwError } from "rxjs";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import type { AudioFrame } from "../../../../src/audio/audio-frame.ts";
import type { Speech, Utterance } from "../../../../src/engine/speak/speech.ts";
import { type DriverOptions, simulatedDriver } from "../../../../vehicle-sim/driver/driver.ts";
import type { DriverEvent } from "../../../../vehicle-sim/driver/sound.ts";

/** 100 ms of tone for each part, rendered in 30 ms. */
function toneSpeech(): Speech & { readonly asked: Utterance[] } {
  const asked: Utterance[] = [];
  return {
    asked,
    speak: (utterance) => {
      asked.push(utterance);
      return of(new Int16Array(1_600).fill(10_000)).pipe(delay(30));
    },
    warm: () => undefined,
    close: () => undefined,
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  return () => vi.useRealTimers();
});

function start(options: Partial<DriverOptions> = {}) {
  const next$ = new Subject<void>();
  const speech = toneSpeech();
  const turns = [{ say: "open the window" }, { say: "a bit warmer" }];
  const driver = simulatedDriver({ speech, turns, wakeWord: "jarvis", seed: 1, pauseMs: 500, next$, ...options });
  const frames: AudioFrame[] = [];
  const events: DriverEvent[] = [];
  const running = driver.microphone.frames$.subscribe((frame) => frames.push(frame));
  running.add(driver.events$.subscribe((event) => events.push(event)));
  onTestFinished(() => running.unsubscribe());
  return { driver, next$, speech, frames, events, running };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const loudFrames = (frames: readonly AudioFrame[]) => frames.filter(({ pcm }) => pcm.some((sample) => sample > 5_000));

test("is heard all the time, 50 frames a second, without drift", async () => {
  const { frames } = start();
  await pass(60_000);
  expect(frames).toHaveLength(3_000);
  const first = frames[0]?.capturedAt ?? 0;
  expect((frames.at(-1)?.capturedAt ?? 0) - first).toBeCloseTo(2_999 * 20, -1);
});

describe("speaking", () => {
  test("not before being told to", async () => {
    const { events, speech } = start();
    await pass(5_000);
    expect([events, speech.asked]).toEqual([[], []]);
  });

  test("one sentence for each time, after a pause in which it is rendered", async () => {
    const { next$, frames, events } = start();
    const toldAt = performance.now();
    next$.next();
    await pass(450);
    expect(loudFrames(frames)).toEqual([]);
    await pass(2_000);
    expect(events.map(({ type, index }) => `${type} ${index}`)).toEqual(["says 0", "said 0"]);
    expect(events[0]).toMatchObject({ text: "jarvis, open the window" });
    const says = events[0];
    expect(says?.type === "says" && says.atMs - toldAt).toBeGreaterThanOrEqual(480);
  });

  test("in the end is over: no more sentences than turns", async () => {
    const { next$, events, frames } = start();
    for (let time = 0; time < 5; time += 1) {
      next$.next();
      await pass(2_000);
    }
    expect(events.filter(({ type }) => type === "said")).toHaveLength(2);
    const before = frames.length;
    await pass(1_000);
    expect(frames.length - before).toBe(50);
  });

  test("being told twice at once, says both, one after the other", async () => {
    const { next$, events } = start();
    next$.next();
    next$.next();
    await pass(4_000);
    expect(events.map(({ type, index }) => `${type} ${index}`)).toEqual(["says 0", "said 0", "says 1", "said 1"]);
  });

  test("with one voice of those allowed, at the microphone's rate", async () => {
    const { driver, next$, speech } = start({ seed: 3, voices: ["rms", "awb", "kal16"] });
    next$.next();
    await pass(1_000);
    expect(driver.voice).toBe("kal16");
    expect(new Set(speech.asked.map(({ voice, rateHz }) => `${voice} ${rateHz}`))).toEqual(new Set(["kal16 16000"]));
  });
});

describe("in a hurry", () => {
  test("speech comes several times as fast, and real time returns after the quiet that ends it", async () => {
    const { next$, frames, events } = start({ pace: "fast", turns: [{ say: "x" }] });
    await pass(1_000);
    expect(frames).toHaveLength(50);
    next$.next();
    await pass(1_000);
    const [says, said] = events;
    expect([says?.type, said?.type]).toEqual(["says", "said"]);
    // At least 100 ms of speech and 1.5 s of quiet more than real time had room for.
    expect(frames.length).toBeGreaterThan(50 + 50 + 70);
    const before = frames.length;
    await pass(1_000);
    expect(frames.length - before).toBe(50);
  });

  test("waits for listeners that are behind", async () => {
    const { next$, frames } = start({ pace: "fast", isBehind: () => true });
    next$.next();
    await pass(2_000);
    expect(frames).toHaveLength(100);
  });
});

test("falls silent for good when nobody listens any more", async () => {
  const { running, next$, frames } = start();
  await pass(100);
  running.unsubscribe();
  const before = frames.length;
  await pass(1_000);
  expect(frames).toHaveLength(before);
  expect(next$.observed).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("passes on that speech has failed", () => {
  const speech: Speech = { ...toneSpeech(), speak: () => throwError(() => new Error("no voice")) };
  const next$ = new Subject<void>();
  const driver = simulatedDriver({ speech, turns: [{ say: "x" }], wakeWord: "jarvis", seed: 1, next$ });
  const errors: unknown[] = [];
  driver.microphone.frames$.subscribe({ error: (error: unknown) => errors.push(error) });
  next$.next();
  expect(String(errors[0])).toContain("no voice");
});
