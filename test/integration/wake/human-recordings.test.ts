import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { from, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Recording, readMaterial, readSound } from "../../../scripts/wake/material.ts";
import { seededRandom } from "../../../scripts/wake/random.ts";
import { colouredNoise, mix, type Sound, silence, join as soundsJoined } from "../../../scripts/wake/sound.ts";
import { openWakeWord, type WakeWordDetector } from "../../../src/wake/wake-word.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { framesOf } from "./frames-of.ts";

const MATERIAL = fileURLToPath(new URL("../../../../shared/material/speech", import.meta.url));
const WORDS = 40;
const OTHERS = 100;

// Without the recordings beside the repository there is nothing to hear: the suite is skipped.
describe.skipIf(!haveOrSkip(MATERIAL)).for(["jarvis", "computer"])(
  "people that the head for %s never learnt from",
  (word) => {
    let detector: WakeWordDetector;

    beforeAll(async () => {
      // Each file comes at once; the longest has two minutes.
      detector = await openWakeWord({ word, maxBacklogMs: 180_000 });
    });
    afterAll(() => detector.close());

    /** The files in which the word is heard, each as a stream of 20 ms frames, as fast as they can be judged. */
    async function heardIn(recordings: readonly Recording[], change = (sound: Sound): Sound => sound) {
      const heard: string[] = [];
      for (const { file } of recordings) {
        const frames = framesOf(change(await readSound(join(MATERIAL, file))));
        const detections = await lastValueFrom(detector.detect(from(frames)).pipe(toArray()));
        heard.push(...detections.map(() => file));
      }
      return heard;
    }

    test("wakes for 39 of 40 who say it, once for each", async () => {
      const heard = await heardIn(spread(readMaterial(MATERIAL, word).word.heldOut, WORDS));
      expect(new Set(heard).size).toBe(heard.length);
      expect(heard.length).toBeGreaterThanOrEqual(39);
    }, 60_000);

    test("wakes for 19 of 20 who say it in brown noise of 10 dB", async () => {
      const random = seededRandom(1);
      const noisy = (sound: Sound): Sound => {
        const longer = soundsJoined([sound, silence(500)]);
        return mix(longer, colouredNoise("brown", longer.length, random), 10);
      };
      const words = spread(readMaterial(MATERIAL, word).word.heldOut, WORDS / 2);
      expect(new Set(await heardIn(words, noisy)).size).toBeGreaterThanOrEqual(19);
    }, 60_000);

    test("sleeps through other wake words, commands, speech and noise", async () => {
      expect(await heardIn(spread(readMaterial(MATERIAL, word).other.heldOut, OTHERS))).toEqual([]);
      expect(detector.stats()).toMatchObject({ droppedMs: 0, backlogMs: 0 });
    }, 60_000);
  },
);

/** So many of a list, evenly from all of it. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  return items.filter(
    (_, i) => Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length),
  );
}
