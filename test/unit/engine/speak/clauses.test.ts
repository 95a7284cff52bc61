import { array, assert, integer, oneof, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { clausesOf, MAX_TEXT_CHARS, speakable } from "../../../../src/engine/speak/clauses.ts";

const ascii = integer({ min: 0x20, max: 0x7e });
/** Lone surrogates included: not every text is well formed. */
const codeUnit = integer({ min: 0, max: 0xffff });

describe("clausesOf", () => {
  test.for<[string, readonly string[]]>([
    ["It is 22.5 degrees outside.", ["It is 22.5 degrees outside."]],
    ["Done. Anything else?", ["Done.", "Anything else?"]],
    ["Okay, closing the window.", ["Okay, closing the window."]],
    ["Closing the window, please wait.", ["Closing the window,", "please wait."]],
    ["It is 5:30 p.m. now; hurry!", ["It is 5:30 p.m. now;", "hurry!"]],
    ["Dr. Smith lives on Main St. in No. 5", ["Dr. Smith lives on Main St. in No. 5"]],
    ["J. Doe called. Twice...", ["J. Doe called.", "Twice..."]],
    ["Well — who knows", ["Well, who knows"]],
    ["1,250 km to go, then charge", ["1,250 kilometres to go,", "then charge"]],
    ["", []],
    [" ... !? ", []],
  ])("%s → %j", ([text, clauses]) => {
    expect(clausesOf(text)).toStrictEqual({ clauses, cutChars: 0 });
  });

  test("a sentence without any punctuation is cut at spaces, and no word is lost", () => {
    const text = Array.from({ length: 120 }, (_, index) => `word${index}`).join(" ");
    const { clauses } = clausesOf(text);
    expect(clauses.length).toBeGreaterThan(3);
    expect(clauses.join(" ")).toBe(text);
  });

  test("a text over the limit is cut at a clause and says how much was left out", () => {
    const sentence = "The window on the left is open.";
    const { clauses, cutChars } = clausesOf(`${sentence} `.repeat(100));
    expect(new Set(clauses)).toStrictEqual(new Set([sentence]));
    expect(clauses.join(" ").length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
    expect(clauses.join(" ").length + cutChars).toBe(100 * (sentence.length + 1) - 1);
  });

  test.for(["a", "a, ", "1.", " ", "— "])("a megabyte of %j is cut too", (unit) => {
    const { clauses, cutChars } = clausesOf(`a ${unit.repeat(1_000_000)}`);
    expect(clauses.join("").length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
    expect(cutChars).toBeGreaterThan(990_000);
  });

  test("whatever the text, clauses are short, printable and hold a word", () => {
    assert(
      property(array(oneof(ascii, codeUnit), { maxLength: 600 }), (units) => {
        const text = String.fromCharCode(...units);
        for (const clause of clausesOf(text).clauses) {
          expect(clause).toMatch(/^[\x20-\x7e]{1,180}$/u);
          expect(clause).toMatch(/[A-Za-z0-9]/u);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("speakable", () => {
  test.for([
    ["It’s 21°C", "It's 21 degrees"],
    ["70 °F outside", "70 degrees Fahrenheit outside"],
    ["120 km/h, 80 km, 64 kWh", "120 kilometres per hour, 80 kilometres, 64 kilowatt hours"],
    ["**Bold** `code` <b>tag</b>", "Bold code b tag /b"],
    ["café Zürich", "cafe Zurich"],
    ["done 😀 好的", "done"],
    ["heat & air", "heat and air"],
    ["a\u0000b\nc", "a b c"],
  ])("%s → %s", ([written, spoken]) => {
    expect(speakable(written ?? "")).toBe(spoken);
  });
});
