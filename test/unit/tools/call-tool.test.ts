import { EMPTY, NEVER, type Observable, of, Subject, throwError } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";

import { judge, type Verdict } from "../../../src/policy/judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { callMemory } from "../../../src/tools/call-memory.ts";
import { callTool, runPending, type ToolDependencies } from "../../../src/tools/call-tool.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import { defineTool } from "../../../src/tools/tool.ts";
import type { ToolEvent, ToolResult } from "../../../src/tools/tool-event.ts";
import {
  COMMAND_ERRORS,
  type CommandErrorCode,
  type CommandUpdate,
  type VehicleCommand,
} from "../../../src/vehicle/command.ts";
import { doorLockedPath, PATHS, temperaturePath, windowPath } from "../../../src/vehicle/paths.ts";
import type { CarCatalogue } from "../../../src/vehicle/vehicle-bus.ts";
import { type Known, snapshotOf } from "../../support/vehicle.ts";

const POLICY = loadPolicy();
const WINDOW = windowPath("driver");
const DRY: Known = { [PATHS.speed]: 30, [PATHS.gear]: 127, [PATHS.rain]: 0, [PATHS.airConditioning]: false };

const update = (phase: CommandUpdate["phase"], more: Partial<CommandUpdate> = {}): CommandUpdate => ({
  id: "c1",
  phase,
  final: !["accepted", "progress"].includes(phase),
  ...more,
});
const rejected = (code: CommandErrorCode, say?: string): CommandUpdate =>
  update("rejected", { error: { code, detail: "because", ...(say === undefined ? {} : { say }) } });

interface Setup {
  readonly known?: Known;
  readonly updates$?: Observable<CommandUpdate>;
  readonly catalogue?: CarCatalogue;
  readonly judge?: (command: VehicleCommand) => Verdict;
}

function setUp({
  known = DRY,
  updates$ = of(update("accepted"), update("done")),
  catalogue,
  judge: judgeWith,
}: Setup = {}) {
  const vehicle = snapshotOf(known);
  const send = vi.fn<ToolDependencies["send"]>(({ type }, { callId, index }) => ({
    commandId: `${callId}/${index}/${type}`,
    updates$,
  }));
  const onError = vi.fn<(error: unknown) => void>();
  const deps: ToolDependencies = {
    snapshot: () => vehicle,
    catalogue: () => catalogue,
    judge: judgeWith ?? ((command) => judge(command, { vehicle, seat: "Row1.DriverSide", origin: "voice" }, POLICY)),
    send,
    onError,
    memory: callMemory(),
  };
  return { deps, send, onError };
}

function run(name: string, args: unknown, setup: Setup = {}) {
  const { deps, send, onError } = setUp(setup);
  const tool = TOOLS.find((one) => one.name === name);
  const events: ToolEvent[] = [];
  let completed = false;
  callTool(tool, { callId: "call-1", name, args }, deps).subscribe({
    next: (event) => events.push(event),
    complete: () => (completed = true),
  });
  return { events, send, onError, completed, result: resultOf(events) };
}

function resultOf(events: readonly ToolEvent[]): ToolResult {
  const results = events.flatMap((event) => (event.type === "result" ? [event.result] : []));
  expect(results).toHaveLength(1);
  return results[0] ?? { status: "failed", say: "" };
}

