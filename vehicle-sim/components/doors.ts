import { type ByCorner, everywhere, type Leaves, leavesByCorner } from "./leaf.ts";

export interface Door {
  readonly locked: boolean;
  readonly open: boolean;
}

export type Doors = ByCorner<Door>;

export function newDoors(): Doors {
  return everywhere({ locked: true, open: false });
}

export const DOOR_LEAVES: Leaves<Doors> = leavesByCorner((corner) => ({
  [`Vehicle.Cabin.Door.${corner}.IsLocked`]: {
    read: (state) => state[corner].locked,
    place: (state, value) => ({ ...state, [corner]: { ...state[corner], locked: value === true } }),
  },
  [`Vehicle.Cabin.Door.${corner}.IsOpen`]: {
    read: (state) => state[corner].open,
    // A door that stands open cannot be locked.
    place: (state, value) => ({
      ...state,
      [corner]: { open: value === true, locked: state[corner].locked && value !== true },
    }),
  },
}));
