import { draw, type RandomStream } from "../random.ts";
import { clamp, type Leaves, round } from "./leaf.ts";

/** VSS counts gears as numbers; these two are its words for Park and Drive. */
export const GEAR_PARK = 126;
export const GEAR_DRIVE = 127;

/** From `atMs` of simulated time on, the car heads for this speed (and, once it stands, this gear). */
export interface DrivePoint {
  readonly atMs: number;
  readonly speedKmh: number;
  readonly gear?: number;
}

export interface Drivetrain {
  readonly script: readonly DrivePoint[];
  readonly speedKmh: number;
  readonly accelerationMs2: number;
  readonly gear: number;
  readonly ignition: string;
  readonly odometerM: number;
  /** How far the driver's foot is off the speed wanted, in km/h. */
  readonly unsteadinessKmh: number;
  readonly random: RandomStream;
}

const MAX_ACCELERATION_MS2 = 2.5;
const MAX_BRAKING_MS2 = 3.5;
const MAX_UNSTEADINESS_KMH = 0.8;
const UNSTEADY_ABOVE_KMH = 10;

export function newDrivetrain(script: readonly DrivePoint[], random: RandomStream): Drivetrain {
  const parked = { speedKmh: 0, accelerationMs2: 0, gear: GEAR_PARK, ignition: "ON", odometerM: 12_482_300 };
  return { ...parked, script, unsteadinessKmh: 0, random };
}

export function stepDrivetrain(state: Drivetrain, dtS: number, timeMs: number): Drivetrain {
  const wanted = state.script.findLast(({ atMs }) => atMs <= timeMs);
  if (wanted === undefined) return coast(state, dtS, state.speedKmh);
  const [value, random] = draw(state.random);
  const unsteadinessKmh = clamp(
    state.unsteadinessKmh + (value - 0.5) * 0.04,
    -MAX_UNSTEADINESS_KMH,
    MAX_UNSTEADINESS_KMH,
  );
  const targetKmh = wanted.speedKmh + (wanted.speedKmh > UNSTEADY_ABOVE_KMH ? unsteadinessKmh : 0);
  return coast({ ...state, random, unsteadinessKmh, gear: gearFor(state, wanted) }, dtS, targetKmh);
}

/** A car that rolls is not put into Park, and one that is to move is in Drive unless the script says otherwise. */
function gearFor({ gear, speedKmh }: Drivetrain, wanted: DrivePoint): number {
  if (speedKmh > 0) return gear;
  return wanted.gear ?? (wanted.speedKmh > 0 ? GEAR_DRIVE : gear);
}

function coast(state: Drivetrain, dtS: number, targetKmh: number): Drivetrain {
  const wantedMs2 = (targetKmh - state.speedKmh) / 3.6 / dtS;
  const accelerationMs2 = clamp(wantedMs2, -MAX_BRAKING_MS2, MAX_ACCELERATION_MS2);
  const speedKmh = Math.max(0, state.speedKmh + accelerationMs2 * dtS * 3.6);
  const odometerM = state.odometerM + ((state.speedKmh + speedKmh) / 2 / 3.6) * dtS;
  return { ...state, speedKmh, accelerationMs2, odometerM };
}

export const DRIVETRAIN_LEAVES: Leaves<Drivetrain> = {
  "Vehicle.Speed": {
    read: ({ speedKmh }) => round(speedKmh, 1),
    place: (state, value) => ({ ...state, speedKmh: Number(value), gear: Number(value) > 0 ? GEAR_DRIVE : state.gear }),
  },
  "Vehicle.IsMoving": { read: ({ speedKmh }) => speedKmh > 0 },
  "Vehicle.Powertrain.Transmission.SelectedGear": {
    read: ({ gear }) => gear,
    place: (state, value) => ({ ...state, gear: Number(value) }),
  },
  "Vehicle.LowVoltageSystemState": {
    read: ({ ignition }) => ignition,
    place: (state, value) => ({ ...state, ignition: String(value) }),
  },
  "Vehicle.TraveledDistance": {
    read: ({ odometerM }) => Math.floor(odometerM),
    place: (state, value) => ({ ...state, odometerM: Number(value) }),
  },
};

/** VSS has the ignition in the low-voltage system's state: only ON and START power the comfort functions. */
export function ignitionIsOn({ ignition }: Drivetrain): boolean {
  return ignition === "ON" || ignition === "START";
}
