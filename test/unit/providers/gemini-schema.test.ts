import { describe, expect, test } from "vitest";
import { z } from "zod";

import { geminiSchema } from "../../../src/providers/gemini-schema.ts";
import { TOOLS, toolSpecs } from "../../../src/tools/index.ts";

/** The fields of `Schema` in the API's reference. */
const TAKEN = new Set(
  (
    "type format description nullable enum items minItems maxItems properties required " +
    "minimum maximum minLength maxLength pattern anyOf"
  ).split(" "),
);

interface Nested {
  readonly properties?: Readonly<Record<string, object>>;
  readonly anyOf?: readonly object[];
  readonly items?: object;
}

describe("a JSON Schema for gemini", () => {
  test.for([
    ["upper-case types", { type: "boolean" }, { type: "BOOLEAN" }],
    ["a choice of words", { type: "string", enum: ["lo", "hi"] }, { type: "STRING", enum: ["lo", "hi"] }],
    ["a choice of words without a type", { enum: ["lo"] }, { type: "STRING", enum: ["lo"] }],
    ["one word", { const: "lo", type: "string" }, { type: "STRING", enum: ["lo"] }],
    [
      "a choice of numbers, in words",
      { type: "number", enum: [1, 2], description: "How much." },
      { type: "NUMBER", description: "How much. One of 1, 2." },
    ],
    ["no steps", { type: "number", minimum: 16, multipleOf: 0.5 }, { type: "NUMBER", minimum: 16 }],
    ["open ends as closed ones", { type: "number", exclusiveMinimum: 0 }, { type: "NUMBER", minimum: 0 }],
    [
      "no ends that every number has",
      { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: 9 },
      { type: "INTEGER", maximum: 9 },
    ],
    ["counts as text", { type: "string", maxLength: 80 }, { type: "STRING", maxLength: "80" }],
    ["known formats only", { type: "string", format: "uri" }, { type: "STRING" }],
    ["what may be missing", { type: ["string", "null"] }, { type: "STRING", nullable: true }],
    ["one of two types", { type: ["string", "number"] }, { anyOf: [{ type: "STRING" }, { type: "NUMBER" }] }],
    [
      "one of two schemas",
      { oneOf: [{ type: "number", maximum: 3 }, { const: "max" }], description: "Level." },
      {
        anyOf: [
          { type: "NUMBER", maximum: 3 },
          { type: "STRING", enum: ["max"] },
        ],
        description: "Level.",
      },
    ],
    ["a list of anything", { type: "array" }, { type: "ARRAY", items: { type: "STRING" } }],
    [
      "objects, requiring only what they have",
      { type: "object", properties: { a: { type: "number" } }, required: ["a", "b"], additionalProperties: false },
      { type: "OBJECT", properties: { a: { type: "NUMBER" } }, required: ["a"] },
    ],
    ["anything at all", {}, { type: "STRING" }],
  ] as const)("%s", ([, schema, expected]) => {
    expect(geminiSchema(schema)).toEqual(expected);
  });

  test("of every tool of ours has only fields that are taken, and a type everywhere", () => {
    const check = (schema: object, path: string): void => {
      const unknown = Object.keys(schema).filter((key) => !TAKEN.has(key));
      expect(unknown, path).toEqual([]);
      expect("type" in schema || "anyOf" in schema, path).toBe(true);
      const { properties = {}, anyOf = [], items } = schema as Nested;
      for (const [name, each] of Object.entries(properties)) check(each, `${path}.${name}`);
      for (const [at, each] of Object.entries(anyOf)) check(each, `${path}|${at}`);
      if (items !== undefined) check(items, `${path}[]`);
    };
    for (const { name, parameters } of toolSpecs(TOOLS)) check(geminiSchema(parameters), name);
    check(geminiSchema(z.toJSONSchema(z.object({ a: z.array(z.int()).min(1), b: z.nullable(z.iso.date()) }))), "zod");
  });
});
