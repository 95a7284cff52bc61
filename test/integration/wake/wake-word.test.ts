import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, from, lastValueFrom, NEVER, type Observable, Subject, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import { quiet } from "../../../src/audio/frames.ts";
import { createResampler, joined } from "../../../src/audio/resample.ts";
import { writeWav } from "../../../src/audio/wav.ts";
import { wavMicrophone } from "../../../src/audio/wav-microphone.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import { type Speech, VOICES } from "../../../src/engine/speak/speech.ts";
import { openWakeWord, type WakeDetection, type WakeWordDetector } from "../../../src/wake/wake-word.ts";
import { framesOf } from "./frames-of.ts";

const all = <T>(values$: Observable<T>): Promise<readonly T[]> => lastValueFrom(values$.pipe(toArray()));

/** What does not wake, though it sounds a little like it. */
const MISSES = {
  jarvis: "the service on the driver side is not open, said the jury",
  computer: "the commuter competes with a new scooter, said the tutor",
};

describe.for(["jarvis", "computer"] as const)("a detector for %s", (word) => {
  let detector: WakeWordDetector;
  let speech: Speech;

  beforeAll(async () => {
    [detector, speech] = await Promise.all([openWakeWord({ word }), openSpeech()]);
  });
  afterAll(() => {
    detector.close();
    speech.close();
  });

  async function sound(text: string, voice: (typeof VOICES)[number]): Promise<Int16Array> {
    const clauses = await all(speech.speak({ text, voice, rateHz: 16_000 }));
    return Int16Array.from(clauses.flatMap((clause) => Array.from(clause)));
  }

  async function spoken(text: string, voice: (typeof VOICES)[number]): Promise<readonly AudioFrame[]> {
    // Nobody begins to speak with the first sample that a microphone hears.
    return framesOf(joined([quiet(4_800), await sound(text, voice)]));
  }

  test.for(VOICES)("wakes once when the voice %s asks for something in one breath", async (voice) => {
    const frames = await spoken(`${word} set the temperature to twenty two degrees`, voice);
    const detections = await all(detector.detect(from(frames)));

    expect(detections).toHaveLength(1);
    expect(detections[0]).toMatchObject({ word });
    expect(detections[0]?.score).toBeGreaterThan(0.5);
    // The word takes less than the first 1.1 s, and the command goes on for two more.
    expect(detections[0]?.atMs).toBeGreaterThan(400);
    expect(detections[0]?.atMs).toBeLessThan(1_400);
  });

  test.for(VOICES)("sleeps on when the voice %s says something else", async (voice) => {
    expect(await all(detector.detect(from(await spoken(MISSES[word], voice))))).toEqual([]);
  });

  test("wakes each time when the word comes every second", async () => {
    const once = await sound(word, "slt");
    const many = new Int16Array(10 * 16_000);
    for (let at = 0; at < many.length; at += 16_000) many.set(once.subarray(0, 16_000), at);
    const detections = await all(detector.detect(from(framesOf(many))));

    expect(detections).toHaveLength(10);
    const apart = detections.slice(1).map(({ atMs }, i) => atMs - (detections[i]?.atMs ?? 0));
    expect(Math.max(...apart.map((ms) => Math.abs(ms - 1_000)))).toBeLessThan(200);
  });

  test("wakes once when two say it at once", async () => {
    const [one, other] = [await sound(word, "slt"), await sound(word, "rms")];
    const both = Int16Array.from({ length: 32_000 }, (_, i) => ((one[i] ?? 0) + (other[i - 1_600] ?? 0)) / 2);
    expect(await all(detector.detect(from(framesOf(both))))).toHaveLength(1);
  });

  test.for([8_000, 44_100])("hears it in a recording of %i Hz", async (rateHz) => {
    const resampler = await createResampler(16_000, rateHz);
    const parts = [resampler.push(await sound(`${word}, open the window`, "awb")), resampler.flush()];
    resampler.close();
    const file = join(await mkdtemp(join(tmpdir(), "wake-")), "word.wav");
    await writeWav(file, [Int16Array.from(parts.flatMap((part) => Array.from(part)))], rateHz);

    const { frames$ } = wavMicrophone(file, { pace: "fast" });
    expect(await all(detector.detect(frames$))).toHaveLength(1);
  });

  test("hears a word that ends with the last frame", async () => {
    const frames = await spoken(word, "slt");
    expect(await all(detector.detect(from(frames)))).toHaveLength(1);
  });

  test("keeps streams apart, however they are mixed", async () => {
    const [called, other] = await Promise.all([
      spoken(`${word}, open the window`, "rms"),
      spoken("open the window", "rms"),
    ]);
    const [first$, second$] = [new Subject<AudioFrame>(), new Subject<AudioFrame>()];
    const heard = Promise.all([all(detector.detect(first$)), all(detector.detect(second$))]);
    for (const [index, frame] of called.entries()) {
      first$.next(frame);
      const beside = other[index];
      if (beside !== undefined) second$.next(beside);
    }
    first$.complete();
    second$.complete();

    expect((await heard).map((detections) => detections.length)).toEqual([1, 0]);
  });

  test("has told what it heard when it says that it has caught up", async () => {
    const detections: WakeDetection[] = [];
    const frames$ = concat(from(await spoken(`${word}, open the window`, "slt")), NEVER);
    const listening = detector.detect(frames$).subscribe((detection) => detections.push(detection));
    onTestFinished(() => listening.unsubscribe());

    await detector.caughtUp();
    expect(detections).toHaveLength(1);
    expect(detector.stats().backlogMs).toBe(0);
  });

  test("passes the microphone's failure on", async () => {
    const broken$ = new Subject<AudioFrame>();
    const heard = all(detector.detect(broken$));
    broken$.error(new Error("unplugged"));
    await expect(heard).rejects.toThrow("unplugged");
  });
});

