import type { SignalPath } from "../../src/vehicle/signal.ts";
import type { Cabin, Station } from "./cabin.ts";
import { type Corner, type Leaf, type Leaves, leavesByCorner, round } from "./leaf.ts";

const HVAC = "Vehicle.Cabin.HVAC";
const DEFROST_FAN_PERCENT = 60;
const LEAST_FAN_PERCENT = 20;

export const CABIN_LEAVES: Leaves<Cabin> = {
  [`${HVAC}.AmbientAirTemperature`]: {
    read: ({ front, rear }) => round((front.airC + rear.airC) / 2, 1),
    place: (state, value) => {
      const zone = { airC: Number(value), massC: Number(value) };
      return { ...state, front: zone, rear: zone };
    },
  },
  [`${HVAC}.IsAirConditioningActive`]: {
    ...toggle("airConditioning"),
    command: (state, value) =>
      value === true ? blowing({ ...state, airConditioning: true }) : { ...state, airConditioning: false },
  },
  [`${HVAC}.IsRecirculationActive`]: {
    ...toggle("recirculation"),
    command: (state, value) => ({ ...state, recirculation: value === true, autoRecirculation: false }),
  },
  "Vehicle.Private.HVAC.IsAutoRecirculationActive": toggle("autoRecirculation"),
  [`${HVAC}.IsFrontDefrosterActive`]: {
    ...toggle("frontDefroster"),
    command: (state, value) => (value === true ? defrosting(state) : { ...state, frontDefroster: false }),
  },
  [`${HVAC}.IsRearDefrosterActive`]: toggle("rearDefroster"),
  ...leavesByCorner<Cabin>((corner) => ({
    [stationPath(corner, "Temperature")]: dial(corner, "celsius"),
    [stationPath(corner, "FanSpeed")]: dial(corner, "fanPercent"),
  })),
};

/** VSS says `Driver` where doors and seats say `DriverSide`. */
function stationPath(corner: Corner, leaf: string): SignalPath {
  return `${HVAC}.Station.${corner.replace("Side", "")}.${leaf}`;
}

type Toggle = "airConditioning" | "recirculation" | "autoRecirculation" | "frontDefroster" | "rearDefroster";

function toggle(key: Toggle): Leaf<Cabin> {
  return { read: (state) => state[key], place: (state, value) => ({ ...state, [key]: value === true }) };
}

function dial(corner: Corner, key: keyof Station): Leaf<Cabin> {
  return {
    read: ({ stations }) => round(stations[corner][key], 1),
    place: (state, value) => withStation(state, corner, { [key]: Number(value) }),
  };
}

function withStation(state: Cabin, corner: Corner, change: Partial<Station>): Cabin {
  return { ...state, stations: { ...state.stations, [corner]: { ...state.stations[corner], ...change } } };
}

/** Cooling without air would ice up the evaporator: the car turns a fan on that was off. */
function blowing(state: Cabin): Cabin {
  return withFrontFanOfAtLeast(state, LEAST_FAN_PERCENT);
}

/** A clear windscreen wants dry, fast, fresh air. */
function defrosting(state: Cabin): Cabin {
  const dry = { ...state, frontDefroster: true, airConditioning: true, recirculation: false, autoRecirculation: false };
  return withFrontFanOfAtLeast(dry, DEFROST_FAN_PERCENT);
}

function withFrontFanOfAtLeast(state: Cabin, percent: number): Cabin {
  const front: readonly Corner[] = ["Row1.DriverSide", "Row1.PassengerSide"];
  return front.reduce(
    (cabin, corner) => withStation(cabin, corner, { fanPercent: Math.max(percent, cabin.stations[corner].fanPercent) }),
    state,
  );
}
