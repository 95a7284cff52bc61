import type { SignalPath, SignalValue } from "../src/vehicle/signal.ts";
import { readSignals, targetOf, type World } from "./world.ts";

/** One signal as it goes out. */
export interface PublishedSignal {
  readonly path: SignalPath;
  readonly value: SignalValue;
  readonly atMs: number;
}

export interface Publication {
  readonly last: ReadonlyMap<SignalPath, PublishedSignal>;
  /** What goes out now. */
  readonly changes: readonly PublishedSignal[];
}

/** Nothing has gone out yet: the first publication is everything. */
export const NOTHING_PUBLISHED: Publication = { last: new Map(), changes: [] };

interface Band {
  /** A smaller change can wait a second. */
  readonly width: number;
  /** Sent every second also when unchanged: its silence would mean something. */
  readonly continuous?: boolean;
}

const FASTEST_MS = 100;
const SLOWEST_MS = 1_000;

/** What changes all the time. Everything else goes out at once, whenever it changes. */
const BANDS: ReadonlyMap<SignalPath, Band> = new Map([
  ["Vehicle.Speed", { width: 0.2, continuous: true }],
  ["Vehicle.CurrentLocation.Latitude", { width: 0.00002, continuous: true }],
  ["Vehicle.CurrentLocation.Longitude", { width: 0.00002, continuous: true }],
  ["Vehicle.Powertrain.TractionBattery.CurrentPower", { width: 500, continuous: true }],
  ["Vehicle.TraveledDistance", { width: 100 }],
  ["Vehicle.Powertrain.Range", { width: 1_000 }],
  ["Vehicle.Private.Navigation.RemainingDistance", { width: 100 }],
  ["Vehicle.Private.Navigation.RemainingTime", { width: 10 }],
]);

/**
 * What to publish of a world. `speed` is that of the simulated clock: the rates hold in real time, at any speed.
 * Signals with a band, and those on their way to a target, go out at most ten times a second.
 */
export function nextPublication({ last }: Publication, world: World, speed: number): Publication {
  const changes: PublishedSignal[] = [];
  for (const [path, value] of readSignals(world)) {
    const previous = last.get(path);
    if (!previous || isDue(previous, value, world, speed)) changes.push({ path, value, atMs: world.timeMs });
  }
  if (changes.length === 0) return { last, changes };
  return { last: new Map([...last, ...changes.map((change) => [change.path, change] as const)]), changes };
}

function isDue(
  { path, value: before, atMs }: PublishedSignal,
  value: SignalValue,
  world: World,
  speed: number,
): boolean {
  const band = BANDS.get(path);
  const silentMs = (world.timeMs - atMs) / speed;
  if (value === before) return band?.continuous === true && silentMs >= SLOWEST_MS;
  if (band) {
    const isLarge = Math.abs(Number(value) - Number(before)) >= band.width;
    return silentMs >= (isLarge ? FASTEST_MS : SLOWEST_MS);
  }
  return silentMs >= FASTEST_MS || targetOf(world, path) === value;
}

/** Whether listeners may take silence of this signal for a fault. */
export function isContinuous(path: SignalPath): boolean {
  return BANDS.get(path)?.continuous === true;
}
