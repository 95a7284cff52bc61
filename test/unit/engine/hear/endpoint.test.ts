import { describe, expect, test } from "vitest";

import { ENDPOINT, endpoint, type Listening } from "../../../../src/engine/hear/endpoint.ts";

const listening = (changes: Partial<Listening>): Listening => ({
  completeness: "complete",
  silenceMs: 0,
  unchangedMs: 1_000,
  utteranceMs: 2_000,
  holdMs: 160,
  isHopeless: () => false,
  ...changes,
});

test.for([
  ["complete", ENDPOINT.completeMs, "end"],
  ["extendable", 160, "end"],
  ["unfinished", ENDPOINT.unfinishedMs, "end"],
  ["incomplete", ENDPOINT.incompleteMs, "end"],
  ["nothing", ENDPOINT.nothingMs, "forget"],
] as const)("%s: after %i ms of silence, not a frame before: %s", ([completeness, silenceMs, verdict]) => {
  expect(endpoint(listening({ completeness, silenceMs: silenceMs - 32 }))).toBe("listen");
  expect(endpoint(listening({ completeness, silenceMs }))).toBe(verdict);
});

test("where more could follow, it waits as long as the speaker's habit says, never less than where the text is whole", () => {
  const paused = { silenceMs: 256, holdMs: 288 };
  expect(endpoint(listening({ ...paused, completeness: "extendable" }))).toBe("listen");
  expect(endpoint(listening({ ...paused, completeness: "complete" }))).toBe("end");
  const inside = { silenceMs: 480, holdMs: 512 };
  expect(endpoint(listening({ ...inside, completeness: "unfinished" }))).toBe("listen");
});

test("what can become no command ends early, what may be one does not", () => {
  const stopped = { completeness: "incomplete", silenceMs: ENDPOINT.hopelessMs } as const;
  expect(endpoint(listening({ ...stopped, isHopeless: () => true }))).toBe("end");
  expect(endpoint(listening(stopped))).toBe("listen");
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
