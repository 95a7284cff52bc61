import { expect, test } from "vitest";

import {
  DRIVETRAIN_LEAVES,
  type DrivePoint,
  type Drivetrain,
  GEAR_DRIVE,
  GEAR_PARK,
  newDrivetrain,
  stepDrivetrain,
} from "../../../../vehicle-sim/components/drivetrain.ts";
import { randomStream } from "../../../../vehicle-sim/random.ts";

const STEP_S = 0.05;
function drive(script: readonly DrivePoint[], seconds: number): Drivetrain {
  const steps = Array.from({ length: Math.round(seconds / STEP_S) }, (_, index) => index * STEP_S * 1000);
  return steps.reduce(
    (state, timeMs) => stepDrivetrain(state, STEP_S, timeMs),
    newDrivetrain(script, randomStream(1, "d")),
  );
}
const read = (state: Drivetrain, path: string) => DRIVETRAIN_LEAVES[path]?.read(state);

test("speeds up at no more than 2.5 m/s²: 9 km/h a second", () => {
  expect(drive([{ atMs: 0, speedKmh: 50 }], 2).speedKmh).toBeCloseTo(18, 5);
});

test("arrives at the speed of the script and stays within a foot's unsteadiness", () => {
  const { speedKmh } = drive([{ atMs: 0, speedKmh: 50 }], 60);
  expect(Math.abs(speedKmh - 50)).toBeLessThan(1);
});

test("stays put until the script begins", () => {
  const parked = drive([{ atMs: 5_000, speedKmh: 30 }], 5);
  expect(read(parked, "Vehicle.Speed")).toBe(0);
  expect(read(parked, "Vehicle.IsMoving")).toBe(false);
  expect(read(parked, "Vehicle.Powertrain.Transmission.SelectedGear")).toBe(GEAR_PARK);
});

test("is put into Park only once it stands", () => {
  const script: readonly DrivePoint[] = [
    { atMs: 0, speedKmh: 36 },
    { atMs: 10_000, speedKmh: 0, gear: GEAR_PARK },
  ];
  const braking = drive(script, 11);
  expect(braking.speedKmh).toBeGreaterThan(0);
  expect(braking.gear).toBe(GEAR_DRIVE);
  const parked = drive(script, 20);
  expect(parked).toMatchObject({ speedKmh: 0, gear: GEAR_PARK });
});

test("counts the road: 10 s at 9 km/h are 25 m", () => {
  const script = [{ atMs: 0, speedKmh: 9 }];
  const ten = drive(script, 20);
  const twenty = drive(script, 30);
  expect(twenty.odometerM - ten.odometerM).toBeCloseTo(25, 5);
});
