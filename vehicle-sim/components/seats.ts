import { type ByCorner, CORNERS, type Corner, everywhere, type Leaves, leavesByCorner } from "./leaf.ts";

export interface Seat {
  /** Percent of full heat; negative would cool. */
  readonly heatPercent: number;
  readonly occupancy: string;
}

export type Seats = ByCorner<Seat>;

const FULL_HEAT_W = 60;

export function newSeats(): Seats {
  const empty = { heatPercent: 0, occupancy: "EMPTY" };
  return { ...everywhere(empty), "Row1.DriverSide": { ...empty, occupancy: "OCCUPIED" } };
}

export function seatsPowerW(state: Seats): number {
  return CORNERS.reduce((sum, corner) => sum + (Math.abs(state[corner].heatPercent) / 100) * FULL_HEAT_W, 0);
}

/** How many people sit in a row. */
export function occupantsOf(state: Seats, row: 1 | 2): number {
  return CORNERS.filter((corner) => corner.startsWith(`Row${row}`) && state[corner].occupancy === "OCCUPIED").length;
}

export const SEAT_LEAVES: Leaves<Seats> = leavesByCorner((corner) => ({
  [`Vehicle.Cabin.Seat.${corner}.HeatingCooling`]: {
    read: (state) => state[corner].heatPercent,
    place: (state, value) => withSeat(state, corner, { heatPercent: Number(value) }),
  },
  [`Vehicle.Cabin.Seat.${corner}.OccupancyStatus`]: {
    read: (state) => state[corner].occupancy,
    place: (state, value) => withSeat(state, corner, { occupancy: String(value) }),
  },
}));

function withSeat(state: Seats, corner: Corner, change: Partial<Seat>): Seats {
  return { ...state, [corner]: { ...state[corner], ...change } };
}
