import { type ByCorner, type Corner, everywhere, type Leaves, leavesByCorner } from "./leaf.ts";

export interface AmbientLight {
  readonly on: boolean;
  /** `#RRGGBB` */
  readonly colour: string;
  readonly intensityPercent: number;
}

export type Lights = ByCorner<AmbientLight>;

export function newLights(): Lights {
  return everywhere({ on: false, colour: "#FFFFFF", intensityPercent: 50 });
}

export const LIGHT_LEAVES: Leaves<Lights> = leavesByCorner((corner) => ({
  [`Vehicle.Cabin.Light.AmbientLight.${corner}.IsLightOn`]: {
    read: (state) => state[corner].on,
    place: (state, value) => withLight(state, corner, { on: value === true }),
  },
  [`Vehicle.Cabin.Light.AmbientLight.${corner}.Color`]: {
    read: (state) => state[corner].colour,
    place: (state, value) => withLight(state, corner, { colour: String(value).toUpperCase() }),
  },
  [`Vehicle.Cabin.Light.AmbientLight.${corner}.Intensity`]: {
    read: (state) => state[corner].intensityPercent,
    place: (state, value) => withLight(state, corner, { intensityPercent: Number(value) }),
  },
}));

function withLight(state: Lights, corner: Corner, change: Partial<AmbientLight>): Lights {
  return { ...state, [corner]: { ...state[corner], ...change } };
}
