import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VoiceEvent } from "../../../../src/audio/voice-event.ts";
import { followSpeech, type JudgedFrame, NO_SPEECH } from "../../../../src/engine/hear/speech-events.ts";

type Frame = readonly [probability: number, level?: number, ownVoice?: boolean];

/** What is told about frames that follow each other; the first one ends at 32 ms. */
function told(frames: readonly Frame[]): readonly VoiceEvent[] {
  const events: VoiceEvent[] = [];
  let state = NO_SPEECH;
  for (const [index, [probability, level = 100, ownVoice = false]] of frames.entries()) {
    const frame: JudgedFrame = { probability, level, ownVoice, endMs: (index + 1) * 32 };
    state = followSpeech(state, frame);
    events.push(...state.output);
  }
  return events;
}

const QUIET: Frame = [0.01];
const quiet = (count: number): readonly Frame[] => Array.from({ length: count }, () => QUIET);
const voiced = (count: number): readonly Frame[] => Array.from({ length: count }, () => [0.95] as const);

describe("speech", () => {
  test.for<[string, readonly Frame[], readonly VoiceEvent[]]>([
    ["quiet is nothing", quiet(10), []],
    ["one frame that is speech begins it", [QUIET, [0.6]], [{ type: "onset", atMs: 32 }]],
    ["one that may be does not", [QUIET, [0.4], QUIET, [0.4], QUIET], []],
    ["two in a row do, from the first of them", [QUIET, [0.35], [0.4]], [{ type: "onset", atMs: 32 }]],
    ["a hiss that comes suddenly does", [...quiet(3), [0.12, 700]], [{ type: "onset", atMs: 96 }]],
    ["a hiss that is not louder than before does not", [...quiet(3), [0.12, 300]], []],
    ["a bang without any likeness to speech does not", [...quiet(3), [0.02, 9_000], QUIET], []],
    ["our own voice is not speech", [QUIET, [0.99, 3_000, true], [0.99, 3_000, true]], []],
  ])("%s", ([, frames, expected]) => {
    expect(told(frames)).toStrictEqual(expected);
  });

  test("says how much there was of it, and ends after 128 ms without, dated back to its last sound", () => {
    expect(told([...quiet(2), ...voiced(3), ...quiet(6)])).toStrictEqual([
      { type: "onset", atMs: 64 },
      { type: "voiced", ms: 64, atMs: 128 },
      { type: "voiced", ms: 96, atMs: 160 },
      { type: "offset", speechMs: 96, atMs: 160 },
    ]);
  });

  test("goes on over the closure of a consonant, which does not count as speech", () => {
    const events = told([QUIET, ...voiced(2), ...quiet(3), ...voiced(1)]);
    expect(events.at(-1)).toStrictEqual({ type: "voiced", ms: 96, atMs: 224 });
    expect(events.filter(({ type }) => type === "offset")).toStrictEqual([]);
  });

  test("ends where only its echo in the model's memory is left", () => {
    const echo: Frame = [0.9, 1];
    expect(told([QUIET, ...voiced(4), echo, echo, echo, echo]).at(-1)).toStrictEqual({
      type: "offset",
      speechMs: 128,
      atMs: 160,
    });
  });

  test("ends when nothing but our own voice is left", () => {
    const own: Frame = [0.99, 100, true];
    expect(told([QUIET, ...voiced(4), own, own, own, own]).at(-1)).toMatchObject({ type: "offset", speechMs: 128 });
  });

  test("each onset is followed by one offset before the next, and speech only grows in between", () => {
    const frame = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 20_000 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 200 }), (frames) => {
        let speechMs: number | undefined;
        for (const event of told(frames)) {
          if (event.type === "onset") {
            expect(speechMs).toBeUndefined();
            speechMs = 0;
          } else if (event.type === "voiced") {
            expect(event.ms).toBeGreaterThan(speechMs ?? Infinity);
            speechMs = event.ms;
          } else {
            expect(event.speechMs).toBeGreaterThanOrEqual(speechMs ?? Infinity);
            speechMs = undefined;
          }
        }
      }),
    );
  });
});
