import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { remembered, type Said, unanswered, wordsWithin } from "../../../../src/bridge/covo/prompt.ts";

const seconds = (count: number) => new Int16Array(16_000 * count);
const user = (itemId: string, sound = seconds(1)): Said => ({ itemId, role: "user", text: "", sound, ms: 0 });
const assistant = (itemId: string): Said => ({ itemId, role: "assistant", text: "Yes.", sound: undefined, ms: 500 });
const idsOf = (said: readonly Said[]): string => said.map(({ itemId }) => itemId).join("");

describe("what is remembered", () => {
  test("is at most a minute of speech: the oldest turn goes first, as a whole", () => {
    const said = [
      user("a", seconds(25)),
      assistant("b"),
      user("c", seconds(25)),
      assistant("d"),
      user("e", seconds(25)),
    ];
    expect(idsOf(remembered(said))).toBe("cde");
  });

  test("is bounded, holds the newest, and begins with a question", () => {
    const entry = fc.record({ isUser: fc.boolean(), length: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const said = entries.map(({ isUser, length }, index) => {
          const id = `${index},`;
          return isUser ? user(id, seconds(length)) : assistant(id);
        });
        const kept = said.reduce<readonly Said[]>((before, one) => remembered([...before, one]), []);
        const samples = kept.reduce((sum, { sound }) => sum + (sound?.length ?? 0), 0);
        expect(kept.length).toBeLessThanOrEqual(16);
        expect(samples).toBeLessThanOrEqual(60 * 16_000);
        if (kept.length < said.length && kept.length > 0) expect(kept[0]?.role).toBe("user");
        const newest = said.at(-1);
        if (newest?.role === "user") expect(kept.at(-1)).toBe(newest);
      }),
    );
  });

  test("is unanswered where nothing of the model follows", () => {
    expect(idsOf(unanswered([user("a"), assistant("b"), user("c"), user("d")]))).toBe("cd");
    expect(unanswered([user("a"), assistant("b")])).toEqual([]);
  });
});

test.for([
  ["one two three four", 1, "one two three four"],
  ["one two three four", 0.5, "one two"],
  ["one two three four", 0, ""],
  ["one two three four", -1, ""],
  ["", 0.5, ""],
  ["今天天气很好", 0.5, "今天"],
] as const)("of %j a share of %d was heard: %j", ([text, share, heard]) => {
  expect(wordsWithin(text, share)).toBe(heard);
});
