import { expect, test } from "vitest";

import { callMemory } from "../../../src/tools/call-memory.ts";
import { windowPath } from "../../../src/vehicle/paths.ts";
import { snapshotOf } from "../../support/vehicle.ts";

const path = windowPath("driver");
const opening = { type: "set-signals", ops: [{ path, value: 100 }] } as const;

test("what a call found is what it found last; of half of it nothing is kept", () => {
  const memory = callMemory();
  memory.started("c1", opening, snapshotOf({ [path]: 20 }));
  expect(memory.before("c1")).toEqual([{ path, value: 20 }]);
  memory.started("c1", opening, snapshotOf());
  expect(memory.before("c1")).toBeUndefined();
});

test("the last 64 calls are remembered", () => {
  const memory = callMemory();
  for (let call = 0; call <= 64; call += 1) memory.started(`c${call}`, opening, snapshotOf({ [path]: call }));
  expect(memory.before("c0")).toBeUndefined();
  expect(memory.before("c1")).toEqual([{ path, value: 1 }]);
});
