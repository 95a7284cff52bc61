import { describe, expect, test } from "vitest";

import { ENDPOINT, endpoint, type Listening } from "../../../../src/engine/hear/endpoint.ts";

const listening = (changes: Partial<Listening>): Listening => ({
  completeness: "complete",
  silenceMs: 0,
  unchangedMs: 1_000,
  utteranceMs: 2_000,
  ...changes,
});

test.for([
  ["complete", ENDPOINT.completeMs, "end"],
  ["extendable", ENDPOINT.extendableMs, "end"],
  ["unfinished", ENDPOINT.unfinishedMs, "end"],
  ["unfinished", ENDPOINT.unfinishedMs, "end"],
  ["incomplete", ENDPOINT.incompleteMs, "end"],
  ["nothing", ENDPOINT.nothingMs, "forget"],
] as const)("%s: after %i ms of silence, not a frame before: %s", ([completeness, silenceMs, verdict]) => {
  expect(endpoint(listening({ completeness, silenceMs: silenceMs - 32 }))).toBe("listen");
  expect(endpoint(listening({ completeness, silenceMs }))).toBe(verdict);
});

test("the more could still follow, the longer the wait", () => {
  expect(ENDPOINT.completeMs).toBeLessThan(ENDPOINT.extendableMs);
  expect(ENDPOINT.extendableMs).toBeLessThan(ENDPOINT.unfinishedMs);
  expect(ENDPOINT.unfinishedMs).toBeLessThan(ENDPOINT.incompleteMs);
});

test("a pause of 600 ms inside a sentence does not end it", () => {
  expect(endpoint(listening({ completeness: "incomplete", silenceMs: 600 }))).toBe("listen");
});

test("a complete text that has just changed is not final yet", () => {
  expect(endpoint(listening({ silenceMs: 160, unchangedMs: 32 }))).toBe("listen");
  expect(endpoint(listening({ silenceMs: 160, unchangedMs: 64 }))).toBe("end");
});

describe("talk that does not end", () => {
  const endless = { silenceMs: 0, utteranceMs: ENDPOINT.longestMs };

  test.for(["complete", "extendable", "unfinished", "incomplete"] as const)("is ended while %s", (completeness) => {
    expect(endpoint(listening({ ...endless, completeness }))).toBe("end");
  });

  test("is forgotten when it is no command at all", () => {
    expect(endpoint(listening({ ...endless, completeness: "nothing" }))).toBe("forget");
  });
});
