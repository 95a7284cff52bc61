import type { SignalPath, SignalValue } from "../../src/vehicle/signal.ts";

/** One signal of a component: how it is read and, where that is possible, written. Values are checked before they come here. */
export interface Leaf<State> {
  readonly read: (state: State) => SignalValue;
  /** Puts it there at once: a start state, or somebody's hand. Absent when it follows from other signals. */
  readonly place?: (state: State, value: SignalValue) => State;
  /** What a command does, where that is more, or less, than placing the value. */
  readonly command?: (state: State, value: SignalValue) => State;
  /** Where it is heading, for what takes time to get there. */
  readonly target?: (state: State) => SignalValue;
}

/** The signals of one component. */
export type Leaves<State> = Readonly<Record<SignalPath, Leaf<State>>>;

/** The four corners of the cabin that doors, windows, seats, lights and air vents come in, as VSS spells them. */
export const CORNERS = ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"] as const;
export type Corner = (typeof CORNERS)[number];
export type ByCorner<T> = Readonly<Record<Corner, T>>;

/** The same for every corner. */
export function everywhere<T>(value: T): ByCorner<T> {
  return {
    "Row1.DriverSide": value,
    "Row1.PassengerSide": value,
    "Row2.DriverSide": value,
    "Row2.PassengerSide": value,
  };
}

/** Leaves that exist once for every corner. */
export function leavesByCorner<State>(leaves: (corner: Corner) => Leaves<State>): Leaves<State> {
  return Object.assign({}, ...CORNERS.map(leaves)) as Leaves<State>;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  // Adding zero turns -0 into 0: the two look alike on the wire and must be the same reading.
  return Math.round(value * factor) / factor + 0;
}
