import { describe, expect, test } from "vitest";
import { stereoTracks } from "../../../src/audio/stereo-tracks.ts";

const FRAME = 480;
const loud = (samples: number): Int16Array => new Int16Array(samples).fill(1_000);

/** Frames of 20 ms from 1,000 ms on, by the clock. */
function trackOfFrames(count: number) {
  const tracks = stereoTracks();
  for (let index = 1; index <= count; index++) tracks.left(loud(FRAME), 1_000 + index * 20);
  return tracks;
}

const right = (interleaved: Int16Array): Int16Array => interleaved.filter((_, index) => index % 2 === 1);

describe("stereoTracks", () => {
  test("what was heard at a moment lies beside what was captured then", () => {
    const tracks = trackOfFrames(10);
    tracks.right(loud(240), 1_100);
    const track = right(tracks.take(tracks.samples));
    expect(track.findIndex((sample) => sample > 0)).toBe(100 * 24);
    expect(track.findLastIndex((sample) => sample > 0)).toBe(110 * 24 - 1);
  });

  test("blocks of one sound stay together in spite of a few milliseconds of jitter", () => {
    const tracks = trackOfFrames(10);
    for (const [index, jitterMs] of [0, 7, -6, 12].entries()) tracks.right(loud(FRAME), 1_040 + index * 20 + jitterMs);
    const track = right(tracks.take(tracks.samples));
    expect(track.filter((sample) => sample > 0)).toHaveLength(4 * FRAME);
    expect(track.slice(40 * 24, 120 * 24).every((sample) => sample > 0)).toBe(true);
  });

  test("taking from the front moves nothing", () => {
    const tracks = trackOfFrames(10);
    expect(tracks.take(FRAME * 5)).toHaveLength(FRAME * 10);
    tracks.right(loud(240), 1_150);
    expect(right(tracks.take(FRAME * 5)).findIndex((sample) => sample > 0)).toBe(50 * 24);
    expect(tracks.samples).toBe(0);
  });

  test("replies that come all at once follow each other; beyond two minutes they are dropped and counted", () => {
    const tracks = trackOfFrames(1);
    tracks.right(loud(60 * 24_000), 1_000);
    tracks.right(loud(60 * 24_000), 1_001);
    tracks.right(loud(1_000), 1_002);
    expect(tracks.samples).toBe(120 * 24_000);
    expect(tracks.droppedSamples).toBe(1_000);
  });

  test("what is heard before the microphone's first frame has no place and is counted", () => {
    const tracks = stereoTracks();
    tracks.right(loud(100), 1_000);
    expect([tracks.samples, tracks.droppedSamples]).toStrictEqual([0, 100]);
  });
});
