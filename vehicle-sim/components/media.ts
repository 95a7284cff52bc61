import type { Leaves } from "./leaf.ts";

export interface Media {
  readonly volumePercent: number;
}

export function newMedia(): Media {
  return { volumePercent: 30 };
}

export const MEDIA_LEAVES: Leaves<Media> = {
  "Vehicle.Cabin.Infotainment.Media.Volume": {
    read: ({ volumePercent }) => volumePercent,
    place: (state, value) => ({ ...state, volumePercent: Number(value) }),
  },
};
