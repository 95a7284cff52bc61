import { PATHS } from "./paths.ts";
import type { VehicleSnapshot } from "./signal.ts";

/** Parked (in Park or ignition off), standing, moving below 20 km/h, moving faster. */
export const DRIVING_STATES = ["P", "S", "L", "M"] as const;
export type DrivingState = (typeof DRIVING_STATES)[number];

/** VSS numbers forward gears from 1, reverse from -1, neutral 0, Drive 127. */
const PARK = 126;
const LOW_SPEED_KMH = 20;
/** Wheel speed sensors do not read an exact zero. */
const STANDING_KMH = 0.5;

/** What the car is doing, or nothing when speed, or gear and ignition, are not valid: then nobody may guess. */
export function drivingState(vehicle: VehicleSnapshot): DrivingState | undefined {
  const speedKmh = validNumber(vehicle, PATHS.speed);
  if (speedKmh === undefined) return undefined;
  if (Math.abs(speedKmh) >= LOW_SPEED_KMH) return "M";
  if (Math.abs(speedKmh) >= STANDING_KMH) return "L";

  const gear = validNumber(vehicle, PATHS.gear);
  const ignition = vehicle.read(PATHS.ignition);
  const isOff = ignition.status === "valid" && (ignition.value === "OFF" || ignition.value === "LOCK");
  if (gear === PARK || isOff) return "P";
  return gear === undefined ? undefined : "S";
}

/** The value of a signal when it is a valid number, else nothing. */
export function validNumber(vehicle: VehicleSnapshot, path: string): number | undefined {
  const { status, value } = vehicle.read(path);
  return status === "valid" && typeof value === "number" ? value : undefined;
}
