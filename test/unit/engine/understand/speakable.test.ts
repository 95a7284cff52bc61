import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { speakable } from "../../../../src/engine/understand/speakable.ts";
import { normalize } from "../../../../src/engine/understand/typed.ts";

describe("text for the voice", () => {
  test.for([
    ["It is 22.5 °C inside.", "It is twenty two and a half degrees inside."],
    ["-3°C outside", "minus three degrees outside"],
    ["1 km to go", "one kilometre to go"],
    ["At 50%, 312 km.", "At fifty percent, three hundred twelve kilometres."],
    ["120 km/h", "one hundred twenty kilometres per hour"],
    ["You arrive at 14:05.", "You arrive at fourteen oh five."],
    ["At 9:00", "At nine o'clock"],
    ["16–28 degrees", "sixteen to twenty eight degrees"],
    ["1,234 km", "one thousand two hundred thirty four kilometres"],
    ["The A4 & the M25", "The A four and the M twenty five"],
    ["level-3", "level three"],
    ["Opening the window.", "Opening the window."],
    ["5 metres", "five metres"],
    ["Code 007", "Code zero zero seven"],
    ["Call 4915112345", "Call four nine one five one one two three four five"],
  ] as const)("%s is spoken as: %s", ([text, spoken]) => {
    expect(speakable(text)).toBe(spoken);
  });

  test("never leaves a digit to the voice", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("0123456789.,:-–%° kmhC½a")) }),
        (text) => !/\d/.test(speakable(text)),
      ),
    );
  });
});

describe("typed text", () => {
  test.for([
    ["Set the temperature to 22.5°C!", "set the temperature to twenty two and a half degrees"],
    ["what’s  our range?", "what's our range"],
    ["21½ degrees", "twenty one and a half degrees"],
    ["'Open' the (window)...", "open the window"],
    ["A/C on", "a c on"],
    ["twenty-two", "twenty two"],
    ["𝟮𝟮 ℃", "twenty two degrees"],
    ["🚗", ""],
  ] as const)("%s reads as: %s", ([text, words]) => {
    expect(normalize(text)).toBe(words);
  });
});
