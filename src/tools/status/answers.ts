import { validNumber } from "../../vehicle/driving-state.ts";
import {
  doorLockedPath,
  doorOpenPath,
  fanPath,
  PATHS,
  SEATS,
  type Seat,
  TYRES,
  temperaturePath,
  windowPath,
} from "../../vehicle/paths.ts";
import type { VehicleSnapshot } from "../../vehicle/signal.ts";
import { PERCENT_PER_FAN_LEVEL } from "../climate-set-fan.ts";
import { upper } from "../plan/zone-words.ts";
import { position } from "../window-set.ts";
import { type Answer, firstDoubt, isNumber, tell } from "./telling.ts";

export const STATUS_TOPICS = [
  "cabin_temperature",
  "outside_temperature",
  "range",
  "battery",
  "speed",
  "tyres",
  "windows",
  "doors",
  "odometer",
  "climate",
] as const;
export type StatusTopic = (typeof STATUS_TOPICS)[number];

/** Below this a tyre wants air, whatever the load. */
const LOW_TYRE_KPA = 200;

/** One answer per topic, in the units that are spoken: kilometres, degrees, bar. */
export const STATUS_ANSWERS: Readonly<Record<StatusTopic, (vehicle: VehicleSnapshot) => Answer>> = {
  cabin_temperature: (vehicle) =>
    tell(vehicle, {
      path: PATHS.cabinTemperature,
      name: "the temperature in the cabin",
      unit: "Celsius",
      is: isNumber,
      say: (celsius) => `It is ${degrees(celsius)} in here.`,
    }),
  outside_temperature: (vehicle) =>
    tell(vehicle, {
      path: PATHS.outsideTemperature,
      name: "the temperature outside",
      unit: "Celsius",
      is: isNumber,
      say: (celsius) => `It is ${degrees(celsius)} outside.`,
    }),
  range: (vehicle) =>
    tell(vehicle, {
      path: PATHS.range,
      name: "the range",
      unit: "m",
      is: isNumber,
      say: (metres) => `We can go about ${kilometres(metres)}.`,
    }),
  battery,
  speed: (vehicle) =>
    tell(vehicle, {
      path: PATHS.speed,
      name: "the speed",
      unit: "km/h",
      is: isNumber,
      say: (kmh) => (kmh < 1 ? "We are standing still." : `We are doing ${Math.round(kmh)} kilometres per hour.`),
    }),
  tyres,
  windows,
  doors,
  odometer: (vehicle) =>
    tell(vehicle, {
      path: PATHS.odometer,
      name: "the mileage",
      unit: "m",
      is: isNumber,
      say: (metres) => `This car has driven ${kilometres(metres)}.`,
    }),
  climate,
};

function battery(vehicle: VehicleSnapshot): Answer {
  const isCharging = vehicle.read(PATHS.charging);
  const charging = isCharging.status === "valid" && isCharging.value === true ? " and charging" : "";
  return tell(vehicle, {
    path: PATHS.charge,
    name: "the charge of the battery",
    unit: "percent",
    is: isNumber,
    say: (percent) => `The battery is at ${Math.round(percent)} percent${charging}.`,
  });
}

function tyres(vehicle: VehicleSnapshot): Answer {
  const doubt = firstDoubt(
    vehicle,
    "the tyre pressures",
    TYRES.map(({ path }) => path),
  );
  if (doubt) return doubt;
  const pressures = TYRES.map(({ name, path }) => ({ name, kPa: validNumber(vehicle, path) ?? 0 }));
  const low = pressures.filter(({ kPa }) => kPa < LOW_TYRE_KPA);
  const facts = { unit: "kPa", ...Object.fromEntries(pressures.map(({ name, kPa }) => [name, kPa])) };
  if (low.length > 0) {
    const each = low.map(({ name, kPa }) => `the ${name} tyre is low, at ${bar(kPa)}`);
    return { type: "answer", say: sentence(each), facts };
  }
  const values = pressures.map(({ kPa }) => kPa);
  const lowest = bar(Math.min(...values));
  const highest = bar(Math.max(...values));
  const between = lowest === highest ? `at ${lowest}` : `between ${lowest} and ${highest}`;
  return { type: "answer", say: `The tyres are fine, ${between}.`, facts };
}

