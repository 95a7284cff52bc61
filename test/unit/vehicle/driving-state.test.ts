import { expect, test } from "vitest";

import { type DrivingState, drivingState } from "../../../src/vehicle/driving-state.ts";
import { PATHS } from "../../../src/vehicle/paths.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

const PARK = 126;
const DRIVE = 127;

test.for<[string, Known, DrivingState | undefined]>([
  ["in Park", { [PATHS.speed]: 0, [PATHS.gear]: PARK, [PATHS.ignition]: "ON" }, "P"],
  ["ignition off, whatever the gear", { [PATHS.speed]: 0, [PATHS.gear]: 0, [PATHS.ignition]: "OFF" }, "P"],
  ["ignition off, gear unknown", { [PATHS.speed]: 0, [PATHS.ignition]: "LOCK" }, "P"],
  ["waiting at a light", { [PATHS.speed]: 0, [PATHS.gear]: DRIVE, [PATHS.ignition]: "ON" }, "S"],
  ["a sensor that never reads zero", { [PATHS.speed]: 0.4, [PATHS.gear]: PARK }, "P"],
  ["rolling in Park", { [PATHS.speed]: 3, [PATHS.gear]: PARK, [PATHS.ignition]: "OFF" }, "L"],
  ["just below 20", { [PATHS.speed]: 19.9 }, "L"],
  ["at 20", { [PATHS.speed]: 20 }, "M"],
  ["fast in reverse, if a car counts so", { [PATHS.speed]: -25 }, "M"],
  ["stale speed", { [PATHS.speed]: reading(0, "stale"), [PATHS.gear]: PARK }, undefined],
  ["no speed", { [PATHS.gear]: PARK }, undefined],
  ["speed sensor broken", { [PATHS.speed]: reading(0, "fault"), [PATHS.gear]: PARK }, undefined],
  [
    "stale gear, ignition on",
    { [PATHS.speed]: 0, [PATHS.gear]: reading(PARK, "stale"), [PATHS.ignition]: "ON" },
    undefined,
  ],
  ["stale gear and stale ignition", { [PATHS.speed]: 0, [PATHS.ignition]: reading("OFF", "stale") }, undefined],
])("%s", ([, known, expected]) => expect(drivingState(snapshotOf(known))).toBe(expected));
