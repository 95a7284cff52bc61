import { of, Subject } from "rxjs";
import { describe, expect, test } from "vitest";

import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import type { Question } from "../../../src/tools/run-tools.ts";
import { toolDesk } from "../../../src/tools/tool-desk.ts";
import type { ToolEvent, ToolResult } from "../../../src/tools/tool-event.ts";
import type { CommandUpdate, VehicleCommand } from "../../../src/vehicle/command.ts";
import { PATHS, temperaturePath, windowPath } from "../../../src/vehicle/paths.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

const STANDING: Known = { [PATHS.speed]: 0, [PATHS.gear]: 0, [PATHS.rain]: 0, [PATHS.airConditioning]: false };

/** A desk in front of a car that does what it is told, unless its updates are given. */
function deskIn(car: Record<string, unknown>, answer?: Subject<CommandUpdate>) {
  const sent: { readonly command: VehicleCommand; readonly confirmed: string | undefined }[] = [];
  const desk = toolDesk({
    tools: TOOLS,
    policy: loadPolicy(),
    outbox: {
      send: (command, { id, author }) => {
        sent.push({ command, confirmed: author.confirmed });
        if (answer) return answer;
        if (command.type === "set-signals") for (const { path, value } of command.ops) car[path] = value;
        return of({ id, phase: "done", final: true });
      },
    },
    snapshot: () => snapshotOf({ ...STANDING, ...car } as Known),
    catalogue: () => undefined,
    instance: "0d8d3ba9-5d7e-4b5c-a3ee-3dbd5d8ef1e3",
    seat: "Row1.DriverSide",
    onError: (error) => expect.unreachable(String(error)),
  });
  let calls = 0;
  const call = (
    name: string,
    args: object,
    turn = 1,
    { session = "1", callId = `c${++calls}` } = {},
  ): { callId: string; events: ToolEvent[] } => {
    const events: ToolEvent[] = [];
    desk.carryOut({ callId, name, args, turn, session, origin: "voice" }).subscribe((event) => events.push(event));
    return { callId, events };
  };
  return { desk, sent, call };
}

const resultOf = (events: readonly ToolEvent[]): ToolResult | undefined =>
  events.flatMap((event) => (event.type === "result" || event.type === "outcome" ? [event.result] : []))[0];

const questionOf = (events: readonly ToolEvent[], callId: string, name = "doors_lock"): Question => {
  const asked = events.find((event) => event.type === "verdict" && event.verdict === "ask");
  if (asked?.type !== "verdict" || !("pending" in asked)) throw new Error("nothing was asked");
  const request = { callId, name, args: {}, turn: 2, session: "1", origin: "voice" } as const;
  return { request, question: asked.reason, pending: asked.pending };
};

