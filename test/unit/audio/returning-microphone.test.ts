import { concat, defer, EMPTY, NEVER, type Observable, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { AudioDeviceError } from "../../../src/audio/audio-device-error.ts";
import { type AudioFrame, FRAME_SAMPLES } from "../../../src/audio/audio-frame.ts";
import type { Outage } from "../../../src/audio/outages.ts";
import { returningMicrophone } from "../../../src/audio/returning-microphone.ts";

const BACKOFF = { minMs: 100, maxMs: 100 };
const LOUD = 10_000;

const frame = (level: number): AudioFrame => ({ pcm: new Int16Array(FRAME_SAMPLES).fill(level), capturedAt: 0 });
const lost = throwError(() => new AudioDeviceError("lost", "unplugged"));
const missing = throwError(() => new AudioDeviceError("not-found", "no such card"));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A microphone that does the next of these things each time it is opened. */
function listenTo(...openings: readonly Observable<AudioFrame>[]) {
  const heard: AudioFrame[] = [];
  const told: Outage[] = [];
  const errors: unknown[] = [];
  let opened = 0;
  const frames$ = defer(() => openings[opened++] ?? NEVER);
  const subscription = returningMicrophone(
    { name: "test", frames$ },
    (outage) => told.push(outage),
    BACKOFF,
  ).frames$.subscribe({ next: (next) => heard.push(next), error: (error: unknown) => errors.push(error) });
  const loud = (): readonly number[] => heard.flatMap(({ pcm: [first = 0] }, index) => (first === LOUD ? [index] : []));
  return { heard, told, errors, loud, subscription, opened: () => opened };
}

describe("returningMicrophone", () => {
  test("a lost microphone is opened again, and 3 s of quiet part what was heard before and after", async () => {
    const { heard, told, loud } = listenTo(concat(of(frame(LOUD)), lost), concat(of(frame(LOUD)), NEVER));
    expect(loud()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(100);
    expect(loud()).toEqual([0, 151]);
    expect(heard.slice(1, 151).every(({ pcm }) => pcm.every((sample) => Math.abs(sample) <= 20))).toBe(true);
    expect(told.map(({ message }) => message)).toEqual([
      "The microphone test works.",
      "unplugged",
      "The microphone test works again after 0.1 s.",
    ]);
  });

  test("it is told of the loss before the quiet comes, so that nothing of it reaches an open gate", () => {
    const order: string[] = [];
    const frames$ = concat(of(frame(LOUD)), lost);
    returningMicrophone({ name: "test", frames$ }, ({ message }) => order.push(message), BACKOFF)
      .frames$.subscribe(({ pcm: [first] }) => order.push(first === LOUD ? "loud" : "quiet"))
      .unsubscribe();
    expect(order.slice(0, 4)).toEqual(["The microphone test works.", "loud", "unplugged", "quiet"]);
  });

  test("it is tried for as long as it takes, and says each reason once", async () => {
    const { told, opened, heard } = listenTo(concat(of(frame(1)), lost), missing, missing, missing, of(frame(2)));
    await vi.advanceTimersByTimeAsync(400);
    expect(opened()).toBe(5);
    expect(told.map(({ out }) => out)).toEqual([false, true, true, false]);
    expect(heard).toHaveLength(1 + 150 + 1);
  });

  test("one that was never there is an error, not something to wait for", () => {
    expect(listenTo(missing).errors).toMatchObject([{ code: "not-found" }]);
    expect(listenTo(concat(EMPTY, lost)).errors).toMatchObject([{ code: "lost" }]);
  });

  test("our own bugs are not taken for a lost microphone", () => {
    const bug = new TypeError("bug");
    expect(
      listenTo(
        concat(
          of(frame(1)),
          throwError(() => bug),
        ),
      ).errors,
    ).toEqual([bug]);
  });

  test("nobody who has left makes it try again", async () => {
    const { subscription, opened } = listenTo(concat(of(frame(1)), lost));
    subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened()).toBe(1);
  });
});