describe("a detector that cannot keep up", () => {
  test("drops the oldest sound, counts it, and ends all the same", async () => {
    const detector = await openWakeWord({ word: "jarvis", maxBacklogMs: 800 });
    onTestFinished(() => detector.close());

    // Ten seconds at once.
    await all(detector.detect(from(framesOf(new Int16Array(160_000)))));
    const { judgedMs, droppedMs, backlogMs } = detector.stats();
    expect(judgedMs + droppedMs).toBe(10_000);
    expect(judgedMs).toBeGreaterThanOrEqual(800);
    expect(judgedMs).toBeLessThan(2_000);
    expect(backlogMs).toBe(0);
  });
});

describe("closing a detector", () => {
  test("completes what listens, and whatever wants to listen later", async () => {
    const detector = await openWakeWord({ word: "jarvis" });
    const heard = all(detector.detect(NEVER));
    detector.close();

    expect(await heard).toEqual([]);
    expect(await all(detector.detect(NEVER))).toEqual([]);
    await expect(detector.caughtUp()).resolves.toBeUndefined();
  });
});

describe("a wake word that cannot be listened for", () => {
  const metadata = { word: "jarvis", hidden: 2, threshold: 0.5, confirmations: 2 };

  async function headFile(contents: string, weights?: Uint8Array): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "head-"));
    const file = join(folder, "own.json");
    await writeFile(file, contents);
    if (weights !== undefined) await writeFile(join(folder, "own.bin"), weights);
    return file;
  }

  test("an unknown word is answered with those that there are", async () => {
    await expect(openWakeWord({ word: "mercedes" })).rejects.toMatchObject({
      code: "unknown-word",
      message: expect.stringMatching(
        /no wake word "mercedes".*Bundled: computer, jarvis.*train:wake -- --word mercedes/,
      ) as string,
    });
  });

  test.for([
    ["is missing", undefined, undefined, /head .*none\.json cannot be read/],
    ["is no JSON", "{", undefined, /own\.json is not JSON/],
    ["lacks its threshold", JSON.stringify({ ...metadata, threshold: 2 }), undefined, /threshold/],
    [
      "is for another word",
      JSON.stringify({ ...metadata, word: "hal" }),
      undefined,
      /is for the word "hal", not "jarvis"/,
    ],
    ["has no weights", JSON.stringify(metadata), undefined, /own\.bin cannot be read/],
    ["has the wrong weights", JSON.stringify(metadata), new Uint8Array(12), /own\.bin has 12 bytes where 12308 belong/],
  ] as const)("a head that %s is refused by name", async ([, contents, weights, message]) => {
    const head = contents === undefined ? join(tmpdir(), "none.json") : await headFile(contents, weights);
    await expect(openWakeWord({ word: "jarvis", head })).rejects.toMatchObject({
      code: "bad-head",
      message: expect.stringMatching(message) as string,
    });
  });

  test.for([
    [{ threshold: 1 }, "threshold is 1; it must be above 0 and below 1"],
    [{ confirmations: 0 }, "confirmations is 0; it must be a whole number, 1 to 10"],
    [{ maxBacklogMs: 10 }, "maxBacklogMs is 10; it must be at least 80"],
    [{ threshold: Number.NaN }, "threshold is NaN"],
  ] as const)("the option %j is refused by name", async ([options, message]) => {
    await expect(openWakeWord({ word: "jarvis", ...options })).rejects.toThrow(message);
  });
});
