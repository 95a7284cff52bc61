import type { SignalPath } from "./signal.ts";

/** A place in the car, as people say it. Left and right are those of a car that is driven from the left. */
export const SEATS = ["driver", "passenger", "rear_left", "rear_right"] as const;
export type Seat = (typeof SEATS)[number];

export const ZONES = ["all", "front", "rear", ...SEATS] as const;
export type Zone = (typeof ZONES)[number];

/** VSS writes seats, doors and lights by side, but HVAC stations by person. */
const PLACES: Readonly<Record<Seat, { readonly side: string; readonly station: string }>> = {
  driver: { side: "Row1.DriverSide", station: "Row1.Driver" },
  passenger: { side: "Row1.PassengerSide", station: "Row1.Passenger" },
  rear_left: { side: "Row2.DriverSide", station: "Row2.Driver" },
  rear_right: { side: "Row2.PassengerSide", station: "Row2.Passenger" },
};

/** The seats of a zone, the front ones first. */
export function seatsOf(zone: Zone): readonly Seat[] {
  if (zone === "all") return SEATS;
  if (zone === "front") return ["driver", "passenger"];
  if (zone === "rear") return ["rear_left", "rear_right"];
  return [zone];
}

/** `Row1.DriverSide`: how commands name the seat that spoke. */
export function sideOf(seat: Seat): string {
  return PLACES[seat].side;
}

/** The place that a path or a `Row1.DriverSide` belongs to; nothing when it belongs to the whole car. */
export function seatOfPath(path: SignalPath): Seat | undefined {
  return SEATS.find(
    (seat) => `.${path}.`.includes(`.${PLACES[seat].side}.`) || path.includes(`.${PLACES[seat].station}.`),
  );
}

export const temperaturePath = (seat: Seat): SignalPath =>
  `Vehicle.Cabin.HVAC.Station.${PLACES[seat].station}.Temperature`;
export const fanPath = (seat: Seat): SignalPath => `Vehicle.Cabin.HVAC.Station.${PLACES[seat].station}.FanSpeed`;
export const windowPath = (seat: Seat): SignalPath => `Vehicle.Cabin.Door.${PLACES[seat].side}.Window.Position`;
export const doorLockedPath = (seat: Seat): SignalPath => `Vehicle.Cabin.Door.${PLACES[seat].side}.IsLocked`;
export const doorOpenPath = (seat: Seat): SignalPath => `Vehicle.Cabin.Door.${PLACES[seat].side}.IsOpen`;
export const seatHeatPath = (seat: Seat): SignalPath => `Vehicle.Cabin.Seat.${PLACES[seat].side}.HeatingCooling`;
export const occupancyPath = (seat: Seat): SignalPath => `Vehicle.Cabin.Seat.${PLACES[seat].side}.OccupancyStatus`;
export const ambientLightPath = (seat: Seat, leaf: "IsLightOn" | "Color" | "Intensity"): SignalPath =>
  `Vehicle.Cabin.Light.AmbientLight.${PLACES[seat].side}.${leaf}`;

/** The leaves that belong to no seat. */
export const PATHS = {
  speed: "Vehicle.Speed",
  gear: "Vehicle.Powertrain.Transmission.SelectedGear",
  ignition: "Vehicle.LowVoltageSystemState",
  latitude: "Vehicle.CurrentLocation.Latitude",
  longitude: "Vehicle.CurrentLocation.Longitude",
  odometer: "Vehicle.TraveledDistance",
  range: "Vehicle.Powertrain.Range",
  charge: "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed",
  power: "Vehicle.Powertrain.TractionBattery.CurrentPower",
  charging: "Vehicle.Powertrain.TractionBattery.Charging.IsCharging",
  /** VSS means the air inside the cabin by it. */
  cabinTemperature: "Vehicle.Cabin.HVAC.AmbientAirTemperature",
  outsideTemperature: "Vehicle.Exterior.AirTemperature",
  humidity: "Vehicle.Exterior.Humidity",
  rain: "Vehicle.Body.Raindetection.Intensity",
  airConditioning: "Vehicle.Cabin.HVAC.IsAirConditioningActive",
  recirculation: "Vehicle.Cabin.HVAC.IsRecirculationActive",
  autoRecirculation: "Vehicle.Private.HVAC.IsAutoRecirculationActive",
  frontDefroster: "Vehicle.Cabin.HVAC.IsFrontDefrosterActive",
  rearDefroster: "Vehicle.Cabin.HVAC.IsRearDefrosterActive",
  volume: "Vehicle.Cabin.Infotainment.Media.Volume",
  guidance: "Vehicle.Private.Navigation.IsGuidanceActive",
  destination: "Vehicle.Private.Navigation.DestinationName",
} as const satisfies Readonly<Record<string, SignalPath>>;

/** Where each tyre is, and its pressure. */
export const TYRES: readonly { readonly name: string; readonly path: SignalPath }[] = [
  { name: "front left", path: "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure" },
  { name: "front right", path: "Vehicle.Chassis.Axle.Row1.Wheel.Right.Tire.Pressure" },
  { name: "rear left", path: "Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Pressure" },
  { name: "rear right", path: "Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Pressure" },
];
