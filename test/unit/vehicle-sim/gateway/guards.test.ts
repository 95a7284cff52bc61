import { describe, expect, test } from "vitest";

import type { SetOperation } from "../../../../src/vehicle/command.ts";
import type { SignalValue } from "../../../../src/vehicle/signal.ts";
import { refusalOf } from "../../../../vehicle-sim/gateway/guards.ts";
import { catalogueOf, loadProfile } from "../../../../vehicle-sim/profile.ts";
import { createWorld } from "../../../../vehicle-sim/world.ts";

const profile = loadProfile("hatchback-ev");
const catalogue = catalogueOf(profile);
const LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked";
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const CELSIUS = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature";
const AC = "Vehicle.Cabin.HVAC.IsAirConditioningActive";
const DEFROST = "Vehicle.Cabin.HVAC.IsFrontDefrosterActive";
const SEAT = "Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling";
const COLOUR = "Vehicle.Cabin.Light.AmbientLight.Row1.DriverSide.Color";
const SPEED = "Vehicle.Speed";
const IGNITION = "Vehicle.LowVoltageSystemState";
const SOC = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed";

function judge(ops: readonly SetOperation[], start: Readonly<Record<string, SignalValue>> = {}) {
  return refusalOf(createWorld({ seed: 1, energy: profile.energy, start }), catalogue, ops);
}

describe("the car's own rules", () => {
  test.for<[string, SetOperation, Record<string, SignalValue>, string | undefined]>([
    ["unlocking while it stands", { path: LOCK, value: false }, {}, undefined],
    ["unlocking at walking pace", { path: LOCK, value: false }, { [SPEED]: 4 }, "not_while_driving"],
    ["unlocking on the motorway", { path: LOCK, value: false }, { [SPEED]: 130 }, "not_while_driving"],
    ["locking on the motorway", { path: LOCK, value: true }, { [SPEED]: 130 }, undefined],
    ["a window with the ignition off", { path: WINDOW, value: 50 }, { [IGNITION]: "OFF" }, "ignition_off"],
    ["heating with the ignition off", { path: CELSIUS, value: 22 }, { [IGNITION]: "LOCK" }, "ignition_off"],
    ["locking with the ignition off", { path: LOCK, value: true }, { [IGNITION]: "OFF" }, undefined],
    ["seat heat on an empty battery", { path: SEAT, value: 67 }, { [SOC]: 4 }, "battery_low"],
    ["seat heat off on an empty battery", { path: SEAT, value: 0 }, { [SOC]: 4 }, undefined],
    ["air conditioning on an empty battery", { path: AC, value: true }, { [SOC]: 4 }, "battery_low"],
    ["defrosting on an empty battery", { path: DEFROST, value: true }, { [SOC]: 4 }, undefined],
  ])("%s", ([, op, start, say]) => {
    const refusal = judge([op], start);
    expect(refusal?.say).toBe(say);
    expect(refusal?.code).toBe(say === undefined ? undefined : "PRECONDITION_FAILED");
  });
});

describe("what does not fit this car", () => {
  test.for<[string, SetOperation, string]>([
    ["a path that VSS does not have", { path: "Vehicle.Cabin.Jacuzzi", value: true }, "NOT_FOUND"],
    ["a path of Object.prototype", { path: "constructor", value: true }, "NOT_FOUND"],
    ["a sensor", { path: SPEED, value: 0 }, "READ_ONLY"],
    ["the gear", { path: "Vehicle.Powertrain.Transmission.SelectedGear", value: 126 }, "READ_ONLY"],
    ["a door to be opened", { path: "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen", value: true }, "READ_ONLY"],
    ["text for a number", { path: WINDOW, value: "open" }, "TYPE_MISMATCH"],
    ["not a number", { path: CELSIUS, value: Number.NaN }, "TYPE_MISMATCH"],
    ["more than open", { path: WINDOW, value: 101 }, "OUT_OF_RANGE"],
    ["hotter than the heater", { path: CELSIUS, value: 28.5 }, "OUT_OF_RANGE"],
    ["a third of a degree", { path: CELSIUS, value: 21.3 }, "OUT_OF_RANGE"],
    ["a seat to be cooled", { path: SEAT, value: -30 }, "OUT_OF_RANGE"],
    ["a colour by name", { path: COLOUR, value: "blue" }, "OUT_OF_RANGE"],
    ["a condition that does not hold", { path: WINDOW, value: 10, if: { value: 50 } }, "CONFLICT"],
  ])("%s", ([, op, code]) => {
    expect(judge([op])?.code).toBe(code);
  });

  test("a function left out of the profile", () => {
    const bare = catalogueOf({
      ...profile,
      capabilities: { ...profile.capabilities, without: ["Vehicle.Cabin.Seat.*.*.HeatingCooling"] },
    });
    const world = createWorld({ seed: 1, energy: profile.energy });
    expect(refusalOf(world, bare, [{ path: SEAT, value: 0 }])?.code).toBe("NOT_SUPPORTED");
  });

  test("no operation, too many, or one path twice", () => {
    expect(judge([])?.code).toBe("BAD_REQUEST");
    expect(judge(Array.from({ length: 33 }, () => ({ path: WINDOW, value: 0 })))?.code).toBe("BAD_REQUEST");
    expect(
      judge([
        { path: WINDOW, value: 0 },
        { path: WINDOW, value: 9 },
      ])?.code,
    ).toBe("BAD_REQUEST");
  });

  test("one bad operation spoils them all", () => {
    expect(
      judge([
        { path: WINDOW, value: 20 },
        { path: CELSIUS, value: 99 },
      ])?.detail,
    ).toContain("99");
  });
});
