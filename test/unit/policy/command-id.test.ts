import { expect, test } from "vitest";
import { commandId } from "../../../src/policy/command-id.ts";

const ORIGIN = { instance: "5f0c2a4e-97b1-4d55-8d3a-0f6f8f0f1a2b", session: "s1", call: "call_1", index: 0 };

test("the same call is the same command, as a UUID of version 5", () => {
  expect(commandId(ORIGIN)).toBe(commandId({ ...ORIGIN }));
  expect(commandId(ORIGIN)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.for([
  { instance: "6f0c2a4e-97b1-4d55-8d3a-0f6f8f0f1a2b" },
  { session: "s2" },
  { call: "call_2" },
  { index: 1 },
  { session: 's1","call_1', call: "" },
])("another origin is another command: %j", (other) => {
  expect(commandId({ ...ORIGIN, ...other })).not.toBe(commandId(ORIGIN));
});
