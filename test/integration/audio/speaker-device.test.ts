import { Writable } from "node:stream";
import { firstValueFrom, type Subscription } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { captureSpeaker } from "../../../src/audio/capture-speaker.ts";
import { nullSpeaker } from "../../../src/audio/null-speaker.ts";
import type { SpeakerDevice } from "../../../src/audio/speaker.ts";
import { type SpeakerPackage, speakerDevice } from "../../../src/audio/speaker-device.ts";

/** A sound card that takes a piece when the test says so. */
function fakeCard() {
  const taken: number[] = [];
  let accept: (() => void) | undefined;
  let closed = false;
  const cards: Writable[] = [];
  class Card extends Writable {
    constructor() {
      super({ highWaterMark: 0 });
      cards.push(this);
    }
    override _write(bytes: Buffer, _encoding: string, done: () => void): void {
      taken.push(...new Int16Array(Uint8Array.from(bytes).buffer));
      accept = done;
    }
    close(): void {
      closed = true;
    }
  }
  return {
    load: () => Promise.resolve({ default: Card } as SpeakerPackage),
    taken,
    accept: () => accept?.(),
    fail: (message: string) => cards[0]?.destroy(new Error(message)),
    isClosed: () => closed,
  };
}

async function open(card: ReturnType<typeof fakeCard>) {
  const errors: unknown[] = [];
  let device: SpeakerDevice | undefined;
  const subscription: Subscription = speakerDevice(card.load).subscribe({
    next: (opened) => {
      device = opened;
    },
    error: (error: unknown) => errors.push(error),
  });
  await vi.waitFor(() => expect(device).toBeDefined());
  if (device === undefined) throw new Error("no device");
  return { device, errors, subscription };
}

describe("speakerDevice", () => {
  test("without the package: not found, and what to do", async () => {
    const speaker = speakerDevice(() => Promise.reject(new Error("Cannot find package 'speaker'")));
    await expect(firstValueFrom(speaker)).rejects.toMatchObject({
      name: "AudioDeviceError",
      code: "not-found",
      message: expect.stringContaining("`speaker` is not installed") as string,
    });
  });

  test("gives the card one piece at a time and keeps the rest in order", async () => {
    const card = fakeCard();
    const { device, subscription } = await open(card);
    device.write(Int16Array.of(1, 2));
    device.write(Int16Array.of(3));
    device.write(Int16Array.of(4, 5));
    expect(card.taken).toStrictEqual([1, 2]);
    card.accept();
    await vi.waitFor(() => expect(card.taken).toStrictEqual([1, 2, 3]));
    card.accept();
    await vi.waitFor(() => expect(card.taken).toStrictEqual([1, 2, 3, 4, 5]));
    subscription.unsubscribe();
    expect(card.isClosed()).toBe(true);
  });

  test("flush forgets what the card has not taken", async () => {
    const card = fakeCard();
    const { device, subscription } = await open(card);
    device.write(Int16Array.of(1));
    device.write(Int16Array.of(2));
    device.flush();
    device.write(Int16Array.of(3));
    card.accept();
    await vi.waitFor(() => expect(card.taken).toStrictEqual([1, 3]));
    subscription.unsubscribe();
  });

  test("a card that takes nothing for a second is lost, and nothing piles up", async () => {
    const card = fakeCard();
    const { device, errors } = await open(card);
    for (let index = 0; index < 60; index++) device.write(new Int16Array(480));
    expect(errors).toMatchObject([{ code: "lost", message: "The speaker has taken no sound for a second." }]);
    expect(card.isClosed()).toBe(true);
  });

  test("a card that fails is not found before it has played, and lost after", async () => {
    const silent = fakeCard();
    const never = await open(silent);
    silent.fail("no such device");
    await vi.waitFor(() => expect(never.errors).toMatchObject([{ code: "not-found" }]));

    const card = fakeCard();
    const { device, errors } = await open(card);
    device.write(Int16Array.of(1));
    card.accept();
    device.write(Int16Array.of(2));
    await vi.waitFor(() => expect(card.taken).toStrictEqual([1, 2]));
    card.fail("unplugged");
    await vi.waitFor(() =>
      expect(errors).toMatchObject([{ code: "lost", message: expect.stringContaining("unplugged") as string }]),
    );
  });
});

test("the null speaker counts", async () => {
  const device = await firstValueFrom(nullSpeaker());
  device.write(new Int16Array(480));
  device.write(new Int16Array(20));
  expect(device.samples).toBe(500);
});

test("the capture speaker keeps what it was given, up to its bound", async () => {
  const capture = captureSpeaker(1);
  const device = await firstValueFrom(capture.speaker$);
  const block = Int16Array.of(1, 2, 3);
  device.write(block);
  block.fill(0);
  expect(capture.pcm()).toStrictEqual(Int16Array.of(1, 2, 3));
  device.write(new Int16Array(24_000));
  expect([capture.pcm().length, capture.droppedSamples]).toStrictEqual([24_000, 3]);
  capture.clear();
  expect(capture.pcm()).toHaveLength(0);
});
