import { describe, expect, test } from "vitest";

import { compileGrammar } from "../../../../src/engine/understand/compile.ts";
import { type PlainTool, phrasesFromSchema } from "../../../../src/engine/understand/schema-phrases.ts";

const zone = { enum: ["driver", "rear_left"] };

const TOOLS: readonly PlainTool[] = [
  {
    name: "set_cabin_temperature",
    parameters: {
      type: "object",
      properties: { zone, celsius: { type: "number", minimum: 16, maximum: 28, multipleOf: 0.5 } },
      required: ["celsius"],
    },
  },
  {
    name: "window_set",
    parameters: {
      properties: { which: zone, percent: { type: "integer", minimum: 0, maximum: 100 } },
      required: ["which", "percent"],
    },
  },
  { name: "seatHeater", parameters: { properties: { on: { type: "boolean" } }, required: ["on"] } },
  { name: "climate_set_fan", parameters: { properties: { level: { enum: [1, 2, "max"] } }, required: ["level"] } },
  { name: "get_weather", parameters: { properties: { city: { type: "string" } } } },
  { name: "cancel_route" },
  { name: "web_search", parameters: { properties: { query: { type: "string" } }, required: ["query"] } },
  {
    name: "broken",
    parameters: { properties: { level: { type: "integer", minimum: 9, maximum: 1 } }, required: ["level"] },
  },
  { name: "123", parameters: "nonsense" },
];

describe("tools that came without phrases", () => {
  const { phrases, lists, unspoken } = phrasesFromSchema(TOOLS);
  const grammar = compileGrammar({ phrases, lists, wakeWord: "jarvis" });

  test.for([
    ["set the cabin temperature to twenty one and a half degrees", "set_cabin_temperature", { celsius: 21.5 }],
    ["set the driver cabin temperature to twenty one", "set_cabin_temperature", { zone: "driver", celsius: 21 }],
    [
      "put the cabin temperature to twenty for the rear left",
      "set_cabin_temperature",
      { zone: "rear_left", celsius: 20 },
    ],
    ["set the driver window to fifty percent", "window_set", { which: "driver", percent: 50 }],
    ["set the window on the rear left to ten", "window_set", { which: "rear_left", percent: 10 }],
    ["turn on the seat heater", "seatHeater", { on: true }],
    ["switch the seat heater off", "seatHeater", { on: false }],
    ["set the fan to two", "climate_set_fan", { level: 2 }],
    ["set the max fan", "climate_set_fan", { level: "max" }],
    ["what's the weather", "get_weather", {}],
    ["stop the route", "cancel_route", {}],
    ["set one hundred twenty three", "123", {}],
  ] as const)("%s", ([text, name, args]) => {
    expect(grammar.parse(text)).toEqual([{ name, args }]);
  });

  test("what cannot be said without it is not half said", () => {
    expect(grammar.parse("set the driver window")).toBeUndefined();
    expect(grammar.parse("set the cabin temperature")).toBeUndefined();
  });

  test("a tool that needs free text, or a number that cannot be, is reported as unspoken", () => {
    expect(unspoken).toEqual(["web_search", "broken"]);
  });
});