describe("a call", () => {
  test("that the car does is told as done, after its verdict, its id and its phases", () => {
    const { events, send } = run("climate_set_ac", { on: true });
    expect(events.map(({ type }) => type)).toEqual(["verdict", "sent", "phase", "phase", "result"]);
    expect(events[1]).toMatchObject({ type: "sent", commandId: "call-1/0/set-signals" });
    expect(resultOf(events)).toMatchObject({ status: "done", say: "The air conditioning is on." });
    expect(send).toHaveBeenCalledExactlyOnceWith(expect.anything(), { callId: "call-1", index: 0 });
  });

  test("claims nothing while the car is still at it", () => {
    const updates$ = new Subject<CommandUpdate>();
    const { deps } = setUp({ updates$ });
    const events: ToolEvent[] = [];
    const tool = TOOLS.find(({ name }) => name === "climate_set_ac");
    callTool(tool, { callId: "1", name: "climate_set_ac", args: { on: true } }, deps).subscribe((event) =>
      events.push(event),
    );
    updates$.next(update("accepted"));
    expect(events.some(({ type }) => type === "result")).toBe(false);
    updates$.next(update("done"));
    expect(resultOf(events).status).toBe("done");
    expect(updates$.observed).toBe(false);
  });

  test("of a slow thing is answered when it starts, and once more when it ends", () => {
    const { events } = run(
      "window_set",
      { percent: 20 },
      { updates$: of(update("accepted"), update("progress"), update("done")) },
    );
    expect(events.map(({ type }) => type)).toEqual(["verdict", "sent", "phase", "result", "phase", "phase", "late"]);
    expect(resultOf(events)).toMatchObject({ status: "accepted", say: "Opening the driver window." });
    expect(events.at(-1)).toMatchObject({
      type: "late",
      result: { status: "done", say: "The driver window is open 20 percent." },
    });
  });

  test("of a slow thing that gets stuck is told late", () => {
    const stuck = update("failed", { error: { code: "OBSTRUCTED", detail: "pinch" } });
    const { events, result } = run("window_set", { percent: 20 }, { updates$: of(update("accepted"), stuck) });
    expect(result.status).toBe("accepted");
    expect(events.at(-1)).toMatchObject({
      type: "late",
      result: { status: "failed", say: "Something is in the way, so the car has stopped." },
    });
  });

  test("of a slow thing that was quick is simply done", () => {
    expect(run("window_set", { percent: 20 }, { updates$: of(update("done")) }).result.status).toBe("done");
  });

  test("tells what else changed", () => {
    const effects = [{ path: "fan", value: 80 }];
    const { result } = run("climate_defrost", {}, { updates$: of(update("done", { effects })) });
    expect(result).toMatchObject({
      status: "done",
      say: "The windshield is being cleared, with more air.",
      facts: { effects },
    });
  });

  test("that needs no command is answered", () => {
    const { events, send } = run("vehicle_status", { topic: "speed" });
    expect(events).toMatchObject([
      { type: "verdict", verdict: "none" },
      {
        type: "result",
        result: { status: "answer", say: "We are doing 30 kilometres per hour.", facts: { value: 30 } },
      },
    ]);
    expect(send).not.toHaveBeenCalled();
  });

  test("of a thing that cannot be planned says so", () => {
    expect(run("climate_adjust_temperature", { delta: 1 }).result.status).toBe("cannot");
  });
});

describe("policy", () => {
  test("refuses before anything is sent", () => {
    const { events, send } = run("doors_lock", { action: "unlock" });
    expect(events[0]).toMatchObject({ type: "verdict", verdict: "refuse" });
    expect(resultOf(events)).toEqual({
      status: "refused",
      say: "I can't unlock the doors while we are driving. Ask me again when the car stands still.",
    });
    expect(send).not.toHaveBeenCalled();
  });

  test("asks, hands out the pending command, and a yes runs that very one", () => {
    const standing = { ...DRY, [PATHS.speed]: 0, [doorLockedPath("driver")]: true };
    const { events, send } = run("doors_lock", { action: "unlock" }, { known: standing });
    expect(resultOf(events)).toEqual({ status: "needs-confirmation", say: "Shall I unlock the doors?" });
    expect(send).not.toHaveBeenCalled();

    const [asked] = events;
    if (asked?.type !== "verdict" || asked.verdict !== "ask") throw new Error("not asked");
    const { pending, reason } = asked;
    const vehicle = snapshotOf(standing);
    const confirmed = { nonce: "n", command: pending.command, question: reason };
    const again = setUp({
      judge: (command) => judge(command, { vehicle, seat: "Row1.DriverSide", origin: "voice", confirmed }, POLICY),
    });
    const after: ToolEvent[] = [];
    runPending(pending, { callId: "1", name: "doors_lock", args: {} }, again.deps).subscribe((event) =>
      after.push(event),
    );
    expect(resultOf(after)).toMatchObject({ status: "done", say: "All doors are unlocked." });
    expect(again.send).toHaveBeenCalledOnce();
  });
});

