import { describe, expect, test } from "vitest";

import { parseTemplate } from "../../../../src/engine/understand/template.ts";

describe("a template", () => {
  test("is read into words, choices, options, slots and silent values", () => {
    expect(parseTemplate("Open [the] {which:zone} (window|roof){percent=50}")).toEqual({
      type: "sequence",
      parts: [
        { type: "word", word: "open" },
        { type: "optional", part: { type: "word", word: "the" } },
        { type: "list", slot: "which", list: "zone" },
        {
          type: "choice",
          parts: [
            { type: "word", word: "window" },
            { type: "word", word: "roof" },
          ],
        },
        { type: "set", slot: "percent", value: 50 },
      ],
    });
  });

  test.for([
    ["{zone}", { type: "list", slot: "zone", list: "zone" }],
    ["{c:number(16..28,0.5)}", { type: "number", slot: "c", range: { min: 16, max: 28, step: 0.5 } }],
    ["{ c : number( -5 .. 5 ) }", { type: "number", slot: "c", range: { min: -5, max: 5, step: 1 } }],
  ] as const)("%s is a slot", ([text, slot]) => {
    expect(parseTemplate(text)).toEqual(slot);
  });

  test.for([
    ["{on=true}", true],
    ["{n=-1.5}", -1.5],
    ["{where=rear_left}", "rear_left"],
  ] as const)("%s sets a value", ([set, value]) => {
    expect(parseTemplate(`now ${set}`)).toMatchObject({ parts: [{}, { type: "set", value }] });
  });

  test.for([
    ["open (the window", 'column 6: "(" is not closed'],
    ["open the] window", 'column 9: "]" closes nothing'],
    ["open | close", 'column 6: "|" stands outside brackets; write (a|b)'],
    ["open {zone", "column 6: a slot is {name}"],
    ["set to 20", 'column 8: "2" is a digit; spell numbers out'],
    ["open, please", 'column 5: "," is neither a letter nor part of the syntax'],
    ["[the] [window]", "column 1: nothing in it has to be said"],
    ["open (the|) window", "column 11: nothing in this alternative has to be said"],
    ["open [{percent=5}]", "column 7: nothing in this alternative has to be said"],
    ["set {c:number(9..1)}", 'column 5: "number(9..1)" is neither a list nor number(min..max,step)'],
    ["set {c:number(0..1,0.01)}", "with a step of tenths"],
    ["set {c:number(0..9999)}", "is neither a list nor number"],
    ["set {c=hello world}", 'column 5: "hello world" is no value'],
    ["", "column 1: nothing in it has to be said"],
    ["(".repeat(40), "brackets are nested deeper than 16"],
    ["a ".repeat(600), "a template has at most 1000 characters"],
  ] as const)("%s is refused: %s", ([text, reason]) => {
    expect(() => parseTemplate(text)).toThrow(reason);
  });
});
