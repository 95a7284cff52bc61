import { concat, map, NEVER, of, Subject, throwError, timer } from "rxjs";
import { describe, expect, test } from "vitest";
import type { ReceivedCommand } from "../../../src/mqtt/command-wire.ts";
import type { VehicleCommand } from "../../../src/vehicle/command.ts";
import type { CarCatalogue } from "../../../src/vehicle/vehicle-bus.ts";
import type { Car, CarStep } from "../../../vehicle-sim/gateway/car.ts";
import { type ExecutorOptions, executor } from "../../../vehicle-sim/gateway/executor.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const CATALOGUE: CarCatalogue = {
  profile: "test",
  signals: {
    "Vehicle.Window": { type: "actuator", datatype: "uint8", min: 0, max: 100 },
    "Vehicle.Fan": { type: "actuator", datatype: "uint8", min: 0, max: 100 },
    "Vehicle.Mode": { type: "actuator", datatype: "string", allowed: ["ECO", "SPORT"] },
    "Vehicle.Speed": { type: "sensor", datatype: "float" },
  },
  services: ["nav.start"],
};
const AUTHOR = { agent: "agent", seat: "unknown", turn: "1", origin: "test" } as const;
const ACCEPTED: CarStep = { phase: "accepted", final: false };

/** Accepts at once and is done after a second. */
const aSecond: Car["execute"] = () =>
  concat(of(ACCEPTED), timer(1_000).pipe(map((): CarStep => ({ phase: "done", final: true }))));

const set = (path: string, value: number | string | boolean): VehicleCommand => ({
  type: "set-signals",
  ops: [{ path, value }],
});

interface Arrival {
  readonly id: string;
  readonly atMs?: number;
  readonly command?: VehicleCommand;
  readonly remainingMs?: number;
  readonly from?: string;
}

/** Lets commands arrive; returns each answer as `id phase code`, and which commands the car was asked to execute. */
function play(arrivals: readonly Arrival[], execute: Car["execute"] = aSecond, limits: ExecutorOptions["limits"] = {}) {
  const answers: string[] = [];
  const executed: VehicleCommand[] = [];
  const to: string[] = [];
  virtualTime(({ flush }) => {
    const commands$ = new Subject<ReceivedCommand>();
    const car: Car = {
      execute: (command, author) => {
        executed.push(command);
        return execute(command, author);
      },
    };
    commands$.pipe(executor({ car, catalogue: CATALOGUE, limits })).subscribe(({ replyTo, update }) => {
      answers.push([update.id, update.phase, update.error?.code].filter(Boolean).join(" "));
      to.push(replyTo.topic);
    });
    for (const {
      id,
      atMs = 0,
      command = set("Vehicle.Window", 0),
      remainingMs = 5_000,
      from = "rsp/agent",
    } of arrivals) {
      const replyTo = { topic: from, correlation: new Uint8Array() };
      timer(atMs).subscribe(() => commands$.next({ id, command, author: AUTHOR, remainingMs, replyTo }));
    }
    flush();
  });
  return { answers, executed, to };
}

