import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  callServicePayload,
  cataloguePayload,
  presencePayload,
  pttPayload,
  responsePayload,
  setSignalsPayload,
  statePayload,
  textPayload,
} from "../../../src/mqtt/messages.ts";

test.for([
  ["state", statePayload],
  ["catalogue", cataloguePayload],
  ["presence", presencePayload],
  ["set-signals", setSignalsPayload],
  ["call-service", callServicePayload],
  ["response", responsePayload],
  ["agent-text", textPayload],
  ["agent-ptt", pttPayload],
] as const)("contracts/%s.schema.json says what the code accepts", ([name, schema]) => {
  const file = new URL(`../../../contracts/${name}.schema.json`, import.meta.url);
  const published: unknown = JSON.parse(readFileSync(file, "utf8"));
  expect(published).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" }))));
});
