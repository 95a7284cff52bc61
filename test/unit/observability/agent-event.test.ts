import { expect, test } from "vitest";

import { type AgentEvent, withoutWords } from "../../../src/observability/agent-event.ts";

test.for<AgentEvent>([
  { type: "heard", turn: 1, text: "swordfish", final: true },
  { type: "call", turn: 1, callId: "c", name: "nav_start", args: { to: "swordfish" } },
  { type: "verdict", turn: 1, callId: "c", verdict: "refuse", reason: "swordfish" },
  { type: "result", turn: 1, callId: "c", status: "done", say: "swordfish", late: false },
  { type: "reply", turn: 1, text: "swordfish" },
])("$type tells nothing of what was said", (event) => {
  expect(JSON.stringify(withoutWords(event))).not.toContain("swordfish");
});

test.for<AgentEvent>([
  { type: "link-lost", reason: "cannot reach the model", retryInMs: 100 },
  { type: "gate-opened", turn: 1, reason: "wake", preRollBytes: 0 },
  { type: "gate-closed", turn: 1, reason: "timeout" },
  { type: "problem", where: "broker", message: "the connection broke" },
])("$type keeps its reason for whoever looks after the car", (event) => {
  expect(withoutWords(event)).toEqual(event);
});