describe("executor", () => {
  test("answers every phase and executes once", () => {
    const { answers, executed } = play([{ id: "1" }]);
    expect(answers).toEqual(["1 accepted", "1 done"]);
    expect(executed).toEqual([set("Vehicle.Window", 0)]);
  });

  test("a copy of a running command gets the running one's phases", () => {
    const { answers, executed } = play([{ id: "1" }, { id: "1", atMs: 250 }, { id: "1", atMs: 500 }]);
    expect(answers).toEqual(["1 accepted", "1 accepted", "1 accepted", "1 done"]);
    expect(executed).toHaveLength(1);
  });

  test("a copy of a finished command gets its final answer again, and so do refusals", () => {
    const { answers, executed } = play([
      { id: "1" },
      { id: "1", atMs: 60_000 },
      { id: "2", command: set("Vehicle.Speed", 1) },
      { id: "2", atMs: 60_000 },
    ]);
    expect(answers).toEqual(["1 accepted", "2 rejected READ_ONLY", "1 done", "1 done", "2 rejected READ_ONLY"]);
    expect(executed).toHaveLength(1);
  });

  test("the answers follow a client that asks again from elsewhere", () => {
    expect(play([{ id: "1" }, { id: "1", atMs: 10, from: "rsp/agent-2" }]).to).toEqual([
      "rsp/agent",
      "rsp/agent-2",
      "rsp/agent-2",
    ]);
  });

  test("an id is remembered for ten minutes after its end", () => {
    expect(play([{ id: "1" }, { id: "1", atMs: 600_900 }]).executed).toHaveLength(1);
    expect(play([{ id: "1" }, { id: "1", atMs: 601_100 }]).executed).toHaveLength(2);
  });

  test("a full memory refuses new commands instead of forgetting old ones", () => {
    const arrivals = ["1", "2", "3", "1"].map((id, n) => ({ id, atMs: n * 2_000 }));
    const { answers, executed } = play(arrivals, aSecond, { maxIds: 2 });
    expect(answers).toEqual(["1 accepted", "1 done", "2 accepted", "2 done", "3 rejected BUSY", "1 done"]);
    expect(executed).toHaveLength(2);
  });

  test("a refusal holds: no late copy is executed when there is room again", () => {
    const full = [{ id: "1" }, { id: "2", atMs: 500 }, { id: "2", atMs: 2_500 }, { id: "3", atMs: 2_600 }];
    const { answers } = play(full, aSecond, { maxIds: 2, memoryMs: 1_000, perSecond: 1 });
    expect(answers).toEqual(["1 accepted", "2 rejected BUSY", "1 done", "2 rejected BUSY", "3 accepted", "3 done"]);

    const quick = [{ id: "1" }, { id: "2", atMs: 10, remainingMs: 300 }, { id: "2", atMs: 1_200, remainingMs: 300 }];
    expect(play(quick, aSecond, { perSecond: 1 }).answers.filter((answer) => answer.startsWith("2"))).toEqual([
      "2 rejected BUSY",
      "2 rejected BUSY",
    ]);
  });

  test("what not even a refusal can be remembered of is neither answered nor done", () => {
    const arrivals = ["1", "2", "3", "3"].map((id, n) => ({ id, atMs: n * 2_000, remainingMs: 30_000 }));
    const { answers, executed } = play(arrivals, aSecond, { maxIds: 1 });
    expect(answers).toEqual(["1 accepted", "1 done", "2 rejected BUSY"]);
    expect(executed).toHaveLength(1);
  });

  test("at the deadline there is a timeout, and the car's late answer is not told", () => {
    expect(play([{ id: "1", remainingMs: 400 }]).answers).toEqual(["1 accepted", "1 timeout TIMEOUT"]);
    expect(play([{ id: "1", remainingMs: 400 }], () => NEVER).answers).toEqual(["1 timeout TIMEOUT"]);
  });

  test("a newer command on the same path ends the older one as cancelled", () => {
    const { answers } = play([{ id: "1" }, { id: "2", atMs: 300, command: set("Vehicle.Window", 50) }]);
    expect(answers).toEqual(["1 accepted", "1 cancelled CONFLICT", "2 accepted", "2 done"]);
  });

  test("a newer command that the car rejects ends nothing, nor does one on another path", () => {
    const picky: Car["execute"] = (command, author) =>
      command.type === "set-signals" && command.ops[0]?.value === 50
        ? of({ phase: "rejected", final: true })
        : aSecond(command, author);
    const { answers } = play(
      [
        { id: "1" },
        { id: "2", atMs: 300, command: set("Vehicle.Window", 50) },
        { id: "3", atMs: 400, command: set("Vehicle.Fan", 1) },
      ],
      picky,
    );
    expect(answers).toEqual(["1 accepted", "2 rejected", "3 accepted", "1 done", "3 done"]);
  });

  test.for<[VehicleCommand, string]>([
    [set("Vehicle.Sunroof", 1), "NOT_FOUND"],
    [set("constructor", 1), "NOT_FOUND"],
    [set("Vehicle.Speed", 1), "READ_ONLY"],
    [set("Vehicle.Window", 101), "OUT_OF_RANGE"],
    [set("Vehicle.Window", -1), "OUT_OF_RANGE"],
    [set("Vehicle.Window", 1.5), "TYPE_MISMATCH"],
    [set("Vehicle.Window", true), "TYPE_MISMATCH"],
    [set("Vehicle.Mode", "LUDICROUS"), "OUT_OF_RANGE"],
    [{ type: "set-signals", ops: [0, 1].map((value) => ({ path: "Vehicle.Fan", value })) }, "BAD_REQUEST"],
    [{ type: "call-service", service: "nav.fly", args: {} }, "NOT_FOUND"],
  ])("%j is refused: %s", ([command, code]) => {
    const { answers, executed } = play([{ id: "1", command }]);
    expect(answers).toEqual([`1 rejected ${code}`]);
    expect(executed).toEqual([]);
  });

  test("no more than two commands a second for one path, counting ids and not copies", () => {
    const arrivals = ["1", "1", "1", "2", "3"].map((id, n) => ({ id, atMs: n * 10 }));
    const { answers, executed } = play([...arrivals, { id: "4", atMs: 1_100 }], () =>
      of({ phase: "done", final: true }),
    );
    expect(answers).toEqual(["1 done", "1 done", "1 done", "2 done", "3 rejected BUSY", "4 done"]);
    expect(executed).toHaveLength(3);
  });

  test("no more than ten commands a second in all", () => {
    const arrivals = Array.from({ length: 12 }, (_, n) => ({ id: String(n), command: set(`Vehicle.None${n}`, 1) }));
    const { answers } = play(arrivals);
    expect(answers.filter((answer) => answer.endsWith("BUSY"))).toEqual(["10 rejected BUSY", "11 rejected BUSY"]);
  });

  test.for<[string, Car["execute"]]>([
    [
      "throws",
      () => {
        throw new Error("relay stuck");
      },
    ],
    ["errors", () => throwError(() => new Error("relay stuck"))],
    ["stops without a final answer", () => of(ACCEPTED)],
  ])("a car that %s is a failed command, and the next one still works", ([, execute]) => {
    let calls = 0;
    const { answers } = play([{ id: "1" }, { id: "2", atMs: 5_000 }], (command, author) =>
      calls++ === 0 ? execute(command, author) : aSecond(command, author),
    );
    expect(answers.filter((answer) => answer.startsWith("1")).at(-1)).toBe("1 failed INTERNAL");
    expect(answers.slice(-2)).toEqual(["2 accepted", "2 done"]);
  });
});
