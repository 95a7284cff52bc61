import type { SignalPath, SignalValue } from "../src/vehicle/signal.ts";
import { type Cabin, newCabin, stepCabin } from "./components/cabin.ts";
import { CABIN_LEAVES } from "./components/cabin-leaves.ts";
import { DOOR_LEAVES, type Doors, newDoors } from "./components/doors.ts";
import {
  DRIVETRAIN_LEAVES,
  type DrivePoint,
  type Drivetrain,
  ignitionIsOn,
  newDrivetrain,
  stepDrivetrain,
} from "./components/drivetrain.ts";
import { ENERGY_LEAVES, type Energy, type EnergyData, newEnergy, stepEnergy } from "./components/energy.ts";
import type { Leaf, Leaves } from "./components/leaf.ts";
import { LIGHT_LEAVES, type Lights, newLights } from "./components/lights.ts";
import { MEDIA_LEAVES, type Media, newMedia } from "./components/media.ts";
import {
  cancelGuidance,
  type Destination,
  NAVIGATION_LEAVES,
  type Navigation,
  newNavigation,
  startGuidance,
  stepNavigation,
} from "./components/navigation.ts";
import { newSeats, occupantsOf, SEAT_LEAVES, type Seats, seatsPowerW } from "./components/seats.ts";
import { newTyres, stepTyres, TYRE_LEAVES, type Tyres } from "./components/tyres.ts";
import { newWeather, outsideC, stepWeather, WEATHER_LEAVES, type Weather } from "./components/weather.ts";
import { newWindows, openWindows, stepWindows, WINDOW_LEAVES, type Windows } from "./components/windows.ts";
import { randomStream } from "./random.ts";

/** The world moves in steps of this length, whatever clock drives it. */
export const STEP_MS = 50;

interface Components {
  readonly weather: Weather;
  readonly drivetrain: Drivetrain;
  readonly energy: Energy;
  readonly cabin: Cabin;
  readonly windows: Windows;
  readonly seats: Seats;
  readonly doors: Doors;
  readonly lights: Lights;
  readonly media: Media;
  readonly navigation: Navigation;
  readonly tyres: Tyres;
}

/** The car and what is around it at one instant: a value, never changed. */
export interface World extends Components {
  /** Simulated time since the start; a whole number of steps. */
  readonly timeMs: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly energy: EnergyData;
  /** What differs from a car that stands parked on a mild day. Paths must be placeable, values fit their signal. */
  readonly start?: Readonly<Record<SignalPath, SignalValue>>;
  /** Speeds over time. Without it the car keeps the speed it has. */
  readonly drive?: readonly DrivePoint[];
}

/** What acts on the world from outside. Values are checked before they come here. */
export type WorldAction =
  | { readonly type: "command"; readonly path: SignalPath; readonly value: SignalValue }
  | { readonly type: "place"; readonly path: SignalPath; readonly value: SignalValue }
  | { readonly type: "start-guidance"; readonly destination: Destination }
  | { readonly type: "cancel-guidance" };

const START_POSITION = { lat: 48.1012, lon: 11.6465 };

const LEAVES: ReadonlyMap<SignalPath, Leaf<World>> = new Map([
  ...lifted("weather", WEATHER_LEAVES),
  ...lifted("drivetrain", DRIVETRAIN_LEAVES),
  ...lifted("energy", ENERGY_LEAVES),
  ...lifted("cabin", CABIN_LEAVES),
  ...lifted("windows", WINDOW_LEAVES),
  ...lifted("seats", SEAT_LEAVES),
  ...lifted("doors", DOOR_LEAVES),
  ...lifted("lights", LIGHT_LEAVES),
  ...lifted("media", MEDIA_LEAVES),
  ...lifted("navigation", NAVIGATION_LEAVES),
  ...lifted("tyres", TYRE_LEAVES),
]);

/** The same options give the same world, and the same actions the same story. */
export function createWorld({ seed, energy, start = {}, drive = [] }: WorldOptions): World {
  const world: World = {
    timeMs: 0,
    weather: newWeather(randomStream(seed, "weather")),
    drivetrain: newDrivetrain(drive, randomStream(seed, "drivetrain")),
    energy: newEnergy(energy),
    cabin: newCabin(),
    windows: newWindows(),
    seats: newSeats(),
    doors: newDoors(),
    lights: newLights(),
    media: newMedia(),
    navigation: newNavigation(START_POSITION),
    tyres: newTyres(),
  };
  return act(
    world,
    Object.entries(start).map(([path, value]) => ({ type: "place", path, value })),
  );
}

