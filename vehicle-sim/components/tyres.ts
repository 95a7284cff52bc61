import { type Leaves, round } from "./leaf.ts";

export const WHEELS = ["Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right"] as const;
export type Wheel = (typeof WHEELS)[number];

export interface Tyres {
  /** Cold pressures, in kPa. */
  readonly coldKpa: Readonly<Record<Wheel, number>>;
  /** What driving has added by warming them, in kPa. */
  readonly warmthKpa: number;
}

const WARM_KPA_AT_100_KMH = 18;
const WARMING_S = 900;

export function newTyres(): Tyres {
  const coldKpa = { "Row1.Wheel.Left": 240, "Row1.Wheel.Right": 239, "Row2.Wheel.Left": 236, "Row2.Wheel.Right": 237 };
  return { coldKpa, warmthKpa: 0 };
}

export function stepTyres(state: Tyres, dtS: number, speedKmh: number): Tyres {
  const goalKpa = (Math.min(speedKmh, 140) / 100) * WARM_KPA_AT_100_KMH;
  return { ...state, warmthKpa: state.warmthKpa + ((goalKpa - state.warmthKpa) / WARMING_S) * dtS };
}

export const TYRE_LEAVES: Leaves<Tyres> = Object.assign({}, ...WHEELS.map(pressureLeaf)) as Leaves<Tyres>;

function pressureLeaf(wheel: Wheel): Leaves<Tyres> {
  return {
    [`Vehicle.Chassis.Axle.${wheel}.Tire.Pressure`]: {
      read: ({ coldKpa, warmthKpa }) => round(coldKpa[wheel] + warmthKpa, 0),
      place: (state, value) => ({ ...state, warmthKpa: 0, coldKpa: { ...state.coldKpa, [wheel]: Number(value) } }),
    },
  };
}
