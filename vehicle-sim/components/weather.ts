import { drawBetween, type RandomStream } from "../random.ts";
import { clamp, type Leaves, round } from "./leaf.ts";

export interface Weather {
  readonly airC: number;
  readonly humidityPercent: number;
  readonly rainPercent: number;
  readonly sunWm2: number;
  /** A passing breeze that moves the thermometer a little, in °C. */
  readonly gustC: number;
  readonly random: RandomStream;
}

const MAX_GUST_C = 0.5;
const GUST_C_PER_S = 0.02;

export function newWeather(random: RandomStream): Weather {
  return { airC: 15, humidityPercent: 60, rainPercent: 0, sunWm2: 300, gustC: 0, random };
}

export function stepWeather(state: Weather, dtS: number): Weather {
  const [change, random] = drawBetween(state.random, -GUST_C_PER_S, GUST_C_PER_S);
  return { ...state, random, gustC: clamp(state.gustC + change * dtS, -MAX_GUST_C, MAX_GUST_C) };
}

/** The temperature outside at this moment. */
export function outsideC({ airC, gustC }: Weather): number {
  return airC + gustC;
}

export const WEATHER_LEAVES: Leaves<Weather> = {
  "Vehicle.Exterior.AirTemperature": {
    read: (state) => round(outsideC(state), 1),
    place: (state, value) => ({ ...state, airC: Number(value), gustC: 0 }),
  },
  "Vehicle.Exterior.Humidity": {
    read: ({ humidityPercent }) => humidityPercent,
    place: (state, value) => ({ ...state, humidityPercent: Number(value) }),
  },
  "Vehicle.Body.Raindetection.Intensity": {
    read: ({ rainPercent }) => rainPercent,
    place: (state, value) => ({ ...state, rainPercent: Number(value), sunWm2: Number(value) > 0 ? 80 : state.sunWm2 }),
  },
};
