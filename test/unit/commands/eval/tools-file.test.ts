import { describe, expect, test } from "vitest";

import { expand } from "../../../../src/commands/eval/expand.ts";
import { parseToolsFile } from "../../../../src/commands/eval/tools-file.ts";
import { compileGrammar } from "../../../../src/engine/understand/compile.ts";

const TOOLS = `
tools:
  - name: order
    parameters:
      type: object
      properties: { drink: { type: string }, shots: { type: integer }, milk: { type: string } }
    phrases:
      - "(get|make) me [a] [{shots:number(1..3)} shot] {drink} [with {milk}]"
lists:
  drink:
    - "[iced] latte"
    - { say: ["black coffee", "(coffee|filter) [coffee]"], value: coffee }
  milk: ["[some|a lot of] (soy|oat) milk"]
`;

const understand = (text: string) => compileGrammar(parseToolsFile(TOOLS, "tools.yaml")).parse(text);

describe("a tools file", () => {
  test("makes a grammar of its phrases and lists", () => {
    expect(understand("jarvis make me a two shot iced latte with some oat milk please")).toEqual([
      { name: "order", args: { shots: 2, drink: "iced latte", milk: "some oat milk" } },
    ]);
    expect(understand("get me filter coffee")).toEqual([{ name: "order", args: { drink: "coffee" } }]);
    expect(understand("get me tea")).toBeUndefined();
  });

  test("makes phrases of a schema where there are none", () => {
    const file = `
tools:
  - name: set_fan_speed
    parameters: { type: object, properties: { level: { type: integer, minimum: 0, maximum: 5 } }, required: [level] }
`;
    const grammar = compileGrammar(parseToolsFile(file, "fan.yaml"));
    expect(grammar.parse("set the fan speed to three")).toEqual([{ name: "set_fan_speed", args: { level: 3 } }]);
  });

  test("with mistakes is refused with the line of each", () => {
    const file = `tools:
  - name: order drink
  - name: open
    phrases:
      - "open the (door"
      - "open {which}"
  - name: close
    parameters: { type: object, properties: { which: {} } }
    phrases: ["close {which}", "close {which:doors}"]
  - name: close
    phrases: ["shut it"]
lists:
  windows: ["left {side}", "gate 5"]
  empty: []
`;
    expect(() => parseToolsFile(file, "bad.yaml")).toThrow(
      [
        "bad.yaml:2:5: tools.0.name: letters, digits, _ and - only, at most 64",
        "bad.yaml:14:3: lists.empty: the list is empty",
        "bad.yaml:13:13: lists.windows.0: column 1: an entry of a list has no slots, and here is {side}",
        'bad.yaml:13:28: lists.windows.1: column 6: "5" is a digit; spell numbers out',
        'bad.yaml:5:9: tools.1.phrases.0: column 10: "(" is not closed',
        'bad.yaml:6:9: tools.1.phrases.1: column 1: the tool has no parameter "which"',
        'bad.yaml:9:15: tools.2.phrases.0: column 1: there is no list "which"',
        'bad.yaml:9:32: tools.2.phrases.1: column 1: there is no list "doors"',
        'bad.yaml:10:5: tools.3.name: there are two tools "close"',
      ].join("\n"),
    );
  });

  test("needs words for every tool", () => {
    const file = `
tools:
  - name: send_message
    parameters: { type: object, properties: { text: { type: string } }, required: [text] }
`;
    expect(() => parseToolsFile(file, "free.yaml")).toThrow("send_message: no phrases can be made from the schema");
  });
});

describe("an entry of a list", () => {
  test("stands for all that its brackets allow", () => {
    expect(expand("[a (big|small)] cup")).toEqual(["cup", "a big cup", "a small cup"]);
  });

  test("cannot stand for everything", () => {
    expect(() => expand(Array(11).fill("[a|b]").join(" ").concat(" c"))).toThrow("more than 1000 ways to say it");
  });
});
