import { expect, test } from "vitest";

import { createPlayback } from "../../../src/engine/engine-playback.ts";

function playing() {
  const clock = { ms: 1_000 };
  return { clock, playback: createPlayback(() => clock.ms) };
}

test("what arrives faster than it is played queues up", () => {
  const { clock, playback } = playing();
  playback.add("a", 500);
  playback.add("a", 500);
  playback.add("b", 300);
  expect(playback.leftMs()).toBe(1_300);
  clock.ms += 1_100;
  expect(playback.leftMs()).toBe(200);
});

test("falling silent tells of every item that was not heard to its end, and how much was", () => {
  const { clock, playback } = playing();
  playback.add("a", 400);
  playback.add("b", 400);
  playback.add("c", 400);
  clock.ms += 600;
  expect(playback.cut()).toEqual([
    { type: "reply-cut", itemId: "b", heardMs: 200 },
    { type: "reply-cut", itemId: "c", heardMs: 0 },
  ]);
  expect(playback.leftMs()).toBe(0);
  expect(playback.cut()).toEqual([]);
});

test("after a pause, playing begins anew", () => {
  const { clock, playback } = playing();
  playback.add("a", 400);
  clock.ms += 5_000;
  playback.add("b", 400);
  expect(playback.leftMs()).toBe(400);
  clock.ms += 100;
  expect(playback.cut()).toEqual([{ type: "reply-cut", itemId: "b", heardMs: 100 }]);
});