describe("undo", () => {
  test("puts back what a call changed, by the call that its result names", () => {
    const car = { [temperaturePath("driver")]: 20 };
    const { call } = deskIn(car);
    const undo = resultOf(call("climate_set_temperature", { celsius: 24 }).events)?.undo;
    expect(car[temperaturePath("driver")]).toBe(24);
    expect(undo).toBeDefined();
    expect(resultOf(call(undo?.name ?? "", undo?.args ?? {}, 2).events)?.status).toBe("done");
    expect(car[temperaturePath("driver")]).toBe(20);
  });

  test("a result tells what was before, so that the model can go on from it", () => {
    const facts = resultOf(
      deskIn({ [temperaturePath("driver")]: 20 }).call("climate_set_temperature", { celsius: 24 }).events,
    )?.facts;
    expect(facts?.["before"]).toEqual([{ path: temperaturePath("driver"), value: 20 }]);
    expect(facts?.["ops"]).toEqual([{ path: temperaturePath("driver"), value: 24 }]);
  });

  test("is itself a change that can be put back", () => {
    const car = { [temperaturePath("driver")]: 20 };
    const { call } = deskIn(car);
    const done = resultOf(call("climate_set_temperature", { celsius: 24 }).events)?.undo;
    const undone = resultOf(call("change_undo", done?.args ?? {}, 2).events)?.undo;
    expect(resultOf(call("change_undo", undone?.args ?? {}, 3).events)?.status).toBe("done");
    expect(car[temperaturePath("driver")]).toBe(24);
  });

  test("writes nothing where the car is as it was before by itself", () => {
    const car = { [temperaturePath("driver")]: 20 };
    const { call, sent } = deskIn(car);
    const undo = resultOf(call("climate_set_temperature", { celsius: 24 }).events)?.undo;
    car[temperaturePath("driver")] = 20;
    expect(resultOf(call("change_undo", undo?.args ?? {}, 2).events)?.status).toBe("answer");
    expect(sent).toHaveLength(1);
  });

  test("asks first where the policy does, and a yes puts back just that", () => {
    const car: Record<string, unknown> = { [windowPath("driver")]: 100 };
    const { desk, call, sent } = deskIn(car);
    const undo = resultOf(call("window_set", { which: "driver", percent: 0 }).events)?.undo;
    car[PATHS.rain] = 40;
    const { callId, events } = call("change_undo", undo?.args ?? {}, 2);
    expect(resultOf(events)?.status).toBe("needs-confirmation");
    expect(sent).toHaveLength(1);
    desk.confirmed(questionOf(events, callId, "change_undo")).subscribe();
    expect(sent[1]).toMatchObject({ command: { ops: [{ path: windowPath("driver"), value: 100 }] } });
    expect(sent[1]?.confirmed).toBeDefined();
  });

  test("means the call of its own conversation: ids may come again in the next", () => {
    const car = { [temperaturePath("driver")]: 20 };
    const { call, sent } = deskIn(car);
    const { callId } = call("climate_set_temperature", { celsius: 24 });
    const navigation = resultOf(call("nav_start", { destination: "airport" }, 2, { session: "2", callId }).events);
    expect(navigation?.undo?.name).not.toBe("change_undo");
    expect(resultOf(call("change_undo", { call: callId }, 3, { session: "2" }).events)?.status).toBe("cannot");
    expect(sent).toHaveLength(2);
  });

  test.for([
    [
      "where we were going",
      { [PATHS.guidance]: true, [PATHS.destination]: "home" },
      "nav_start",
      { destination: "home" },
    ],
    ["nowhere, if we were going nowhere", { [PATHS.guidance]: false }, "nav_cancel", {}],
  ] as const)("of a new destination goes back to %s", ([, car, name, args]) => {
    const { call } = deskIn(car);
    expect(resultOf(call("nav_start", { destination: "airport" }).events)?.undo).toEqual({ name, args });
  });

  test.for([{}, { [PATHS.guidance]: true }, { [PATHS.guidance]: true, [PATHS.destination]: "Nowhere Land" }])(
    "of a new destination is not offered where nobody knows where we were going: %o",
    (car) => {
      expect(resultOf(deskIn(car).call("nav_start", { destination: "airport" }).events)?.undo).toBeUndefined();
    },
  );

  test("is told to be under way, as what it takes back was", () => {
    const { call, sent } = deskIn({ [windowPath("driver")]: 100 });
    const undo = resultOf(call("window_set", { which: "driver", percent: 0 }).events)?.undo;
    call("change_undo", undo?.args ?? {}, 2);
    expect(sent[1]?.command.wait).toBe("accepted");
  });

  test("is not offered where what was before had long not been heard of", () => {
    const { call } = deskIn({ [temperaturePath("driver")]: reading(20, "stale") });
    expect(resultOf(call("climate_set_temperature", { celsius: 24 }).events)?.undo).toBeUndefined();
  });

  test("what nobody knew before is not put back to a guess", () => {
    const { call, sent } = deskIn({});
    expect(resultOf(call("climate_set_temperature", { celsius: 24 }).events)?.undo).toBeUndefined();
    expect(resultOf(call("change_undo", { call: "c1" }).events)?.status).toBe("cannot");
    expect(resultOf(call("change_undo", { call: "another" }).events)?.status).toBe("cannot");
    expect(sent).toHaveLength(1);
  });
});

