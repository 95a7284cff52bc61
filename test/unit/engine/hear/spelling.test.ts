import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { openDictionary } from "../../../../src/engine/hear/dictionary.ts";
import { pronouncer } from "../../../../src/engine/hear/pronunciations.ts";
import { readSpelling } from "../../../../src/engine/hear/spelling.ts";

const DICTIONARY = fileURLToPath(
  new URL("../../../../node_modules/soundswallower/model/en-us/dict.txt", import.meta.url),
);
const RULES = new URL("../../../../src/engine/hear/spelling.txt", import.meta.url);

/** As in scripts/train-spelling.ts. */
const isHeldOut = (word: string): boolean =>
  Array.from(word).reduce((sum, letter, at) => sum + letter.charCodeAt(0) * (at + 7), 0) % 100 === 0;

/** Changes, losses and additions that make one of the other. */
function mistakes(read: readonly string[], right: readonly string[]): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  read.forEach((phone, index) => {
    const next = [index + 1];
    right.forEach((other, at) => {
      next.push(Math.min((row[at] ?? 0) + (phone === other ? 0 : 1), (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    });
    row = next;
  });
  return row.at(-1) ?? 0;
}

describe("words as they are spelt", () => {
  const spelling = readSpelling(readFileSync(RULES, "utf8"));

  test.for([
    ["cheat", "CH IY T"],
    ["night", "N AY T"],
    ["phone", "F OW N"],
    ["blackwood", "B L AE K W UH D"],
    ["x", "K S"],
  ] as const)("%s is %s", ([word, phones]) => {
    expect(spelling.read(word).join(" ")).toBe(phones);
  });

  test("at most 12.5 % of the phones of a thousand words that were not learnt from are wrong", () => {
    const words = readFileSync(DICTIONARY, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([word = ""]) => /^[a-z]{2,}$/.test(word))
      .filter(([word = ""]) => isHeldOut(word));
    const wrong = words.reduce((sum, [word = "", ...phones]) => sum + mistakes(spelling.read(word), phones), 0);
    const all = words.reduce((sum, [, ...phones]) => sum + phones.length, 0);
    expect(words.length).toBeGreaterThan(1_000);
    expect(wrong / all).toBeLessThan(0.125);
  });
});

describe("how words are said", () => {
  const lookUp = pronouncer(openDictionary(DICTIONARY));

  test("the dictionary comes first, with all its ways", () => {
    expect(lookUp(["tomato"])).toEqual({
      known: [
        ["tomato", "T AH M EY T OW"],
        ["tomato(2)", "T AH M AA T OW"],
      ],
      guessed: [],
      missing: [],
    });
  });

  test("names that it lacks are guessed, also from their parts", () => {
    const { known, guessed, missing } = lookUp(["brindlecroft", "müller", "harbourview"]);
    expect(known.map(([entry]) => entry)).toEqual(expect.arrayContaining(["brindlecroft", "müller", "harbourview"]));
    expect(known.find(([entry]) => entry === "müller")?.[1]).toBe("M AH L ER");
    expect(guessed).toEqual(["brindlecroft", "müller", "harbourview"]);
    expect(missing).toEqual([]);
  });

  test("what has no letters to read cannot be said", () => {
    expect(lookUp(["北京", "'"])).toEqual({ known: [], guessed: [], missing: ["北京", "'"] });
  });
});
