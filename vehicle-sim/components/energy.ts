import { clamp, type Leaves, round } from "./leaf.ts";

/** What the battery and the road ask of this car. */
export interface EnergyData {
  readonly capacityKwh: number;
  readonly massKg: number;
  readonly dragAreaM2: number;
  readonly rollingResistance: number;
  /** Battery to wheel, and back when braking. */
  readonly efficiency: number;
  /** What the range starts from before the car has learnt its driver, in Wh/km. */
  readonly typicalWhPerKm: number;
}

export interface Energy {
  readonly data: EnergyData;
  readonly chargeWh: number;
  readonly powerW: number;
  readonly averageWhPerKm: number;
  readonly charging: boolean;
}

export interface EnergyLoad {
  readonly speedKmh: number;
  readonly accelerationMs2: number;
  readonly auxiliaryW: number;
}

const GRAVITY_MS2 = 9.81;
const AIR_KG_M3 = 1.2;
const ELECTRONICS_W = 250;
/** How much road the shown consumption looks back over. */
const AVERAGE_OVER_KM = 20;

export function newEnergy(data: EnergyData): Energy {
  const chargeWh = data.capacityKwh * 1000 * 0.75;
  return { data, chargeWh, powerW: 0, averageWhPerKm: data.typicalWhPerKm, charging: false };
}

/** Power at the battery for the road alone, in watts; negative while the motor brakes. */
export function roadLoadW(data: EnergyData, speedKmh: number, accelerationMs2: number): number {
  const v = speedKmh / 3.6;
  const rolling = v > 0 ? data.massKg * GRAVITY_MS2 * data.rollingResistance : 0;
  const wheelW = v * (data.massKg * accelerationMs2 + rolling + 0.5 * AIR_KG_M3 * data.dragAreaM2 * v * v);
  return wheelW >= 0 ? wheelW / data.efficiency : wheelW * data.efficiency;
}

export function stepEnergy(state: Energy, dtS: number, load: EnergyLoad): Energy {
  const { data } = state;
  const powerW = roadLoadW(data, load.speedKmh, load.accelerationMs2) + load.auxiliaryW + ELECTRONICS_W;
  const usedWh = (powerW * dtS) / 3600;
  const chargeWh = clamp(state.chargeWh - usedWh, 0, data.capacityKwh * 1000);
  const km = (load.speedKmh / 3600) * dtS;
  // An exponential average over the road driven; standing still burns charge but teaches nothing about the road.
  const averageWhPerKm =
    km > 0
      ? clamp(state.averageWhPerKm + (usedWh - state.averageWhPerKm * km) / AVERAGE_OVER_KM, 60, 600)
      : state.averageWhPerKm;
  return { ...state, powerW, chargeWh, averageWhPerKm };
}

/** The state of charge as the driver sees it, in percent. */
export function displayedSoc({ chargeWh, data }: Energy): number {
  return chargeWh / (data.capacityKwh * 10);
}

export const ENERGY_LEAVES: Leaves<Energy> = {
  "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed": {
    read: (state) => round(displayedSoc(state), 1),
    place: (state, value) => ({ ...state, chargeWh: Number(value) * state.data.capacityKwh * 10 }),
  },
  "Vehicle.Powertrain.TractionBattery.CurrentPower": {
    // VSS counts what flows into the battery as positive.
    read: ({ powerW }) => round(-powerW, 0),
  },
  "Vehicle.Powertrain.TractionBattery.Charging.IsCharging": {
    read: ({ charging }) => charging,
    place: (state, value) => ({ ...state, charging: value === true }),
  },
  "Vehicle.Powertrain.Range": {
    read: ({ chargeWh, averageWhPerKm }) => Math.floor((chargeWh / averageWhPerKm) * 10) * 100,
  },
};
