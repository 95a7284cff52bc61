import { lastValueFrom, of, toArray } from "rxjs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import { toolDesk } from "../../../src/tools/tool-desk.ts";
import { PATHS } from "../../../src/vehicle/paths.ts";
import { snapshotOf } from "../../support/vehicle.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("a car's clock that is set back does not hold commands back", async () => {
  const vehicle = snapshotOf({ [PATHS.speed]: 0, [PATHS.gear]: 127 });
  const desk = toolDesk({
    tools: TOOLS,
    policy: loadPolicy(),
    outbox: { send: (_command, { id }) => of({ id, phase: "done", final: true }) },
    snapshot: () => vehicle,
    catalogue: () => undefined,
    instance: "0d8d3ba9-5d7e-4b5c-a3ee-3dbd5d8ef1e3",
    seat: "Row1.DriverSide",
    onError: (error) => expect.unreachable(String(error)),
  });
  const status = async (call: number): Promise<string | undefined> => {
    const request = { callId: `c${call}`, name: "volume_set", args: { level: call }, turn: call, session: "1" };
    const events = await lastValueFrom(desk.carryOut({ ...request, origin: "voice" }).pipe(toArray()), {
      defaultValue: [],
    });
    return events.flatMap((event) => (event.type === "result" ? [event.result.status] : []))[0];
  };
  for (let call = 1; call <= 6; call += 1) {
    expect(await status(call)).toBe("done");
    vi.advanceTimersByTime(1_000);
  }
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(await status(7)).toBe("done");
});
