import { expect, test } from "vitest";
import { phraseCache } from "../../../../src/engine/speak/phrase-cache.ts";

const pcm = (samples: number): Int16Array => new Int16Array(samples).fill(samples);

test("forgets the least recently used first, and never holds more than its bound", () => {
  const cache = phraseCache(60);
  cache.set("a", pcm(10));
  cache.set("b", pcm(10));
  cache.set("c", pcm(10));
  cache.get("a");
  cache.set("d", pcm(5));
  expect(cache.get("b")).toBeUndefined();
  expect(cache.get("a")).toStrictEqual(pcm(10));
  expect(cache.get("d")).toStrictEqual(pcm(5));
  expect(cache.bytes).toBe(50);
});

test("a phrase set twice counts once, and one too large for it is not kept", () => {
  const cache = phraseCache(60);
  cache.set("a", pcm(10));
  cache.set("a", pcm(20));
  expect(cache.bytes).toBe(40);
  cache.set("huge", pcm(31));
  expect(cache.get("huge")).toBeUndefined();
  expect(cache.get("a")).toStrictEqual(pcm(20));
  expect([cache.fits(pcm(10)), cache.fits(pcm(11))]).toStrictEqual([true, false]);
});
