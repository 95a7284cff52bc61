import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test } from "vitest";

import type { Author, VehicleCommand } from "../../../../src/vehicle/command.ts";
import type { SignalValue } from "../../../../src/vehicle/signal.ts";
import type { CarStep } from "../../../../vehicle-sim/gateway/car.ts";
import { simCar } from "../../../../vehicle-sim/gateway/sim-car.ts";
import { catalogueOf, loadProfile } from "../../../../vehicle-sim/profile.ts";
import { createWorld, readSignal } from "../../../../vehicle-sim/world.ts";

const profile = loadProfile("hatchback-ev");
const author: Author = { agent: "a", seat: "Row1.DriverSide", turn: "1", origin: "test" };
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const CELSIUS = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature";
const LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked";
const set = (...ops: readonly [string, SignalValue][]): VehicleCommand => ({
  type: "set-signals",
  ops: ops.map(([path, value]) => ({ path, value })),
});
const service = (name: string, args: Record<string, unknown>): VehicleCommand => ({
  type: "call-service",
  service: name,
  args,
});

function startCar(start: Readonly<Record<string, SignalValue>> = {}) {
  const steps$ = new Subject<void>();
  const world = createWorld({ seed: 1, energy: profile.energy, start: { ...profile.start, ...start } });
  const car = simCar({ world, catalogue: catalogueOf(profile), steps$ });
  const running = car.world$.subscribe();
  onTestFinished(() => running.unsubscribe());
  return {
    pass: (ms: number) => Array.from({ length: ms / 50 }, () => steps$.next()),
    read: (path: string) => readSignal(car.world$.value, path),
    run: (command: VehicleCommand) => {
      const answers: CarStep[] = [];
      car.execute(command, author).subscribe((step) => answers.push(step));
      return answers;
    },
  };
}
const phases = (answers: readonly CarStep[]) => answers.map(({ phase }) => phase);

describe("setting signals", () => {
  test("what is instant is done at once", () => {
    const car = startCar();
    expect(car.run(set([CELSIUS, 22.5]))).toEqual([
      { phase: "accepted", final: false },
      { phase: "done", final: true, ops: [{ path: CELSIUS, value: 22.5, target: 22.5 }] },
    ]);
    expect(car.read(CELSIUS)).toBe(22.5);
  });

  test("a window is accepted, tells how far it is, and is done only when it is there", () => {
    const car = startCar();
    const answers = car.run(set([WINDOW, 40]));
    car.pass(1_350);
    expect(phases(answers)).toEqual(["accepted", "progress", "progress"]);
    expect(answers[1]?.ops).toEqual([{ path: WINDOW, value: 14, target: 40 }]);
    car.pass(50);
    expect(answers.at(-1)).toEqual({ phase: "done", final: true, ops: [{ path: WINDOW, value: 40, target: 40 }] });
    car.pass(1_000);
    expect(answers).toHaveLength(4);
  });

  test("one command for two things is done when the slower one is", () => {
    const car = startCar();
    const answers = car.run(set([CELSIUS, 20], [WINDOW, 10]));
    expect(phases(answers)).toEqual(["accepted"]);
    car.pass(350);
    expect(phases(answers)).toEqual(["accepted", "done"]);
  });

  test("a newer wish ends the older one as cancelled", () => {
    const car = startCar();
    const older = car.run(set([WINDOW, 100]));
    car.pass(1_000);
    const newer = car.run(set([WINDOW, 0]));
    car.pass(1_000);
    expect(older.at(-1)).toMatchObject({ phase: "cancelled", final: true, error: { code: "CONFLICT" } });
    expect(newer.at(-1)).toMatchObject({ phase: "done", final: true });
  });

  test("the same wish twice is done twice", () => {
    const car = startCar();
    const first = car.run(set([WINDOW, 20]));
    const second = car.run(set([WINDOW, 20]));
    car.pass(1_000);
    expect([first.at(-1)?.phase, second.at(-1)?.phase]).toEqual(["done", "done"]);
  });

  test("a refusal comes alone and nothing has moved, not even the good half", () => {
    const car = startCar({ "Vehicle.Speed": 50 });
    const answers = car.run(set([CELSIUS, 25], [LOCK, false]));
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({
      phase: "rejected",
      final: true,
      error: { code: "PRECONDITION_FAILED", say: "not_while_driving" },
    });
    expect([car.read(CELSIUS), car.read(LOCK)]).toEqual([21, true]);
  });

  test("a colour is done whatever case it was written in", () => {
    const car = startCar();
    const path = "Vehicle.Cabin.Light.AmbientLight.Row1.DriverSide.Color";
    expect(phases(car.run(set([path, "#00ff7f"])))).toEqual(["accepted", "done"]);
    expect(car.read(path)).toBe("#00FF7F");
  });

  test("defrosting tells what else it changed", () => {
    const answers = startCar().run(set(["Vehicle.Cabin.HVAC.IsFrontDefrosterActive", true]));
    expect(answers.at(-1)?.effects).toEqual(
      expect.arrayContaining([
        { path: "Vehicle.Cabin.HVAC.IsAirConditioningActive", value: true, target: true },
        { path: "Vehicle.Cabin.HVAC.Station.Row1.Driver.FanSpeed", value: 60, target: 60 },
      ]),
    );
  });
});

describe("navigation", () => {
  test("starts by name", () => {
    const car = startCar();
    const answers = car.run(service("nav.start", { name: "the office" }));
    expect(phases(answers)).toEqual(["accepted", "done"]);
    expect(answers[1]?.result).toMatchObject({ name: "work", distanceM: expect.any(Number) as number });
    expect(car.read("Vehicle.Private.Navigation.DestinationName")).toBe("work");
  });

  test("starts by position", () => {
    const car = startCar();
    car.run(service("nav.start", { lat: 48.2, lon: 11.5 }));
    expect(car.read("Vehicle.Cabin.Infotainment.Navigation.DestinationSet.Latitude")).toBe(48.2);
  });

  test("is cancelled, also when there is none", () => {
    const car = startCar();
    car.run(service("nav.start", { name: "home" }));
    expect(phases(car.run(service("nav.cancel", {})))).toEqual(["accepted", "done"]);
    expect(phases(car.run(service("nav.cancel", {})))).toEqual(["accepted", "done"]);
    expect(car.read("Vehicle.Private.Navigation.IsGuidanceActive")).toBe(false);
  });

  test.for<[string, Record<string, unknown>, string]>([
    ["nav.start", { name: "Atlantis" }, "NOT_FOUND"],
    ["nav.start", {}, "BAD_REQUEST"],
    ["nav.start", { lat: 48.2 }, "BAD_REQUEST"],
    ["nav.start", { lat: 91, lon: 0 }, "BAD_REQUEST"],
    ["nav.start", { name: "x".repeat(200) }, "BAD_REQUEST"],
    ["phone.dial", { number: "112" }, "NOT_SUPPORTED"],
  ])("%s %o is rejected as %s", ([name, args, code]) => {
    expect(startCar().run(service(name, args))).toMatchObject([{ phase: "rejected", final: true, error: { code } }]);
  });
});