describe("what this car has", () => {
  const entry = { type: "actuator", datatype: "float", min: 18, max: 26 } as const;
  const catalogue: CarCatalogue = {
    profile: "p",
    signals: { [temperaturePath("driver")]: entry },
    services: ["nav.start"],
  };

  test.for<[string, object, ToolResult["status"], string]>([
    ["climate_set_temperature", { celsius: 20 }, "done", "The driver side is set to 20 degrees."],
    ["climate_set_temperature", { celsius: 28 }, "cannot", "This car only goes from 18 to 26 there."],
    ["climate_set_temperature", { celsius: 20, zone: "passenger" }, "cannot", "This car cannot do that."],
    ["climate_set_ac", { on: true }, "cannot", "This car cannot do that."],
    ["nav_start", { destination: "home" }, "done", "The route home is set."],
    ["nav_cancel", {}, "cannot", "This car cannot do that."],
  ])("%s %o: %s", ([name, args, status, say]) => {
    const { result, send } = run(name, args, { catalogue });
    expect(result).toMatchObject({ status, say });
    expect(send).toHaveBeenCalledTimes(status === "done" ? 1 : 0);
  });

  test("what the car can only tell is not written", () => {
    const readOnly: CarCatalogue = { ...catalogue, signals: { [WINDOW]: { type: "sensor", datatype: "uint8" } } };
    expect(run("window_set", { percent: 10 }, { catalogue: readOnly }).result.status).toBe("cannot");
  });
});

describe("the car's no", () => {
  test.for<[string, CommandUpdate, ToolResult["status"], RegExp]>([
    ["its own reason", rejected("PRECONDITION_FAILED", "not_while_driving"), "refused", /while driving/],
    ["a reason we have no words for", rejected("PRECONDITION_FAILED", "solar_flare"), "refused", /right now/],
    ["a reason that is no reason", rejected("FORBIDDEN", "constructor"), "refused", /does not allow/],
    ["a thing it lacks", rejected("NOT_SUPPORTED"), "cannot", /cannot/],
    ["no error at all", update("rejected"), "refused", /went wrong in the car/],
    ["a fault on the way", update("failed", { error: { code: "FAULT", detail: "" } }), "failed", /fault/],
    ["a newer command", update("cancelled"), "superseded", /newer/],
    ["silence", update("timeout"), "no-answer", /did not answer/],
  ])("with %s", ([, final, status, say]) => {
    const { result } = run("climate_set_ac", { on: true }, { updates$: of(final) });
    expect(result.status).toBe(status);
    expect(result.say).toMatch(say);
  });

  test("every error word has a sentence", () => {
    for (const code of COMMAND_ERRORS) {
      const { say } = run("climate_set_ac", { on: true }, { updates$: of(rejected(code)) }).result;
      expect(say).toMatch(/^[A-Z].*\.$/);
      expect(say).not.toContain("_");
    }
  });
});

