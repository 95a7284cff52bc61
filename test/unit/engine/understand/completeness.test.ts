import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { compileGrammar } from "../../../../src/engine/understand/compile.ts";
import { sample } from "../../../../src/engine/understand/samples.ts";
import { CAR, carGrammar } from "./car-grammar.ts";

describe("how far a text has come", () => {
  const grammar = carGrammar();

  test.for([
    ["", "nothing"],
    ["hey", "nothing"],
    ["jarvis", "nothing"],
    ["hey jarvis", "nothing"],
    ["jarvis please", "incomplete"],
    ["jarvis can you", "incomplete"],
    ["open the", "incomplete"],
    ["order a rowing boat", "incomplete"],
    ["set the temperature to", "incomplete"],
    ["set the temperature to twenty", "unfinished"],
    ["set the temperature to twenty two", "unfinished"],
    ["set the temperature to twenty two and", "incomplete"],
    ["set the temperature to twenty two and a half", "complete"],
    ["set the temperature to twenty two degrees", "complete"],
    ["set the temperature to twenty eight", "complete"],
    ["set it sixteen degrees", "extendable"],
    ["open the window", "extendable"],
    ["open the window a bit", "complete"],
    ["lower the window", "complete"],
    ["lower the rear", "incomplete"],
    ["turn on the air", "incomplete"],
    ["turn on the air con", "complete"],
    ["turn on the a c please", "complete"],
    ["play rock", "extendable"],
    ["play rock and", "incomplete"],
    ["play rock and roll", "extendable"],
    ["turn on the a c and", "incomplete"],
    ["turn on the a c and then", "incomplete"],
    ["turn on the a c and lower the window", "complete"],
    ["turn on the a c and open the window", "extendable"],
    ["turn on the a c and set the temperature to nineteen degrees", "complete"],
    ["take me to the nearest charging", "incomplete"],
  ] as const)("'%s' is %s", ([text, expected]) => {
    expect(grammar.completeness(text)).toBe(expected);
  });

  test("words that change nothing are not worth waiting for", () => {
    const side = [
      { say: "left", value: 1 },
      { say: "left side", value: 1 },
      { say: "left rear", value: 2 },
    ];
    const phrases = {
      lights: [
        "lights on{on=true} [now|for me]",
        "lights on{on=true} [right] away",
        "lights off{on=false} [again{again=true}]",
      ],
      seat: ["warm my seat [on the {side}]"],
      door: ["shut {side}"],
    };
    const picky = compileGrammar({ ...CAR, lists: { side }, phrases });
    expect(picky.completeness("lights on")).toBe("complete");
    expect(picky.completeness("lights off")).toBe("extendable");
    expect(picky.completeness("warm my seat")).toBe("extendable");
    expect(picky.completeness("shut left")).toBe("unfinished");
    expect(picky.completeness("shut left side")).toBe("complete");
  });

  test("a sentence is whole exactly when it is understood, and every beginning of one is bearable", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 2 }), (seed, commands) => {
        const words = sample(grammar, seed, { commands, spoken: true }).text.split(" ");
        for (let count = 0; count <= words.length; count += 1) {
          const text = words.slice(0, count).join(" ");
          const isWhole = ["unfinished", "extendable", "complete"].includes(grammar.completeness(text));
          expect(isWhole, text).toBe(grammar.parse(text) !== undefined);
        }
      }),
    );
  });

  test("a complete sentence goes on only with a courtesy or another command", () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const words = sample(grammar, seed).text.split(" ");
        words.forEach((_, count) => {
          const text = words.slice(0, count).join(" ");
          if (grammar.completeness(text) !== "complete") return;
          expect(grammar.parse(text), text).toEqual(grammar.parse(words.join(" ")));
        });
      }),
    );
  });
});
