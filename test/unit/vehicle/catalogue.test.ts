import { describe, expect, test } from "vitest";

import { SIGNALS, validateValue, validateWrite } from "../../../src/vehicle/catalogue.ts";
import * as paths from "../../../src/vehicle/paths.ts";

const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const GEAR = "Vehicle.Powertrain.Transmission.SelectedGear";

describe("validateValue", () => {
  test.for<[string, unknown, string]>([
    [WINDOW, 0, "ok"],
    [WINDOW, 100, "ok"],
    [WINDOW, 101, "OUT_OF_RANGE"],
    [WINDOW, -1, "OUT_OF_RANGE"],
    [WINDOW, 12.5, "TYPE_MISMATCH"],
    [WINDOW, "50", "TYPE_MISMATCH"],
    [WINDOW, Number.NaN, "TYPE_MISMATCH"],
    [WINDOW, Number.POSITIVE_INFINITY, "TYPE_MISMATCH"],
    [WINDOW, null, "TYPE_MISMATCH"],
    [WINDOW, { value: 1 }, "TYPE_MISMATCH"],
    [WINDOW, [1], "TYPE_MISMATCH"],
    [GEAR, 126, "ok"],
    [GEAR, 128, "OUT_OF_RANGE"],
    ["Vehicle.Speed", 87.3, "ok"],
    ["Vehicle.Speed", 1e9, "ok"],
    ["Vehicle.Body.Raindetection.Intensity", -1, "OUT_OF_RANGE"],
    ["Vehicle.Cabin.HVAC.IsAirConditioningActive", 1, "TYPE_MISMATCH"],
    ["Vehicle.Cabin.HVAC.IsAirConditioningActive", false, "ok"],
    ["Vehicle.LowVoltageSystemState", "ON", "ok"],
    ["Vehicle.LowVoltageSystemState", "MAYBE", "OUT_OF_RANGE"],
    ["Vehicle.Private.Navigation.DestinationName", "home", "ok"],
    ["Vehicle.Private.Navigation.DestinationName", "x".repeat(1_025), "OUT_OF_RANGE"],
    ["Vehicle.Private.Navigation.DestinationName", 7, "TYPE_MISMATCH"],
    ["Vehicle.Cabin.Sunroof.Position", 10, "NOT_FOUND"],
    ["__proto__", 1, "NOT_FOUND"],
    ["constructor", 1, "NOT_FOUND"],
  ])("%s = %o: %s", ([path, value, expected]) => {
    const check = validateValue(path, value);
    expect(check.ok ? "ok" : check.code).toBe(expected);
  });

  test("names the path, what it takes and what came", () => {
    expect(validateValue(WINDOW, 130)).toMatchObject({ detail: `${WINDOW} takes 0 to 100, not 130` });
    expect(validateValue("Vehicle.LowVoltageSystemState", "MAYBE")).toMatchObject({
      detail: expect.stringContaining('one of UNDEFINED, LOCK, OFF, ACC, ON, START, not "MAYBE"') as string,
    });
  });

  test("never repeats a long culprit", () => {
    const check = validateValue("x".repeat(10_000), 1);
    expect(check.ok ? "" : check.detail.length).toBeLessThan(100);
  });

  test("a car may be narrower than the standard", () => {
    const narrow = { type: "actuator", datatype: "float", min: 18, max: 26 } as const;
    const path = paths.temperaturePath("driver");
    expect(validateValue(path, 17)).toEqual({ ok: true });
    expect(validateValue(path, 17, narrow)).toMatchObject({ code: "OUT_OF_RANGE" });
  });

  test("only actuators can be written", () => {
    expect(validateWrite("Vehicle.Speed", 0)).toMatchObject({ code: "READ_ONLY" });
    expect(validateWrite(WINDOW, 30)).toEqual({ ok: true });
    expect(validateWrite("Vehicle.Nothing", 30)).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("the catalogue", () => {
  test("every entry is usable", () => {
    for (const [path, entry] of Object.entries(SIGNALS)) {
      expect(path).toMatch(/^Vehicle(\.[A-Za-z0-9]+)+$/);
      expect(["sensor", "actuator", "attribute"]).toContain(entry.type);
      expect(["boolean", "string", "float", "double", "int8", "uint8", "uint16", "uint32"]).toContain(entry.datatype);
    }
  });

  test("has every path that the code names", () => {
    const named = [
      ...Object.values(paths.PATHS),
      ...paths.TYRES.map(({ path }) => path),
      ...paths.SEATS.flatMap((seat) => [
        paths.temperaturePath(seat),
        paths.fanPath(seat),
        paths.windowPath(seat),
        paths.doorLockedPath(seat),
        paths.doorOpenPath(seat),
        paths.seatHeatPath(seat),
        paths.occupancyPath(seat),
        paths.ambientLightPath(seat, "IsLightOn"),
        paths.ambientLightPath(seat, "Color"),
        paths.ambientLightPath(seat, "Intensity"),
      ]),
    ];
    expect(named.filter((path) => !Object.hasOwn(SIGNALS, path))).toEqual([]);
  });
});

describe("seats", () => {
  test.for<[string, string | undefined]>([
    [paths.temperaturePath("passenger"), "passenger"],
    [paths.windowPath("rear_left"), "rear_left"],
    [paths.occupancyPath("rear_right"), "rear_right"],
    ["Row1.DriverSide", "driver"],
    ["Row1.PassengerSide", "passenger"],
    ["unknown", undefined],
    [paths.PATHS.airConditioning, undefined],
    ["Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure", undefined],
  ])("%s belongs to %s", ([path, seat]) => expect(paths.seatOfPath(path)).toBe(seat));

  test.for<[paths.Zone, readonly paths.Seat[]]>([
    ["all", ["driver", "passenger", "rear_left", "rear_right"]],
    ["front", ["driver", "passenger"]],
    ["rear", ["rear_left", "rear_right"]],
    ["passenger", ["passenger"]],
  ])("%s is %o", ([zone, seats]) => expect(paths.seatsOf(zone)).toEqual(seats));

  test("a seat is named to the car by its side", () => expect(paths.sideOf("rear_left")).toBe("Row2.DriverSide"));
});
