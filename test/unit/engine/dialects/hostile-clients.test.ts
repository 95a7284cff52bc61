import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DIALECTS } from "../../../../src/engine/dialects/index.ts";
import { dialectSession, examplesOf } from "../../../support/dialect-session.ts";

/** A documented message in which something else stands somewhere. */
function spoilt(message: unknown): fc.Arbitrary<unknown> {
  if (typeof message !== "object" || message === null) return fc.jsonValue();
  const keys = Object.keys(message);
  if (keys.length === 0) return fc.jsonValue();
  return fc
    .constantFrom(...keys)
    .chain((key) =>
      fc
        .oneof(fc.jsonValue(), spoilt((message as Record<string, unknown>)[key]))
        .map((value) => (Array.isArray(message) ? [value] : { ...message, [key]: value })),
    );
}

describe.for(["stepfun", "openai", "gemini"] as const)("a client of %s", (name) => {
  const examples = examplesOf(name, "client");

  test("says whatever it likes, and every message has an answer", () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(...examples).chain(spoilt), fc.constantFrom(...examples));
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), (messages) => {
        const dialect = DIALECTS[name]();
        for (const message of messages) expect(Array.isArray(dialect.decode(message))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("brings no session down", () => {
    const anything = fc.oneof(fc.constantFrom(...examples).chain(spoilt), fc.constantFrom(...examples));
    const { send, heard } = dialectSession(DIALECTS[name]());
    fc.assert(
      fc.property(anything, (message) => send(message)),
      { numRuns: 200 },
    );
    const before = heard.length;
    const [first] = examples;
    send(first);
    expect(name === "gemini" || heard.length > before).toBe(true);
  });
});
