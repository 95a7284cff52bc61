import { validateWrite } from "../../src/vehicle/catalogue.ts";
import type { CommandUpdate, SetOperation } from "../../src/vehicle/command.ts";
import type { SignalPath, SignalValue } from "../../src/vehicle/signal.ts";
import type { CarCatalogue } from "../../src/vehicle/vehicle-bus.ts";
import { ignitionIsOn } from "../components/drivetrain.ts";
import { displayedSoc } from "../components/energy.ts";
import { readSignal, type World } from "../world.ts";

/** Why the car will not do it. */
export type Refusal = NonNullable<CommandUpdate["error"]>;

/** A rule of the car, judged by its own signals and never by what MQTT says of them. */
interface Guard {
  readonly applies: (path: SignalPath, value: SignalValue) => boolean;
  readonly refuse: (world: World) => Refusal | undefined;
}

/** Wheel speed sensors do not read an exact zero. */
const STANDING_KMH = 0.5;
const LOW_BATTERY_PERCENT = 5;
const MAX_OPERATIONS = 32;
const COLOUR = /^#[0-9a-f]{6}$/i;

const GUARDS: readonly Guard[] = [
  {
    applies: (path, value) => path.endsWith(".IsLocked") && value === false,
    refuse: ({ drivetrain: { speedKmh } }) =>
      speedKmh >= STANDING_KMH
        ? precondition(`the car is moving at ${Math.round(speedKmh)} km/h`, "not_while_driving")
        : undefined,
  },
  {
    applies: (path) => /\.(HVAC|Window|HeatingCooling)\b/.test(path),
    refuse: ({ drivetrain }) =>
      ignitionIsOn(drivetrain) ? undefined : precondition(`the ignition is ${drivetrain.ignition}`, "ignition_off"),
  },
  {
    // The windscreen is never left to fog up for the sake of range.
    applies: (path, value) => needsMuchPower(path) && value !== false && value !== 0,
    refuse: ({ energy }) =>
      displayedSoc(energy) < LOW_BATTERY_PERCENT
        ? precondition(`the battery is at ${displayedSoc(energy).toFixed(1)} %`, "battery_low")
        : undefined,
  },
];

/** The first reason not to do it all; nothing when the car may. All or none: nothing has moved yet. */
export function refusalOf(world: World, catalogue: CarCatalogue, ops: readonly SetOperation[]): Refusal | undefined {
  if (ops.length === 0) return { code: "BAD_REQUEST", detail: "there is nothing to set" };
  if (ops.length > MAX_OPERATIONS) return { code: "BAD_REQUEST", detail: `more than ${MAX_OPERATIONS} operations` };
  if (new Set(ops.map(({ path }) => path)).size < ops.length) {
    return { code: "BAD_REQUEST", detail: "a path stands twice in one command" };
  }
  for (const op of ops) {
    const refusal = unfit(catalogue, op) ?? outdated(world, op) ?? guarded(world, op);
    if (refusal) return refusal;
  }
  return undefined;
}

function unfit({ signals }: CarCatalogue, { path, value }: SetOperation): Refusal | undefined {
  const entry = Object.hasOwn(signals, path) ? signals[path] : undefined;
  const checked = validateWrite(path, value, entry);
  if (!checked.ok) return { code: checked.code, detail: checked.detail };
  if (!entry) return { code: "NOT_SUPPORTED", detail: `this car has no ${path}` };
  if (entry.step !== undefined && !Number.isInteger(Number(value) / entry.step)) {
    return { code: "OUT_OF_RANGE", detail: `${path} takes steps of ${entry.step}, not ${String(value)}` };
  }
  if (path.endsWith(".Color") && !COLOUR.test(String(value))) {
    return { code: "OUT_OF_RANGE", detail: `${path} takes #RRGGBB, not ${JSON.stringify(value).slice(0, 40)}` };
  }
  return undefined;
}

function outdated(world: World, { path, if: condition }: SetOperation): Refusal | undefined {
  if (!condition || readSignal(world, path) === condition.value) return undefined;
  const present = String(readSignal(world, path));
  return { code: "CONFLICT", detail: `${path} is ${present}, not ${String(condition.value)}`, retryable: true };
}

function guarded(world: World, { path, value }: SetOperation): Refusal | undefined {
  const refusals = GUARDS.filter(({ applies }) => applies(path, value)).map(({ refuse }) => refuse(world));
  return refusals.find((refusal) => refusal !== undefined);
}

function precondition(detail: string, say: string): Refusal {
  return { code: "PRECONDITION_FAILED", detail, retryable: true, say };
}

function needsMuchPower(path: SignalPath): boolean {
  return path.endsWith(".HeatingCooling") || path.endsWith(".IsAirConditioningActive");
}
