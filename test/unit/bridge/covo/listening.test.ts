import { describe, expect, test } from "vitest";

import {
  afterCommit,
  afterFrame,
  type Heard,
  type Listening,
  NOTHING_HEARD,
  type TurnRules,
} from "../../../../src/bridge/covo/listening.ts";

const SERVER: TurnRules = { turns: "server", silenceMs: 500, prefixMs: 300 };
const MANUAL: TurnRules = { ...SERVER, turns: "manual" };
const FRAME = 512;

/** Frames that hold a voice (v) or none (-), each of samples that say which frame it is. */
function hear(frames: string, rules = SERVER) {
  const heard: Heard[] = [];
  const states = Array.from(frames).reduce<readonly Listening[]>(
    (before, kind, index) => {
      const next = afterFrame(
        before.at(-1) ?? NOTHING_HEARD,
        {
          pcm: new Int16Array(FRAME).fill(index),
          endSample: (index + 1) * FRAME,
          probability: kind === "v" ? 0.9 : 0.1,
          level: kind === "v" ? 1_000 : 10,
        },
        rules,
      );
      heard.push(...next.output);
      return [...before, next];
    },
    [NOTHING_HEARD],
  );
  return { heard, last: states.at(-1) ?? NOTHING_HEARD };
}

const framesOf = (heard: Heard | undefined) =>
  heard?.type === "utterance" ? Array.from({ length: heard.pcm.length / FRAME }, (_, at) => heard.pcm[at * FRAME]) : [];
const quiet = (frames: number): string => "-".repeat(frames);
const voice = (frames: number): string => "v".repeat(frames);

describe("an utterance", () => {
  test("begins a little before its first sound and ends after half a second of silence", () => {
    const { heard } = hear(quiet(30) + voice(20) + quiet(16));
    expect(heard.map(({ type }) => type)).toEqual(["speech-started", "utterance"]);
    expect(heard[0]).toMatchObject({ atMs: 30 * 32 });
    expect(framesOf(heard[1])).toEqual(Array.from({ length: 46 }, (_, at) => at + 20));
  });

  test("goes on over a pause", () => {
    const { heard } = hear(voice(20) + quiet(14) + voice(20) + quiet(16));
    expect(heard.map(({ type }) => type)).toEqual(["speech-started", "utterance"]);
    expect(framesOf(heard[1])).toHaveLength(70);
  });

  test.for([
    ["a click", "vv"],
    ["a cough", "vvvvv"],
    ["nothing at all", ""],
  ])("is not %s", ([, frames]) => {
    expect(hear(quiet(10) + (frames ?? "") + quiet(30)).heard).toEqual([]);
  });

  test("is never longer than the model hears at once, and goes on as the next one", () => {
    const { heard } = hear(voice(1_000) + quiet(16));
    expect(heard.map(({ type }) => type)).toEqual(["speech-started", "utterance", "speech-started", "utterance"]);
    const [, first, , second] = heard.map(framesOf);
    expect((first?.length ?? 0) * 32).toBeLessThanOrEqual(30_000);
    expect(second?.[0]).toBe((first?.at(-1) ?? 0) + 1);
  });

  test("ends when somebody says so, if there is one", () => {
    const rest = hear(quiet(5) + voice(10)).last;
    expect(afterCommit(rest, 15 * FRAME, SERVER).output).toMatchObject([{ type: "utterance", atMs: 480 }]);
    expect(afterCommit(hear(quiet(5)).last, 5 * FRAME, SERVER).output).toEqual([]);
  });
});

describe("a manual turn", () => {
  test("is all that was sent, told only when it is committed", () => {
    const { heard, last } = hear("--vv--", MANUAL);
    expect(heard).toEqual([]);
    expect(framesOf(afterCommit(last, 0, MANUAL).output[0])).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("keeps its beginning when it is too long", () => {
    const [turn] = afterCommit(hear(quiet(1_200), MANUAL).last, 0, MANUAL).output;
    expect(framesOf(turn)).toEqual(Array.from({ length: 937 }, (_, at) => at));
  });
});
