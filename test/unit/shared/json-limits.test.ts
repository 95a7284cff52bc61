import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { EVENT_LIMITS, parseJson } from "../../../src/shared/json-limits.ts";

describe("parseJson", () => {
  test("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(parseJson(text)).toEqual({ ok: true, value });
        expect(parseJson(Buffer.from(text))).toEqual({ ok: true, value });
      }),
    );
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseJson(bytes)));
  });

  test.for([
    ["too large", `"${"a".repeat(EVENT_LIMITS.maxBytes)}"`, "262146 bytes, more than 262144"],
    ["too deep", "[".repeat(33), "nested deeper than 32"],
    ["too deep and never closed", '{"a":'.repeat(10_000), "nested deeper than 32"],
    ["too many keys", `{${Array.from({ length: 4_097 }, (_, i) => `"${i}":0`).join()}}`, "more than 4096 keys"],
    ["too many values", `[${"0,".repeat(9_000)}0]`, "more than 8192 values"],
    ["not JSON", "{", "1 bytes that are not JSON"],
    ["nothing", "", "0 bytes that are not JSON"],
  ] as const)("refuses what is %s", ([, text, problem]) => {
    expect(parseJson(text)).toEqual({ ok: false, problem });
  });

  test("braces, colons and quotes inside strings are only text", () => {
    const value = { "a\\": '[{"\\"}'.repeat(500), b: ":::,,," };
    expect(parseJson(JSON.stringify(value))).toEqual({ ok: true, value });
  });

  test("accepts what is exactly at the limits", () => {
    expect(parseJson("[".repeat(32) + "]".repeat(32)).ok).toBe(true);
    expect(parseJson(`{${Array.from({ length: 4_096 }, (_, i) => `"${i}":0`).join()}}`).ok).toBe(true);
  });
});
