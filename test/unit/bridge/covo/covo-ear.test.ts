import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { covoEar, type EarEffect } from "../../../../src/bridge/covo/covo-ear.ts";
import { DEFAULT_TIMING } from "../../../../src/bridge/covo/covo-state.ts";
import type { Heard } from "../../../../src/bridge/covo/listening.ts";
import { type LentVoice, lendVoices } from "../../../../src/bridge/covo/voices.ts";

/** To this ear every sample that is not zero is a voice. */
const judge = (pcm: Int16Array): Promise<number> => Promise.resolve(pcm.some((sample) => sample !== 0) ? 1 : 0);

function listen(borrow: () => Promise<LentVoice>) {
  const effects$ = new Subject<EarEffect>();
  const heard: Heard[] = [];
  const running = covoEar(effects$, DEFAULT_TIMING, borrow).subscribe((event) => heard.push(event));
  onTestFinished(() => running.unsubscribe());
  return { effects$, heard, running };
}

const sound = (ms: number, sample: number, rateHz = 24_000): EarEffect => ({
  type: "append",
  pcm: new Int16Array((ms * rateHz) / 1_000).fill(sample),
});

describe("the ear of one session", () => {
  test.for([16_000, 24_000])("hears an utterance at %d Hz, and how long it was", async (inputRateHz) => {
    const { effects$, heard } = listen(() => Promise.resolve({ judge, giveBack: () => undefined }));
    effects$.next({ type: "listen", timing: { ...DEFAULT_TIMING, inputRateHz } });
    effects$.next(sound(1_000, 0, inputRateHz));
    effects$.next(sound(1_000, 900, inputRateHz));
    effects$.next(sound(600, 0, inputRateHz));
    await vi.waitFor(() => expect(heard.map(({ type }) => type)).toEqual(["speech-started", "utterance"]));
    const [started, utterance] = heard;
    if (started?.type !== "speech-started" || utterance?.type !== "utterance") throw new Error("not heard");
    expect(Math.abs(started.atMs - 1_000)).toBeLessThan(50);
    expect(Math.abs(utterance.pcm.length / 16 - 1_850)).toBeLessThan(100);
  });

  test("gives its model back when it is closed, but not while that judges", async () => {
    let judged: (probability: number) => void = () => undefined;
    const giveBack = vi.fn();
    const slow = vi.fn(() => new Promise<number>((resolve) => (judged = resolve)));
    const { effects$, running } = listen(() => Promise.resolve({ judge: slow, giveBack }));
    effects$.next(sound(40, 0));
    await vi.waitFor(() => expect(slow).toHaveBeenCalled());
    running.unsubscribe();
    await new Promise(setImmediate);
    expect(giveBack).not.toHaveBeenCalled();
    judged(0);
    await vi.waitFor(() => expect(giveBack).toHaveBeenCalledOnce());
  });

  test("says why when there is no model to be had", async () => {
    const { effects$, heard } = listen(() => Promise.reject(new Error("no such file")));
    effects$.next(sound(40, 0));
    await vi.waitFor(() => expect(heard).toEqual([{ type: "failed", reason: "no such file" }]));
  });
});

test("models are lent to one at a time, and lent again", async () => {
  const open = vi.fn(() => Promise.resolve((pcm: Int16Array) => judge(pcm)));
  const borrow = await lendVoices(open);
  const [one, other] = [await borrow(), await borrow()];
  expect(one.judge).not.toBe(other.judge);
  one.giveBack();
  expect((await borrow()).judge).toBe(one.judge);
  expect(open).toHaveBeenCalledTimes(2);
});
