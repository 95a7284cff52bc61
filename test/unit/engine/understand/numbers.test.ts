import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { compileGrammar } from "../../../../src/engine/understand/compile.ts";
import { sayNumber, spokenForms, valuesOf } from "../../../../src/engine/understand/numbers.ts";

const RANGES = ["0..100", "16..28,0.5", "-10..10,0.1", "0..999", "950..1250", "0.5..6,0.5", "5..5"] as const;

const said = (range: string) => {
  const grammar = compileGrammar({
    wakeWord: "jarvis",
    lists: {},
    phrases: { set: [`set it to {n:number(${range})}`] },
  });
  return (number: string) => grammar.parse(`set it to ${number}`)?.[0]?.args["n"];
};

describe("numbers", () => {
  test.for([
    [0, "zero"],
    [22.5, "twenty two and a half"],
    [0.5, "zero point five"],
    [19, "nineteen"],
    [100, "one hundred"],
    [342, "three hundred forty two"],
    [-3.2, "minus three point two"],
    [-0.001, "zero"],
    [3.14159, "three point one four"],
    [1_205_000, "one million two hundred five thousand"],
    [Number.NaN, "unknown"],
    [Number.POSITIVE_INFINITY, "unknown"],
  ] as const)("%d is said as %s", ([value, words]) => {
    expect(sayNumber(value)).toBe(words);
  });

  test.for([
    ["0..100", "a hundred", 100],
    ["0..100", "hundred", 100],
    ["0..999", "a hundred and five", 105],
    ["0..999", "two hundred twelve", 212],
    ["16..28,0.5", "twenty two point five", 22.5],
    ["0.5..6,0.5", "half", 0.5],
    ["0.5..6,0.5", "one and a half", 1.5],
    ["-10..10,0.1", "minus two point three", -2.3],
    ["950..1250", "one thousand two hundred and one", 1201],
  ] as const)("number(%s) hears %s as %d", ([range, words, value]) => {
    expect(said(range)(words)).toBe(value);
  });

  test.for([
    ["16..28,0.5", "twenty nine"],
    ["16..28,0.5", "twenty eight and a half"],
    ["0..100", "one hundred one"],
    ["0..100", "twenty and a half"],
    ["0..100", "twenty eleven"],
  ] as const)("number(%s) does not hear %s", ([range, words]) => {
    expect(said(range)(words)).toBeUndefined();
  });

  test.for(RANGES)("every way to say every value of number(%s) means that value", (range) => {
    const hear = said(range);
    const [, min, max, step = "1"] = /^(-?[\d.]+?)\.\.(-?[\d.]+)(?:,([\d.]+))?$/.exec(range) ?? [];
    const values = valuesOf({ min: Number(min), max: Number(max), step: Number(step) });
    expect(values.at(-1)).toBe(Number(max));
    fc.assert(
      fc.property(fc.constantFrom(...values), (value) => {
        expect(hear(sayNumber(value))).toBe(value);
        expect(spokenForms(value).map(hear)).toEqual(spokenForms(value).map(() => value));
      }),
      { numRuns: 300 },
    );
  });
});
