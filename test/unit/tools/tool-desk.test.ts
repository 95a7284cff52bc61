import { EMPTY, NEVER, type Observable, of } from "rxjs";
import { describe, expect, test } from "vitest";

import type { ApprovedCommand } from "../../../src/policy/command-link.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Outbox } from "../../../src/policy/outbox.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import type { ToolRequest } from "../../../src/tools/run-tools.ts";
import { toolDesk } from "../../../src/tools/tool-desk.ts";
import type { ToolEvent } from "../../../src/tools/tool-event.ts";
import type { Author, CommandUpdate } from "../../../src/vehicle/command.ts";
import { PATHS } from "../../../src/vehicle/paths.ts";
import { type Known, snapshotOf } from "../../support/vehicle.ts";

const INSTANCE = "5f0c2a4e-97b1-4d55-8d3a-0f6f8f0f1a2b";
const PARKED: Known = { [PATHS.speed]: 0, [PATHS.gear]: 126, [PATHS.rain]: 0 };
const DONE: CommandUpdate = { id: "", phase: "done", final: true };

interface Sent {
  readonly id: string;
  readonly author: Author;
  readonly command: ApprovedCommand;
}

function desk(updates$: Observable<CommandUpdate> = of(DONE), instance = INSTANCE) {
  const sent: Sent[] = [];
  const outbox: Outbox = {
    send: (command, who) => {
      sent.push({ ...who, command });
      return updates$;
    },
  };
  const vehicle = snapshotOf(PARKED);
  const made = toolDesk({
    tools: TOOLS,
    policy: loadPolicy(),
    outbox,
    snapshot: () => vehicle,
    catalogue: () => undefined,
    instance,
    seat: "Row1.DriverSide",
    onError: (error) => expect.unreachable(String(error)),
  });
  const ask = (callId: string, name: string, args: unknown, more: Partial<ToolRequest> = {}): ToolEvent[] => {
    const events: ToolEvent[] = [];
    const request: ToolRequest = { callId, name, args, turn: 1, session: "s1", origin: "voice", ...more };
    made.carryOut(request).subscribe((event) => events.push(event));
    return events;
  };
  const resultOf = (...call: Parameters<typeof ask>) =>
    ask(...call).flatMap((event) => (event.type === "result" ? [event.result] : []));
  return { sent, ask, resultOf };
}

describe("the tool desk", () => {
  test("sends in the name of the process, the seat, the turn and where the wish came from", () => {
    const { sent, ask } = desk();
    ask("c1", "volume_set", { level: 30 }, { turn: 7, origin: "hmi" });
    expect(sent).toMatchObject([
      {
        author: { agent: INSTANCE, seat: "Row1.DriverSide", turn: "7", origin: "hmi" },
        command: { ops: [{ path: PATHS.volume, value: 30 }] },
      },
    ]);
  });

  test("gives a repeated call the same id, a UUID of version 5, and every other call another", () => {
    const { sent, ask } = desk();
    const again = desk(of(DONE), "6f0c2a4e-97b1-4d55-8d3a-0f6f8f0f1a2b");
    ask("c1", "volume_set", { level: 30 });
    ask("c1", "volume_set", { level: 30 });
    ask("c2", "volume_set", { level: 30 });
    ask("c1", "volume_set", { level: 30 }, { session: "s2" });
    again.ask("c1", "volume_set", { level: 30 });
    const ids = [...sent, ...again.sent].map(({ id }) => id);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  });

  test("holds a model that loops to the limits, counting calls and not their copies", () => {
    const { sent, resultOf } = desk();
    for (let copy = 0; copy < 20; copy += 1) resultOf("c0", "climate_set_ac", { on: true });
    const results = Array.from({ length: 8 }, (_, n) => resultOf(`c${n}`, "climate_set_ac", { on: true })).flat();
    expect(results.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill("done"),
      ...Array<string>(3).fill("refused"),
    ]);
    expect(results.at(-1)?.say).toBe("That was too much at once.");
    expect(new Set(sent.map(({ id }) => id)).size).toBe(5);
  });

  test("what is refused or asked about uses up nothing", () => {
    const { resultOf } = desk();
    for (let n = 0; n < 20; n += 1) resultOf(`u${n}`, "doors_lock", { action: "unlock" }, { origin: "hmi" });
    expect(resultOf("c1", "volume_set", { level: 30 })).toMatchObject([{ status: "done" }]);
  });

  test("unlocks for a voice, never for what was typed", () => {
    const { sent, resultOf } = desk();
    expect(resultOf("c1", "doors_lock", { action: "unlock" }, { origin: "hmi" })).toMatchObject([
      { status: "refused", say: "I only do that when you ask me aloud." },
    ]);
    expect(sent).toEqual([]);
    expect(resultOf("c2", "doors_lock", { action: "unlock" })).toMatchObject([{ status: "done" }]);
  });

  test.for<[string, string, unknown, string]>([
    ["a tool nobody has", "window_smash", {}, "cannot"],
    ["an inherited name", "constructor", {}, "cannot"],
    ["more than there is", "window_set", { percent: 101 }, "invalid"],
    ["less than nothing", "window_set", { percent: -1 }, "invalid"],
    ["no number", "window_set", { percent: Number.NaN }, "invalid"],
    ["infinitely much", "climate_set_temperature", { celsius: Number.POSITIVE_INFINITY }, "invalid"],
    ["a step between", "climate_set_temperature", { celsius: 21.3 }, "invalid"],
    ["an endless name", "nav_start", { destination: "a".repeat(100_000) }, "invalid"],
    ["a list", "nav_start", [], "invalid"],
  ])("one result and no command for %s", ([, name, args, status]) => {
    const { sent, resultOf } = desk();
    const results = resultOf("c1", name, args);
    expect(results).toMatchObject([{ status }]);
    expect(results[0]?.say.length).toBeLessThan(400);
    expect(sent).toEqual([]);
  });
});

describe("nothing is claimed that has no final answer", () => {
  const ORDERS: readonly (readonly [string, unknown])[] = [
    ["climate_set_temperature", { celsius: 21 }],
    ["climate_set_fan", { level: 3 }],
    ["climate_set_ac", { on: true }],
    ["climate_set_recirculation", { mode: "recirculate" }],
    ["climate_defrost", {}],
    ["window_set", { percent: 20 }],
    ["seat_heat", { level: 1 }],
    ["ambient_light_set", { colour: "blue" }],
    ["doors_lock", { action: "lock" }],
    ["nav_start", { destination: "home" }],
    ["nav_cancel", {}],
    ["volume_set", { level: 30 }],
  ];
  const ACCEPTED: CommandUpdate = { id: "", phase: "accepted", final: false };
  const sayings = (events: readonly ToolEvent[]) =>
    events.flatMap((event) => (event.type === "result" || event.type === "late" ? [event.result] : []));

  test.for(ORDERS)("%s %o", ([name, args]) => {
    const silent = sayings(desk(NEVER).ask("c1", name, args));
    expect(silent).toEqual([]);
    const lost = sayings(desk(EMPTY).ask("c1", name, args));
    expect(lost).toMatchObject([{ status: "no-answer" }]);
    const done = sayings(desk(of(DONE)).ask("c1", name, args));
    expect(done).toMatchObject([{ status: "done" }]);
    for (const { status, say } of sayings(desk(of(ACCEPTED)).ask("c1", name, args))) {
      expect(status).not.toBe("done");
      expect(say).not.toBe(done[0]?.say);
      if (status === "accepted") expect(say).toMatch(/^\w+ing\b/);
    }
  });
});
