import { expect, test } from "vitest";

import { endsInDoubt, NO_WORDS, type Segment, scoreOf } from "../../../../src/engine/hear/word-scores.ts";

/** A word of so many frames, each of which scores so much. */
const said = (t: string, frames: number, perFrame: number): Segment => ({
  t,
  d: frames / 100,
  p: 1.0001 ** (perFrame * frames),
});
const NONE = new Set<string>();

test("an even utterance scores what each of its frames does", () => {
  expect(scoreOf([said("open", 40, -20), said("windows", 60, -20)], NONE)).toBeCloseTo(-20);
});

test("a good beginning does not pay for a wrong end", () => {
  const right = said("open", 150, -20);
  const whole = scoreOf([right, said("windows", 50, -20)], NONE);
  expect(scoreOf([right, said("windows", 50, -100)], NONE)).toBeLessThan(whole - 30);
});

test("one bad short word is forgiven in part", () => {
  const score = scoreOf([said("open", 100, -20), said("the", 10, -80), said("windows", 100, -20)], NONE);
  expect(score).toBeGreaterThan(-30);
  expect(score).toBeLessThan(-21);
});

test("a whole wake word counts, the end of one does not", () => {
  const open = said("open", 60, -20);
  const scoreWith = (frames: number) => scoreOf([said("jarvis", frames, -70), open], new Set(["jarvis"]));
  expect(scoreWith(20)).toBeCloseTo(-20);
  expect(scoreWith(50)).toBeLessThan(-35);
});

test("silence, steps without sound and the end of the wake word do not count", () => {
  const open = said("open", 60, -20);
  const rest = [said("<sil>", 50, -90), said("(NULL)", 1, -90), said("[NOISE]", 50, -90), said("jarvis(2)", 20, -90)];
  expect(scoreOf([...rest, open], new Set(["jarvis"]))).toBeCloseTo(-20);
});

test.for([
  ["nothing", []],
  ["only the wake word", [said("jarvis", 60, -20)]],
] as const)("%s has no score", ([, segments]) => {
  expect(scoreOf(segments, new Set(["jarvis"]))).toBe(NO_WORDS);
});

test("a last word is in doubt when it is short and fits badly", () => {
  const little = said("little", 40, -40);
  expect(endsInDoubt([little, said("more", 13, -88), said("<sil>", 15, -50)])).toBe(true);
  expect(endsInDoubt([little, said("more", 30, -88)])).toBe(false);
  expect(endsInDoubt([little, said("more", 13, -50)])).toBe(false);
  expect(endsInDoubt([said("a", 3, -110), little])).toBe(false);
  expect(endsInDoubt([])).toBe(false);
});
