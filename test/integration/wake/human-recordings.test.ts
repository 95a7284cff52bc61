import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { from, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Recording, readMaterial, readSound } from "../../../scripts/wake/material.ts";
import { openWakeWord, type WakeWordDetector } from "../../../src/wake/wake-word.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { framesOf } from "./frames-of.ts";

const MATERIAL = fileURLToPath(new URL("../../../../shared/material/speech", import.meta.url));
const WORDS = 40;
const OTHERS = 240;
/** Chinese speech, never learnt from: the head's one known false accept among the held-out recordings. */
const FALSE_ACCEPT = "speech/Step-Audio/examples_prompt_wav_zhaobenshan.wav";

// Without the recordings beside the repository there is nothing to hear: the suite is skipped.
describe.skipIf(!haveOrSkip(MATERIAL))("recordings of people that the head never learnt from", () => {
  let detector: WakeWordDetector;

  beforeAll(async () => {
    // Each file comes at once; the longest has two minutes.
    detector = await openWakeWord({ word: "jarvis", maxBacklogMs: 180_000 });
  });
  afterAll(() => detector.close());

  /** The files in which the word is heard, each as a stream of 20 ms frames, as fast as they can be judged. */
  async function heardIn(recordings: readonly Recording[]): Promise<readonly string[]> {
    const heard: string[] = [];
    for (const { file } of recordings) {
      const frames = framesOf(await readSound(join(MATERIAL, file)));
      const detections = await lastValueFrom(detector.detect(from(frames)).pipe(toArray()));
      heard.push(...detections.map(() => file));
    }
    return heard;
  }

  test("wakes for at least 95 % of 40 people who say the word, once for each", async () => {
    const words = spread(readMaterial(MATERIAL, "jarvis").word.heldOut, WORDS);
    const heard = await heardIn(words);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.length / words.length).toBeGreaterThanOrEqual(0.95);
  }, 60_000);

  test("sleeps through other wake words, commands, speech and noise, but for the one that the model card counts", async () => {
    const others = spread(readMaterial(MATERIAL, "jarvis").other.heldOut, OTHERS);
    expect((await heardIn(others)).filter((file) => file !== FALSE_ACCEPT)).toEqual([]);
    expect(detector.stats()).toMatchObject({ droppedMs: 0, backlogMs: 0 });
  }, 60_000);
});

/** So many of a list, evenly from all of it. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  return items.filter(
    (_, i) => Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length),
  );
}
