import { concatMap, from, map, type OperatorFunction, scan } from "rxjs";

import { drivingState } from "./driving-state.ts";
import {
  doorLockedPath,
  doorOpenPath,
  fanPath,
  PATHS,
  SEATS,
  type Seat,
  temperaturePath,
  windowPath,
} from "./paths.ts";
import type { SignalPath, VehicleSnapshot } from "./signal.ts";

/** One thing a language model should know of the car. A newer text under the same key replaces the older one. */
export interface ContextEntry {
  readonly key: string;
  readonly text: string;
}

const SEAT_NAMES: Readonly<Record<Seat, string>> = {
  driver: "driver",
  passenger: "passenger",
  rear_left: "rear left",
  rear_right: "rear right",
};

/** The state of the car in a few short lines, rounded so that a line only changes when it matters. */
export function toContext(vehicle: VehicleSnapshot): readonly ContextEntry[] {
  return [
    { key: "driving", text: driving(vehicle) },
    { key: "climate", text: climate(vehicle) },
    { key: "outside", text: outside(vehicle) },
    { key: "windows", text: windows(vehicle) },
    { key: "doors", text: doors(vehicle) },
    { key: "energy", text: energy(vehicle) },
    { key: "route", text: route(vehicle) },
  ];
}

/** Emits an entry when its text changes, and every entry once at the start. */
export function contextChanges(): OperatorFunction<VehicleSnapshot, ContextEntry> {
  return (snapshots$) =>
    snapshots$.pipe(
      map(toContext),
      scan(
        ({ known }: { known: readonly ContextEntry[]; changed: readonly ContextEntry[] }, now) => ({
          known: now,
          changed: now.filter(({ text }, index) => text !== known[index]?.text),
        }),
        { known: [], changed: [] },
      ),
      concatMap(({ changed }) => from(changed)),
    );
}

const UNKNOWN = "unknown";
/** Names come from outside: long enough for a place, too short for a story. */
const MAX_NAME_LENGTH = 60;

/** The value as text when it is valid; else `unknown`, never an old value that looks new. */
function told(vehicle: VehicleSnapshot, path: SignalPath, say: (value: number) => string): string {
  const { status, value } = vehicle.read(path);
  return status === "valid" && typeof value === "number" ? say(value) : UNKNOWN;
}

function onOff(vehicle: VehicleSnapshot, path: SignalPath): string {
  const { status, value } = vehicle.read(path);
  if (status !== "valid") return UNKNOWN;
  return value === true ? "on" : "off";
}

function driving(vehicle: VehicleSnapshot): string {
  switch (drivingState(vehicle)) {
    case undefined:
      return "It is unknown whether the car moves.";
    case "P":
      return "The car is parked.";
    case "S":
      return "The car stands still, not in Park.";
    default:
      return `The car drives at about ${told(vehicle, PATHS.speed, (kmh) => `${Math.round(kmh / 10) * 10} km/h`)}.`;
  }
}

function climate(vehicle: VehicleSnapshot): string {
  const degrees = (value: number) => `${value} °C`;
  return [
    `Cabin ${told(vehicle, PATHS.cabinTemperature, (value) => degrees(Math.round(value)))}`,
    `set to ${told(vehicle, temperaturePath("driver"), degrees)} (driver), ${told(vehicle, temperaturePath("passenger"), degrees)} (passenger)`,
    `fan ${told(vehicle, fanPath("driver"), (percent) => `${percent} %`)}`,
    `air conditioning ${onOff(vehicle, PATHS.airConditioning)}.`,
  ].join(", ");
}

function outside(vehicle: VehicleSnapshot): string {
  const rain = told(vehicle, PATHS.rain, (percent) => (percent > 0 ? "raining" : "dry"));
  return `Outside ${told(vehicle, PATHS.outsideTemperature, (value) => `${Math.round(value)} °C`)}, ${rain}.`;
}

function windows(vehicle: VehicleSnapshot): string {
  const position = (seat: Seat) =>
    told(vehicle, windowPath(seat), (percent) => `${Math.round(percent / 5) * 5} % open`);
  return `Windows: ${perSeat(position)}.`;
}

function doors(vehicle: VehicleSnapshot): string {
  const door = (seat: Seat) => {
    const open = vehicle.read(doorOpenPath(seat));
    const locked = vehicle.read(doorLockedPath(seat));
    if (open.status === "valid" && open.value === true) return "open";
    if (locked.status !== "valid") return UNKNOWN;
    return locked.value === true ? "locked" : "unlocked";
  };
  return `Doors: ${perSeat(door)}.`;
}

function energy(vehicle: VehicleSnapshot): string {
  const charge = told(vehicle, PATHS.charge, (percent) => `${Math.round(percent)} %`);
  const range = told(vehicle, PATHS.range, (metres) => `${Math.round(metres / 10_000) * 10} km`);
  return `Battery ${charge}, range about ${range}.`;
}

function route(vehicle: VehicleSnapshot): string {
  const guidance = vehicle.read(PATHS.guidance);
  const destination = vehicle.read(PATHS.destination);
  if (guidance.status !== "valid") return "Route guidance unknown.";
  return guidance.value === true && destination.status === "valid"
    ? `Route guidance to ${String(destination.value).slice(0, MAX_NAME_LENGTH)}.`
    : "No route guidance.";
}

/** "all closed" rather than four times "closed". */
function perSeat(say: (seat: Seat) => string): string {
  const first = say(SEATS[0]);
  if (SEATS.every((seat) => say(seat) === first)) return `all ${first}`;
  return SEATS.map((seat) => `${SEAT_NAMES[seat]} ${say(seat)}`).join(", ");
}
