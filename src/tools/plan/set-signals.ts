import type { CommandTiming, SetOperation } from "../../vehicle/command.ts";
import type { Seat, Zone } from "../../vehicle/paths.ts";
import { seatsOf } from "../../vehicle/paths.ts";
import type { SignalPath, VehicleSnapshot } from "../../vehicle/signal.ts";
import type { Plan, Wording } from "../tool.ts";

/** Temperatures are floats; a car that says 21.499 means 21.5. */
const SAME = 0.05;

/** Plans the writes that are still needed, or the answer that nothing is: `already`. */
export function setSignals(
  vehicle: VehicleSnapshot,
  ops: readonly SetOperation[],
  { already, ...wording }: Wording & { readonly already: string },
  timing: CommandTiming = {},
): Plan {
  const needed = ops.filter((op) => !holds(vehicle, op));
  if (needed.length === 0) return { type: "answer", say: already };
  return { type: "command", command: { type: "set-signals", ops: needed, ...timing }, wording };
}

/** True when the car is known to be so already. */
export function holds(vehicle: VehicleSnapshot, { path, value }: SetOperation): boolean {
  const reading = vehicle.read(path);
  if (reading.status !== "valid") return false;
  if (typeof value === "number" && typeof reading.value === "number") return Math.abs(value - reading.value) < SAME;
  return reading.value === value;
}

/**
 * The seats of a zone. Of a group only those that this car has told us of, so that "everywhere" also works in a car
 * with two climate zones; a single seat, or a group nothing is known of, is taken as asked.
 */
export function seatsHere(zone: Zone, vehicle: VehicleSnapshot, path: (seat: Seat) => SignalPath): readonly Seat[] {
  const seats = seatsOf(zone);
  const known = seats.filter((seat) => vehicle.read(path(seat)).status !== "unavailable");
  return known.length > 0 ? known : seats;
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
