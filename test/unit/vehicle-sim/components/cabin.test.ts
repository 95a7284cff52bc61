import { describe, expect, test } from "vitest";

import { type Cabin, type CabinSurroundings, newCabin, stepCabin } from "../../../../vehicle-sim/components/cabin.ts";
import { CABIN_LEAVES } from "../../../../vehicle-sim/components/cabin-leaves.ts";

const HVAC = "Vehicle.Cabin.HVAC";
const empty = { occupants: 0, openWindows: 0 };
const mild: CabinSurroundings = {
  outsideC: 20,
  sunWm2: 0,
  speedKmh: 0,
  powered: true,
  front: { occupants: 1, openWindows: 0 },
  rear: empty,
};

const place = (cabin: Cabin, leaf: string, value: number | boolean): Cabin =>
  CABIN_LEAVES[`${HVAC}.${leaf}`]?.place?.(cabin, value) ?? cabin;
const command = (cabin: Cabin, leaf: string, value: number | boolean): Cabin => {
  const { command: act, place: put } = CABIN_LEAVES[`${HVAC}.${leaf}`] ?? {};
  return (act ?? put)?.(cabin, value) ?? cabin;
};
const set = (cabin: Cabin, celsius: number, fanPercent: number): Cabin =>
  ["Row1.Driver", "Row1.Passenger", "Row2.Driver", "Row2.Passenger"].reduce(
    (state, at) => place(place(state, `Station.${at}.Temperature`, celsius), `Station.${at}.FanSpeed`, fanPercent),
    cabin,
  );
const air = (cabin: Cabin): number => Number(CABIN_LEAVES[`${HVAC}.AmbientAirTemperature`]?.read(cabin));
function minutes(cabin: Cabin, count: number, around: CabinSurroundings): Cabin {
  return Array.from({ length: count * 60 }).reduce<Cabin>((state) => stepCabin(state, 1, around), cabin);
}

describe("the air of the cabin", () => {
  test("cools from 35 °C to comfort in some minutes on a hot day, with air conditioning", () => {
    const hot = { ...mild, outsideC: 30, sunWm2: 400 };
    const start = place(set(place(newCabin(), "AmbientAirTemperature", 35), 22, 100), "IsAirConditioningActive", true);
    expect(air(minutes(start, 2, hot))).toBeGreaterThan(25);
    expect(air(minutes(start, 20, hot))).toBeLessThan(24);
  });

  test("does not get cooler than outside without air conditioning", () => {
    const hot = { ...mild, outsideC: 30 };
    const start = set(place(newCabin(), "AmbientAirTemperature", 35), 18, 100);
    expect(air(minutes(start, 60, hot))).toBeGreaterThanOrEqual(30);
  });

  test("warms from frost to comfort in some minutes", () => {
    const cold = { ...mild, outsideC: -5 };
    const start = set(place(newCabin(), "AmbientAirTemperature", -5), 22, 80);
    expect(air(minutes(start, 1, cold))).toBeLessThan(12);
    const warm = air(minutes(start, 25, cold));
    expect(warm).toBeGreaterThan(19);
    expect(warm).toBeLessThan(23);
  });

  test("left alone goes to the temperature outside", () => {
    const off = { ...mild, outsideC: 5, powered: false, front: empty };
    expect(air(minutes(place(newCabin(), "AmbientAirTemperature", 25), 240, off))).toBeCloseTo(5, 0);
  });

  test("one step by hand: 38 W/K of shell at 10 K and an 80 W person, shared by 50 kJ/K of air", () => {
    const still = { ...set(newCabin(), 21, 0), recirculation: false };
    const { front, rear } = stepCabin(still, 1, { ...mild, outsideC: 10 });
    expect(front.airC - 20).toBeCloseTo((38 * -10 + 80) / 50_000, 9);
    expect(rear.airC - 20).toBeCloseTo((38 * -10) / 50_000, 9);
  });

  test("follows an open window, and faster on the move", () => {
    const open = { ...mild, outsideC: 5, front: { occupants: 1, openWindows: 2 } };
    const start = set(place(newCabin(), "AmbientAirTemperature", 22), 22, 20);
    const standing = air(minutes(start, 3, open));
    expect(standing).toBeLessThan(air(minutes(start, 3, { ...mild, outsideC: 5 })));
    expect(air(minutes(start, 3, { ...open, speedKmh: 100 }))).toBeLessThan(standing);
  });
});

describe("commands with side effects", () => {
  test("defrosting dries the air: fan up, air conditioning on, fresh air", () => {
    const stuffy = place(
      place(set(newCabin(), 21, 20), "IsRecirculationActive", true),
      "IsAirConditioningActive",
      false,
    );
    const cabin = command(stuffy, "IsFrontDefrosterActive", true);
    expect(cabin).toMatchObject({ frontDefroster: true, airConditioning: true, recirculation: false });
    expect(cabin.stations["Row1.DriverSide"].fanPercent).toBe(60);
    expect(cabin.stations["Row2.DriverSide"].fanPercent).toBe(20);
  });

  test("defrosting leaves a faster fan alone", () => {
    expect(
      command(set(newCabin(), 21, 80), "IsFrontDefrosterActive", true).stations["Row1.DriverSide"].fanPercent,
    ).toBe(80);
  });

  test("air conditioning needs some air; switching it off leaves the fan", () => {
    const cooling = command(set(newCabin(), 21, 0), "IsAirConditioningActive", true);
    expect(cooling.stations["Row1.PassengerSide"].fanPercent).toBe(20);
    expect(command(cooling, "IsAirConditioningActive", false).stations["Row1.PassengerSide"].fanPercent).toBe(20);
  });

  test("a hand on recirculation ends its automatic", () => {
    const automatic =
      CABIN_LEAVES["Vehicle.Private.HVAC.IsAutoRecirculationActive"]?.place?.(newCabin(), true) ?? newCabin();
    expect(command(automatic, "IsRecirculationActive", true)).toMatchObject({
      recirculation: true,
      autoRecirculation: false,
    });
  });
});