function windows(vehicle: VehicleSnapshot): Answer {
  const seats = present(vehicle, windowPath);
  const doubt = firstDoubt(vehicle, "how the windows stand", seats.map(windowPath));
  if (doubt) return doubt;
  const positions = seats.map((seat) => ({ seat, percent: validNumber(vehicle, windowPath(seat)) ?? 0 }));
  const facts = Object.fromEntries(positions.map(({ seat, percent }) => [seat, percent]));
  const open = positions.filter(({ percent }) => percent > 0);
  if (open.length === 0) return { type: "answer", say: "All windows are closed.", facts };
  const each = open.map(({ seat, percent }) => `the ${spoken(seat)} window is ${position(Math.round(percent))}`);
  const rest = open.length < seats.length ? ["the others are closed"] : [];
  return { type: "answer", say: sentence([...each, ...rest]), facts };
}

function doors(vehicle: VehicleSnapshot): Answer {
  const seats = present(vehicle, doorLockedPath);
  const doubt = firstDoubt(vehicle, "how the doors stand", seats.map(doorLockedPath));
  if (doubt) return doubt;
  const isTrue = (path: string) => vehicle.read(path).status === "valid" && vehicle.read(path).value === true;
  const open = seats.filter((seat) => isTrue(doorOpenPath(seat)));
  const unlocked = seats.filter((seat) => !isTrue(doorLockedPath(seat)));
  const facts = { open, unlocked };
  if (open.length > 0)
    return { type: "answer", say: sentence(open.map((seat) => `the ${spoken(seat)} door is open`)), facts };
  if (unlocked.length === 0) return { type: "answer", say: "All doors are locked.", facts };
  if (unlocked.length === seats.length) return { type: "answer", say: "The doors are unlocked.", facts };
  return { type: "answer", say: sentence(unlocked.map((seat) => `the ${spoken(seat)} door is unlocked`)), facts };
}

function climate(vehicle: VehicleSnapshot): Answer {
  const paths = [temperaturePath("driver"), fanPath("driver"), PATHS.airConditioning];
  const doubt = firstDoubt(vehicle, "how the climate is set", paths);
  if (doubt) return doubt;
  const celsius = validNumber(vehicle, temperaturePath("driver")) ?? 0;
  const level = Math.round((validNumber(vehicle, fanPath("driver")) ?? 0) / PERCENT_PER_FAN_LEVEL);
  const isCooling = vehicle.read(PATHS.airConditioning).value === true;
  const fan = level === 0 ? "the fan is off" : `the fan is at level ${level}`;
  const cooling = `the air conditioning is ${isCooling ? "on" : "off"}`;
  return {
    type: "answer",
    say: sentence([`your side is set to ${degrees(celsius)}`, fan, cooling]),
    facts: { celsius, fanLevel: level, airConditioning: isCooling },
  };
}

/** The seats this car has; all of them when it tells of none, so that the doubt is spoken. */
function present(vehicle: VehicleSnapshot, path: (seat: Seat) => string): readonly Seat[] {
  const seats = SEATS.filter((seat) => vehicle.read(path(seat)).status !== "unavailable");
  return seats.length > 0 ? seats : SEATS;
}

function spoken(seat: Seat): string {
  return seat.replace("_", " ");
}

/** "A, b and c." */
function sentence(parts: readonly string[]): string {
  const text = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.slice(-1).join("")}` : parts.join("");
  return `${upper(text)}.`;
}

function degrees(celsius: number): string {
  const rounded = Math.round(celsius * 2) / 2;
  const amount = Math.abs(rounded) === 1 ? "1 degree" : `${Math.abs(rounded)} degrees`;
  return rounded < 0 ? `minus ${amount}` : amount;
}

function kilometres(metres: number): string {
  const km = Math.round(metres / 1_000);
  return km === 1 ? "1 kilometre" : `${km} kilometres`;
}

function bar(kPa: number): string {
  return `${(kPa / 100).toFixed(1)} bar`;
}