/** The world after `actions` and then `dtMs`, which must be a whole number of steps. */
export function step(world: World, dtMs: number, actions: readonly WorldAction[] = []): World {
  if (!Number.isInteger(dtMs / STEP_MS) || dtMs < 0) throw new RangeError(`${dtMs} ms is not a whole number of steps`);
  let next = act(world, actions);
  for (let elapsedMs = 0; elapsedMs < dtMs; elapsedMs += STEP_MS) next = stepOnce(next);
  return next;
}

/** The world right after `actions`; no time passes. */
export function act(world: World, actions: readonly WorldAction[]): World {
  return actions.reduce(actOnce, world);
}

/** Every signal of the car, in a fixed order. */
export function readSignals(world: World): ReadonlyMap<SignalPath, SignalValue> {
  const signals = new Map<SignalPath, SignalValue>();
  for (const [path, leaf] of LEAVES) signals.set(path, leaf.read(world));
  return signals;
}

/** The value of one signal; undefined when the car has no such thing. */
export function readSignal(world: World, path: SignalPath): SignalValue | undefined {
  return LEAVES.get(path)?.read(world);
}

/** Where a signal is heading: its value, unless something is on its way. */
export function targetOf(world: World, path: SignalPath): SignalValue | undefined {
  const leaf = LEAVES.get(path);
  return leaf?.target ? leaf.target(world) : leaf?.read(world);
}

/** Whether a scenario may set this signal. Others follow from the rest of the world. */
export function canPlace(path: SignalPath): boolean {
  return LEAVES.get(path)?.place !== undefined;
}

function actOnce(world: World, action: WorldAction): World {
  switch (action.type) {
    case "command":
    case "place":
      return write(world, action);
    case "start-guidance":
      return { ...world, navigation: startGuidance(world.navigation, action.destination) };
    case "cancel-guidance":
      return { ...world, navigation: cancelGuidance(world.navigation) };
  }
}

function write(world: World, { type, path, value }: Extract<WorldAction, { path: SignalPath }>): World {
  const leaf = LEAVES.get(path);
  const change = type === "command" ? (leaf?.command ?? leaf?.place) : leaf?.place;
  if (!change) throw new RangeError(`nothing in this world can ${type} ${path}`);
  return change(world, value);
}

/** Every component sees the others as they were when the step began, so their order means nothing. */
function stepOnce(world: World): World {
  const dtS = STEP_MS / 1000;
  const { weather, drivetrain, cabin, windows, seats } = world;
  const { speedKmh, accelerationMs2 } = drivetrain;
  const row = (number: 1 | 2) => ({
    occupants: occupantsOf(seats, number),
    openWindows: openWindows(windows, number),
  });
  const around = { outsideC: outsideC(weather), sunWm2: weather.sunWm2, speedKmh, powered: ignitionIsOn(drivetrain) };
  return {
    ...world,
    timeMs: world.timeMs + STEP_MS,
    weather: stepWeather(weather, dtS),
    drivetrain: stepDrivetrain(drivetrain, dtS, world.timeMs),
    energy: stepEnergy(world.energy, dtS, {
      speedKmh,
      accelerationMs2,
      auxiliaryW: cabin.powerW + seatsPowerW(seats),
    }),
    cabin: stepCabin(cabin, dtS, { ...around, front: row(1), rear: row(2) }),
    windows: stepWindows(windows, dtS),
    navigation: stepNavigation(world.navigation, dtS, speedKmh),
    tyres: stepTyres(world.tyres, dtS, speedKmh),
  };
}

/** A component's leaves as leaves of the whole world. */
function lifted<Key extends keyof Components>(
  key: Key,
  leaves: Leaves<Components[Key]>,
): readonly (readonly [SignalPath, Leaf<World>])[] {
  return Object.entries(leaves).map(([path, leaf]) => [path, liftedLeaf(key, leaf)]);
}

function liftedLeaf<Key extends keyof Components>(
  key: Key,
  { read, target, place, command }: Leaf<Components[Key]>,
): Leaf<World> {
  const inWorld = (change: NonNullable<typeof place>) => (world: World, value: SignalValue) => ({
    ...world,
    [key]: change(world[key], value),
  });
  return {
    read: (world) => read(world[key]),
    ...(target && { target: (world: World) => target(world[key]) }),
    ...(place && { place: inWorld(place) }),
    ...(command && { command: inWorld(command) }),
  };
}