describe("motion_stop", () => {
  test("holds what is still moving where it is", () => {
    const car: Record<string, number> = { [windowPath("driver")]: 0 };
    const answer = new Subject<CommandUpdate>();
    const { call, sent } = deskIn(car, answer);
    call("window_set", { which: "driver", percent: 100 });
    car[windowPath("driver")] = 37.6;
    call("motion_stop", {});
    expect(sent[1]?.command).toEqual({ type: "set-signals", ops: [{ path: windowPath("driver"), value: 37 }] });
  });

  test("is not asked about: what is held goes no further", () => {
    const car: Record<string, number> = { [windowPath("driver")]: 0 };
    const { call, sent } = deskIn(car, new Subject<CommandUpdate>());
    call("window_set", { which: "driver", percent: 100 });
    Object.assign(car, { [windowPath("driver")]: 37.6, [PATHS.rain]: 40 });
    expect(resultOf(call("motion_stop", {}).events)?.status).not.toBe("needs-confirmation");
    expect(sent[1]?.command).toMatchObject({ ops: [{ value: 37 }] });
  });

  test("does not send anything to where it was last seen", () => {
    const car: Record<string, unknown> = { [windowPath("driver")]: 0 };
    const { call, sent } = deskIn(car, new Subject<CommandUpdate>());
    call("window_set", { which: "driver", percent: 100 });
    car[windowPath("driver")] = reading(37, "stale");
    expect(resultOf(call("motion_stop", {}).events)?.status).toBe("cannot");
    expect(sent).toHaveLength(1);
  });

  test("says so where only some of it could be held", () => {
    const car: Record<string, unknown> = { [windowPath("driver")]: 0, [windowPath("passenger")]: 0 };
    const answer = new Subject<CommandUpdate>();
    const { call, sent } = deskIn(car, answer);
    call("window_set", { which: "driver", percent: 100 });
    call("window_set", { which: "passenger", percent: 100 });
    car[windowPath("driver")] = reading(37, "stale");
    car[windowPath("passenger")] = 40;
    const { events } = call("motion_stop", {});
    expect(sent[2]?.command).toMatchObject({ ops: [{ path: windowPath("passenger"), value: 40 }] });
    answer.next({ id: "3", phase: "done", final: true });
    expect(resultOf(events)?.say).toMatch(/can't tell/);
  });

  test("holds what moves, and nothing else that is under way", () => {
    const car: Record<string, unknown> = { [windowPath("driver")]: 0, [temperaturePath("driver")]: 20 };
    const { call, sent } = deskIn(car, new Subject<CommandUpdate>());
    call("climate_set_temperature", { celsius: 24 });
    expect(resultOf(call("motion_stop", {}).events)?.status).toBe("answer");
    call("window_set", { which: "driver", percent: 100 });
    call("motion_stop", {});
    expect(sent[2]?.command).toEqual({ type: "set-signals", ops: [{ path: windowPath("driver"), value: 0 }] });
  });

  test("has nothing to stop once the car has answered", () => {
    const { call, sent } = deskIn({ [windowPath("driver")]: 0 });
    call("window_set", { which: "driver", percent: 100 });
    expect(resultOf(call("motion_stop", {}).events)).toMatchObject({ status: "answer", say: /nothing is moving/i });
    expect(sent).toHaveLength(1);
  });
});

describe("a call that the driver is asked about", () => {
  test("sends nothing until the yes, and then the very command, with the policy's nonce", () => {
    const { desk, call, sent } = deskIn({});
    const { callId, events } = call("doors_lock", { action: "unlock" });
    expect(resultOf(events)?.status).toBe("needs-confirmation");
    expect(sent).toEqual([]);
    const after: ToolEvent[] = [];
    desk.confirmed(questionOf(events, callId)).subscribe((event) => after.push(event));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.confirmed).toMatch(/^[0-9a-f-]{36}$/);
    expect(after.filter(({ type }) => type === "result")).toEqual([]);
    expect(resultOf(after)?.status).toBe("done");
  });

  test("a yes does not help where the car has meanwhile begun to drive", () => {
    const car: Record<string, number> = {};
    const { desk, call, sent } = deskIn(car);
    const { callId, events } = call("doors_lock", { action: "unlock" });
    car[PATHS.speed] = 50;
    const after: ToolEvent[] = [];
    desk.confirmed(questionOf(events, callId)).subscribe((event) => after.push(event));
    expect(sent).toEqual([]);
    expect(resultOf(after)?.status).toBe("refused");
  });

  test("of two such calls in one turn only the first is asked about: one yes cannot be for both", () => {
    const { call, sent } = deskIn({ [PATHS.rain]: 40, [windowPath("driver")]: 0 });
    expect(resultOf(call("doors_lock", { action: "unlock" }).events)?.status).toBe("needs-confirmation");
    expect(resultOf(call("window_set", { which: "driver", percent: 100 }).events)?.status).toBe("refused");
    expect(resultOf(call("window_set", { which: "driver", percent: 100 }, 2).events)?.status).toBe(
      "needs-confirmation",
    );
    expect(sent).toEqual([]);
  });
});
