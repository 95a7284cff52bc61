import fc from "fast-check";
import { expect, test } from "vitest";

import { audioQueue, type Waiting } from "../../../../src/engine/hear/audio-queue.ts";

const drain = <T>(queue: { next(): Waiting<T> | undefined }): Waiting<T>[] => {
  const items: Waiting<T>[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) items.push(item);
  return items;
};

test("however audio is cut, the same frames come out", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 20 }), (lengths) => {
      const queue = audioQueue(1_000);
      let sample = 0;
      for (const length of lengths) queue.append(Int16Array.from({ length }, () => sample++ % 30_000));
      const frames = drain(queue).flatMap((item) => (item.type === "frame" ? [item] : []));
      expect(frames.map(({ endSample }) => endSample)).toEqual(frames.map((_, index) => (index + 1) * 512));
      const samples = frames.flatMap(({ pcm }) => [...pcm]);
      expect(samples).toEqual(Array.from({ length: sample - (sample % 512) }, (_, index) => index % 30_000));
    }),
  );
});

test("a request stands behind the audio before it, of which nothing is held back", () => {
  const queue = audioQueue<string>(10);
  queue.append(new Int16Array(600).fill(1));
  queue.request("commit");
  queue.append(new Int16Array(512).fill(2));
  const items = drain(queue);
  expect(items.map((item) => (item.type === "frame" ? item.endSample : item.request))).toEqual([
    512,
    600,
    "commit",
    1_112,
  ]);
  expect(items[1]).toMatchObject({ pcm: Int16Array.from({ length: 512 }, (_, index) => Number(index < 88)) });
});

test("when it is full the oldest audio goes, counted; requests stay and time goes on", () => {
  const queue = audioQueue<string>(2);
  expect(queue.append(new Int16Array(1_024))).toBe(0);
  queue.request("clear");
  expect(queue.append(new Int16Array(1_024))).toBe(1_024);
  const items = drain(queue);
  expect(items.map((item) => (item.type === "frame" ? item.endSample : item.request))).toEqual(["clear", 1_536, 2_048]);
});
