import { type ByCorner, clamp, everywhere } from "./leaf.ts";

/** What the driver asked of one air vent. */
export interface Station {
  readonly celsius: number;
  readonly fanPercent: number;
}

/** One row of seats: its air, and everything the air warms (trim, seats, glass). */
export interface Zone {
  readonly airC: number;
  readonly massC: number;
}

export interface Cabin {
  readonly front: Zone;
  readonly rear: Zone;
  readonly stations: ByCorner<Station>;
  readonly airConditioning: boolean;
  readonly recirculation: boolean;
  readonly autoRecirculation: boolean;
  readonly frontDefroster: boolean;
  readonly rearDefroster: boolean;
  /** What heating, cooling and fans draw from the battery now, in watts. */
  readonly powerW: number;
}

export interface CabinSurroundings {
  readonly outsideC: number;
  readonly sunWm2: number;
  readonly speedKmh: number;
  /** False when the ignition is off: then no air is blown. */
  readonly powered: boolean;
  /** By row: how many people sit there and how far the windows are open (0 to 2: two windows). */
  readonly front: RowOfSeats;
  readonly rear: RowOfSeats;
}

export interface RowOfSeats {
  readonly occupants: number;
  readonly openWindows: number;
}

// A guess of half a car each, that cools from 35 °C to comfort in about ten minutes.
const AIR_J_PER_K = 50_000;
const MASS_J_PER_K = 60_000;
const SHELL_W_PER_K = 38;
const AIR_TO_MASS_W_PER_K = 75;
const BETWEEN_ROWS_W_PER_K = 40;
const OPEN_WINDOW_W_PER_K = 40;
const OCCUPANT_W = 80;
const GLASS_M2 = 0.8;
const SUN_TO_AIR = 0.3;
const AIR_HEAT_J_PER_KG_K = 1005;
const MAX_THERMAL_W = 3000;
const SUPPLY_MIN_C = 4;
const SUPPLY_MAX_C = 55;
/** How hard the supply air is made warmer or colder for each degree that the cabin is off. */
const SUPPLY_GAIN = 6;
const HEATING_COP = 2;
const COOLING_COP = 2.5;
const FAN_W = 120;
const REAR_DEFROSTER_W = 220;

export function newCabin(): Cabin {
  const zone = { airC: 20, massC: 20 };
  return {
    front: zone,
    rear: zone,
    stations: everywhere({ celsius: 21, fanPercent: 40 }),
    airConditioning: false,
    recirculation: false,
    autoRecirculation: false,
    frontDefroster: false,
    rearDefroster: false,
    powerW: 0,
  };
}

export function stepCabin(state: Cabin, dtS: number, around: CabinSurroundings): Cabin {
  const { stations } = state;
  const front = stationOfRow(stations["Row1.DriverSide"], stations["Row1.PassengerSide"]);
  const rear = stationOfRow(stations["Row2.DriverSide"], stations["Row2.PassengerSide"]);
  const frontW = around.powered ? ventilationW(state, state.front, front, around.outsideC) : 0;
  const rearW = around.powered ? ventilationW(state, state.rear, rear, around.outsideC) : 0;
  const powerW = around.powered
    ? electricW(state, state.front, front, around.outsideC) +
      electricW(state, state.rear, rear, around.outsideC) +
      (state.rearDefroster ? REAR_DEFROSTER_W : 0)
    : 0;
  return {
    ...state,
    front: stepZone(state.front, state.rear, frontW, dtS, around, around.front),
    rear: stepZone(state.rear, state.front, rearW, dtS, around, around.rear),
    recirculation: state.autoRecirculation ? wantsRecirculation(state, around.outsideC) : state.recirculation,
    powerW,
  };
}

function stationOfRow(left: Station, right: Station): Station {
  return { celsius: (left.celsius + right.celsius) / 2, fanPercent: (left.fanPercent + right.fanPercent) / 2 };
}

/** Two nodes: the air, which the vents, the shell, the windows and people work on, and the mass that follows it slowly. */
function stepZone(
  { airC, massC }: Zone,
  other: Zone,
  ventsW: number,
  dtS: number,
  { outsideC, sunWm2, speedKmh }: CabinSurroundings,
  row: RowOfSeats,
): Zone {
  const sunW = sunWm2 * GLASS_M2;
  const draughtWPerK = OPEN_WINDOW_W_PER_K * row.openWindows * (1 + speedKmh / 50);
  const airW =
    (SHELL_W_PER_K + draughtWPerK) * (outsideC - airC) +
    AIR_TO_MASS_W_PER_K * (massC - airC) +
    BETWEEN_ROWS_W_PER_K * (other.airC - airC) +
    SUN_TO_AIR * sunW +
    OCCUPANT_W * row.occupants +
    ventsW;
  const massW = AIR_TO_MASS_W_PER_K * (airC - massC) + (1 - SUN_TO_AIR) * sunW;
  return { airC: airC + (airW / AIR_J_PER_K) * dtS, massC: massC + (massW / MASS_J_PER_K) * dtS };
}

function massFlowKgS({ fanPercent }: Station): number {
  return fanPercent > 0 ? 0.012 + 0.00048 * fanPercent : 0;
}

/** The air that the vents draw in: the cabin's own, or the outside's. */
function inletC(state: Cabin, zone: Zone, outsideC: number): number {
  return state.recirculation ? zone.airC : outsideC;
}

/** What the heater (positive) or the air conditioning (negative) adds to the air on its way in, in watts. */
function conditioningW(state: Cabin, zone: Zone, station: Station, outsideC: number): number {
  const heatPerK = massFlowKgS(station) * AIR_HEAT_J_PER_KG_K;
  if (heatPerK === 0) return 0;
  const lossC = (SHELL_W_PER_K / heatPerK) * (station.celsius - outsideC);
  const correctionC = SUPPLY_GAIN * (station.celsius - zone.airC);
  const wantedC = clamp(station.celsius + lossC + correctionC, SUPPLY_MIN_C, SUPPLY_MAX_C);
  const wantedW = heatPerK * (wantedC - inletC(state, zone, outsideC));
  return clamp(wantedW, state.airConditioning ? -MAX_THERMAL_W : 0, MAX_THERMAL_W);
}

/** What the air from the vents brings into the zone, in watts. */
function ventilationW(state: Cabin, zone: Zone, station: Station, outsideC: number): number {
  const fromInletW = massFlowKgS(station) * AIR_HEAT_J_PER_KG_K * (inletC(state, zone, outsideC) - zone.airC);
  return fromInletW + conditioningW(state, zone, station, outsideC);
}

function electricW(state: Cabin, zone: Zone, station: Station, outsideC: number): number {
  const thermalW = conditioningW(state, zone, station, outsideC);
  const pumpW = thermalW >= 0 ? thermalW / HEATING_COP : -thermalW / COOLING_COP;
  return pumpW + FAN_W * (station.fanPercent / 100) ** 2;
}

/** Cool air that is already inside is cheaper to keep cool than hot air from outside. */
function wantsRecirculation({ airConditioning, frontDefroster, front }: Cabin, outsideC: number): boolean {
  return airConditioning && !frontDefroster && outsideC - front.airC > 3;
}
