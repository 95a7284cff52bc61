import { expect, test } from "vitest";

import {
  displayedSoc,
  ENERGY_LEAVES,
  newEnergy,
  roadLoadW,
  stepEnergy,
} from "../../../../vehicle-sim/components/energy.ts";

const car = {
  capacityKwh: 50,
  massKg: 1_500,
  dragAreaM2: 0.6,
  rollingResistance: 0.01,
  efficiency: 0.9,
  typicalWhPerKm: 160,
};
const RANGE = "Vehicle.Powertrain.Range";
const SOC = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed";

test("road load at a steady 90 km/h, by hand", () => {
  // 25 m/s: rolling 1,500 · 9.81 · 0.01 = 147.15 N; drag ½ · 1.2 · 0.6 · 625 = 225 N; 25 · 372.15 / 0.9 = 10,337.5 W.
  expect(roadLoadW(car, 90, 0)).toBeCloseTo(10_337.5, 1);
});

test("braking gives some of it back, standing costs nothing", () => {
  expect(roadLoadW(car, 90, -2)).toBeLessThan(0);
  expect(roadLoadW(car, 90, -2)).toBeGreaterThan(-25 * 1_500 * 2);
  expect(roadLoadW(car, 0, 0)).toBe(0);
});

test("an hour at 90 km/h takes what the road and the electronics ask", () => {
  const start = newEnergy(car);
  const load = { speedKmh: 90, accelerationMs2: 0, auxiliaryW: 0 };
  const after = Array.from({ length: 3_600 }).reduce<typeof start>((state) => stepEnergy(state, 1, load), start);
  expect(start.chargeWh - after.chargeWh).toBeCloseTo(10_337.5 + 250, 0);
  // (10,337.5 + 250) W at 90 km/h is 117.6 Wh/km; of the 42.4 it was off, e^(−90/20) is left.
  expect(after.averageWhPerKm).toBeCloseTo(117.64 + (160 - 117.64) * Math.exp(-90 / 20), 1);
  expect(ENERGY_LEAVES[RANGE]?.read(after)).toBe(Math.floor((after.chargeWh / after.averageWhPerKm) * 10) * 100);
});

test("an empty battery stays at zero", () => {
  const empty = ENERGY_LEAVES[SOC]?.place?.(newEnergy(car), 0) ?? newEnergy(car);
  const after = stepEnergy(empty, 60, { speedKmh: 50, accelerationMs2: 0, auxiliaryW: 2_000 });
  expect(displayedSoc(after)).toBe(0);
  expect(ENERGY_LEAVES[RANGE]?.read(after)).toBe(0);
});

test("a placed state of charge is the one that is shown", () => {
  const placed = ENERGY_LEAVES[SOC]?.place?.(newEnergy(car), 42.5) ?? newEnergy(car);
  expect(ENERGY_LEAVES[SOC]?.read(placed)).toBe(42.5);
});
