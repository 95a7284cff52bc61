import { type ByCorner, CORNERS, type Corner, everywhere, type Leaves, leavesByCorner } from "./leaf.ts";

/** 0 is closed, 100 open. */
export interface Window {
  readonly position: number;
  readonly target: number;
}

export type Windows = ByCorner<Window>;

/** From closed to open, or back. */
export const FULL_TRAVEL_S = 3.5;
const PERCENT_PER_S = 100 / FULL_TRAVEL_S;

export function newWindows(): Windows {
  return everywhere({ position: 0, target: 0 });
}

export function stepWindows(state: Windows, dtS: number): Windows {
  if (CORNERS.every((corner) => state[corner].position === state[corner].target)) return state;
  const moved = CORNERS.map((corner) => [corner, moveWindow(state[corner], dtS)]);
  return Object.fromEntries(moved) as Windows;
}

function moveWindow({ position, target }: Window, dtS: number): Window {
  const reach = PERCENT_PER_S * dtS;
  const left = target - position;
  return { target, position: Math.abs(left) <= reach ? target : position + Math.sign(left) * reach };
}

/** How far the two windows of a row are open together: 0 to 2. */
export function openWindows(state: Windows, row: 1 | 2): number {
  const sides: readonly [Corner, Corner] =
    row === 1 ? ["Row1.DriverSide", "Row1.PassengerSide"] : ["Row2.DriverSide", "Row2.PassengerSide"];
  return (state[sides[0]].position + state[sides[1]].position) / 100;
}

export const WINDOW_LEAVES: Leaves<Windows> = leavesByCorner((corner) => ({
  [`Vehicle.Cabin.Door.${corner}.Window.Position`]: {
    read: (state) => shownPosition(state[corner]),
    target: (state) => state[corner].target,
    place: (state, value) => ({ ...state, [corner]: { position: Number(value), target: Number(value) } }),
    command: (state, value) => ({ ...state, [corner]: { ...state[corner], target: Number(value) } }),
  },
}));

/** A whole number, and never the target before it is really there. */
function shownPosition({ position, target }: Window): number {
  if (position === target) return target;
  return position < target ? Math.floor(position) : Math.ceil(position);
}
