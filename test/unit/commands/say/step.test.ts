import { expect, test } from "vitest";

import { lineOf } from "../../../../src/commands/say/step.ts";
import { NOT_BEGUN, nextProgress, wentWell } from "../../../../src/commands/say/turn-progress.ts";

test.for([
  [{ type: "call", turn: 1, name: "window_set", args: { percent: 0 } }, 'understood window_set {"percent":0}'],
  [{ type: "verdict", turn: 1, verdict: "refuse", reason: "We are driving." }, "policy     refuse We are driving."],
  [{ type: "verdict", turn: 1, verdict: "allow" }, undefined],
  [{ type: "phase", turn: 1, phase: "progress" }, undefined],
  [{ type: "phase", turn: 1, phase: "failed", error: "BUSY" }, "car        failed BUSY"],
  [{ type: "reply", turn: 1, text: "Closed." }, "reply      Closed."],
  [
    { type: "reply", turn: 1 },
    "reply      (in words that the agent keeps to itself, unless its privacy.transcripts is true)",
  ],
  [{ type: "reply", turn: 1, text: "\u001B[2Jgone\u0007\nline" }, "reply       [2Jgone  line"],
  [{ type: "something-new", turn: 1 }, undefined],
] as const)("%o is shown as %s", ([step, line]) => {
  expect(lineOf(step)).toBe(line);
});

const outcomeOf = (...steps: readonly { type: string; callId?: string; status?: string }[]) =>
  wentWell(steps.map((step) => ({ turn: 1, ...step })).reduce(nextProgress, NOT_BEGUN));

test("a turn went well when it was answered and all calls were done, under way or answered", () => {
  const call = { type: "call", callId: "c" };
  const result = (status: string) => ({ type: "result", callId: "c", status });
  const reply = { type: "reply" };
  expect(outcomeOf(reply)).toBe(true);
  expect(outcomeOf(call, result("done"), reply)).toBe(true);
  expect(outcomeOf(call, result("needs-confirmation"), reply)).toBe(true);
  expect(outcomeOf(call, result("refused"), reply)).toBe(false);
  expect(outcomeOf(call, result("no-answer"), reply)).toBe(false);
  expect(outcomeOf(call, reply)).toBe(false);
  expect(outcomeOf({ type: "turn-ended" })).toBe(false);
});