describe("bad calls", () => {
  test.for<[string, string, unknown, ToolResult["status"], string]>([
    ["an unknown function", "engine_start", {}, "cannot", "I have no such function."],
    [
      "too much",
      "climate_set_temperature",
      { celsius: 40 },
      "invalid",
      "celsius must be a number from 16 to 28 in steps of 0.5, or one of lo, hi.",
    ],
    ["nothing", "window_set", undefined, "invalid", "The arguments must be a JSON object."],
    ["text that was no JSON", "window_set", "{percent:", "invalid", "The arguments must be a JSON object."],
    ["an unknown argument", "climate_set_ac", { on: true, now: 1 }, "invalid", "There is no argument now."],
    ["a wrong type", "climate_set_ac", { on: "yes" }, "invalid", "on must be true or false."],
    ["a missing text", "nav_start", {}, "invalid", "destination must be a text."],
    ["two at once", "window_set", { percent: 5, delta: 5 }, "invalid", "Give either percent or delta."],
    ["a fraction", "window_set", { percent: 12.5 }, "invalid", "percent must be a number from 0 to 100 in steps of 1."],
    [
      "a prototype",
      "climate_set_ac",
      JSON.parse('{"on":true,"__proto__":{"x":1}}'),
      "invalid",
      "There is no argument __proto__.",
    ],
  ])("with %s", ([, name, args, status, say]) => {
    const { result, send } = run(name, args);
    expect(result).toEqual({ status, say });
    expect(send).not.toHaveBeenCalled();
  });
});

describe("exactly one result", () => {
  test.for<[string, Observable<CommandUpdate>, ToolResult["status"]]>([
    ["hangs up", EMPTY, "no-answer"],
    ["hangs up after accepting", of(update("accepted")), "no-answer"],
    ["breaks", throwError(() => new Error("gone")), "no-answer"],
    ["answers twice", of(update("done"), update("failed")), "done"],
    ["goes on talking", of(update("accepted"), update("accepted"), update("done"), update("progress")), "done"],
  ])("when the link %s", ([, updates$, status]) => {
    const { result, completed } = run("climate_set_ac", { on: true }, { updates$ });
    expect(result.status).toBe(status);
    expect(completed).toBe(true);
  });

  test("and one late one when a slow thing's link breaks", () => {
    const { events, result } = run(
      "window_set",
      { percent: 20 },
      { updates$: of(update("accepted"), update("accepted")) },
    );
    expect(result.status).toBe("accepted");
    expect(events.filter(({ type }) => type === "late")).toMatchObject([{ result: { status: "no-answer" } }]);
  });

  test("when the tool is broken", () => {
    const bug = new Error("bug");
    const broken = defineTool({
      name: "broken",
      description: "",
      parameters: z.strictObject({}),
      phrases: { en: [] },
      plan: () => {
        throw bug;
      },
    });
    const { deps, onError } = setUp();
    const events: ToolEvent[] = [];
    callTool(broken, { callId: "1", name: "broken", args: {} }, deps).subscribe((event) => events.push(event));
    expect(resultOf(events)).toEqual({ status: "failed", say: "Something went wrong on my side." });
    expect(onError).toHaveBeenCalledExactlyOnceWith(bug);
  });

  test("when the wording is broken, which does not undo what the car has done", () => {
    const wording = {
      accepted: "…",
      done: () => {
        throw new Error("bug");
      },
    };
    const command: VehicleCommand = { type: "set-signals", ops: [{ path: PATHS.volume, value: 5 }] };
    const { deps, onError } = setUp();
    const events: ToolEvent[] = [];
    runPending({ command, wording }, { callId: "1", name: "x", args: {} }, deps).subscribe((event) =>
      events.push(event),
    );
    expect(resultOf(events)).toMatchObject({ status: "done", say: "Done." });
    expect(onError).toHaveBeenCalledOnce();
  });

  test("unsubscribing stops listening to the car", () => {
    const updates$ = new Subject<CommandUpdate>();
    const { deps } = setUp({ updates$ });
    const tool = TOOLS.find(({ name }) => name === "nav_cancel");
    const subscription = callTool(tool, { callId: "1", name: "nav_cancel", args: {} }, deps).subscribe();
    expect(updates$.observed).toBe(true);
    subscription.unsubscribe();
    expect(updates$.observed).toBe(false);
  });

  test("and none before the outbox has given up", () => {
    const { deps } = setUp({ updates$: NEVER });
    const types: string[] = [];
    const tool = TOOLS.find(({ name }) => name === "nav_cancel");
    callTool(tool, { callId: "1", name: "nav_cancel", args: {} }, deps).subscribe(({ type }) => types.push(type));
    expect(types).toEqual(["verdict", "sent"]);
  });
});
