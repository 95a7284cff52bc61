import { from, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ownReplies } from "../../../scripts/wake/own-replies.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import { type Speech, VOICES } from "../../../src/engine/speak/speech.ts";
import { openWakeWord } from "../../../src/wake/wake-word.ts";
import { framesOf } from "./frames-of.ts";

const SENTENCES = 24;

describe("the agent's own replies", () => {
  const replies = ownReplies();
  const some = replies.filter((_, i) => i % Math.floor(replies.length / SENTENCES) === 0);
  let speech: Speech;

  beforeAll(async () => {
    speech = await openSpeech();
  });
  afterAll(() => speech.close());

  test("are found in tools, policy and personas", () => {
    expect(replies.length).toBeGreaterThan(200);
    expect(replies).toContain("All windows are closed.");
  });

  test.for(["jarvis", "computer"])("never wake %s, in any voice", { timeout: 120_000 }, async (word) => {
    const detector = await openWakeWord({ word, maxBacklogMs: 60_000 });
    const woke: string[] = [];
    for (const text of some) {
      for (const voice of VOICES) {
        const clauses = await lastValueFrom(speech.speak({ text, voice, rateHz: 16_000 }).pipe(toArray()));
        const pcm = Int16Array.from(clauses.flatMap((clause) => Array.from(clause)));
        const detections = await lastValueFrom(detector.detect(from(framesOf(pcm))).pipe(toArray()));
        woke.push(...detections.map(() => `${voice}: ${text}`));
      }
    }
    detector.close();
    expect(woke).toEqual([]);
  });
});
