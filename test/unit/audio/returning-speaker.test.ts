import { defer, NEVER, Observable, type Subscriber, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { AudioDeviceError } from "../../../src/audio/audio-device-error.ts";
import type { Outage } from "../../../src/audio/outages.ts";
import { returningSpeaker } from "../../../src/audio/returning-speaker.ts";
import type { Speaker, SpeakerDevice } from "../../../src/audio/speaker.ts";

const BACKOFF = { minMs: 100, maxMs: 100 };
const missing: Speaker = throwError(() => new AudioDeviceError("not-found", "no such card"));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A card that can be pulled out. */
function card(latencyMs = 40) {
  const written: number[] = [];
  let flushes = 0;
  let plugged: Subscriber<SpeakerDevice> | undefined;
  const speaker$: Speaker = new Observable((subscriber) => {
    plugged = subscriber;
    subscriber.next({
      name: "card",
      latencyMs,
      write: ([first = 0]) => written.push(first),
      flush: () => {
        flushes += 1;
      },
    });
  });
  const pull = (): void => plugged?.error(new AudioDeviceError("lost", "unplugged"));
  return { speaker$, written, pull, flushes: () => flushes };
}

function open(openings: readonly Speaker[], insist = false) {
  const told: Outage[] = [];
  const errors: unknown[] = [];
  const devices: SpeakerDevice[] = [];
  let opened = 0;
  const speaker$ = defer(() => openings[opened++] ?? NEVER);
  const subscription = returningSpeaker(speaker$, {
    insist,
    tell: (outage) => told.push(outage),
    backoff: BACKOFF,
  }).subscribe({
    next: (device) => devices.push(device),
    error: (error: unknown) => errors.push(error),
  });
  return { told, errors, devices, subscription, write: (sample: number) => devices[0]?.write(Int16Array.of(sample)) };
}

describe("returningSpeaker", () => {
  test("the same device plays on another card after the first was lost; what came between is not heard later", async () => {
    const [first, second] = [card(), card(70)];
    const { devices, told, write } = open([first.speaker$, second.speaker$]);
    write(1);
    first.pull();
    write(2);
    await vi.advanceTimersByTimeAsync(100);
    write(3);
    expect([first.written, second.written]).toEqual([[1], [3]]);
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject({ name: "card", latencyMs: 70 });
    expect(told.map(({ message }) => message)).toEqual([
      "The speaker works.",
      "unplugged",
      "The speaker works again after 0.1 s.",
    ]);
  });

  test("a lost card keeps its latency, so that nobody waits for ever for what is not heard", () => {
    const only = card(70);
    const { devices } = open([only.speaker$]);
    only.pull();
    expect(devices[0]?.latencyMs).toBe(70);
    expect(() => devices[0]?.flush()).not.toThrow();
    expect(only.flushes()).toBe(0);
  });

  test("one that is not insisted on is waited for from the start", async () => {
    const late = card();
    const { devices, told, write, errors } = open([missing, missing, late.speaker$]);
    write(1);
    await vi.advanceTimersByTimeAsync(200);
    write(2);
    expect(late.written).toEqual([2]);
    expect(devices).toHaveLength(1);
    expect(told).toMatchObject([
      { out: true, first: true, message: "no such card" },
      { out: false, first: false },
    ]);
    expect(errors).toEqual([]);
  });

  test("one that is insisted on must be there at the start, and is waited for later", async () => {
    expect(open([missing], true)).toMatchObject({ devices: [], errors: [{ code: "not-found" }] });

    const [first, second] = [card(), card()];
    const { errors, write } = open([first.speaker$, missing, second.speaker$], true);
    first.pull();
    await vi.advanceTimersByTimeAsync(200);
    write(1);
    expect(second.written).toEqual([1]);
    expect(errors).toEqual([]);
  });
});
