import { describe, expect, test } from "vitest";

import { loadProfile } from "../../../vehicle-sim/profile.ts";
import { NOTHING_PUBLISHED, nextPublication, type PublishedSignal } from "../../../vehicle-sim/publication.ts";
import { createWorld, readSignals, step, type World, type WorldAction } from "../../../vehicle-sim/world.ts";

const profile = loadProfile("hatchback-ev");
const SPEED = "Vehicle.Speed";
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked";
const newWorld = (speedKmh = 0): World =>
  createWorld({ seed: 1, energy: profile.energy, start: profile.start, drive: [{ atMs: 0, speedKmh }] });

/** Everything that goes out of `steps` steps, the first publication aside. */
function published(
  world: World,
  steps: number,
  speed = 1,
  actions: readonly WorldAction[] = [],
): readonly PublishedSignal[] {
  let now = world;
  let publication = nextPublication(NOTHING_PUBLISHED, now, speed);
  const out: PublishedSignal[] = [];
  for (let index = 0; index < steps; index += 1) {
    now = step(now, 50, index === 0 ? actions : []);
    publication = nextPublication(publication, now, speed);
    out.push(...publication.changes);
  }
  return out;
}
const times = (signals: readonly PublishedSignal[], path: string) =>
  signals.filter((signal) => signal.path === path).map(({ atMs }) => atMs);

test("begins with everything", () => {
  const world = newWorld();
  const { changes } = nextPublication(NOTHING_PUBLISHED, world, 1);
  expect(new Map(changes.map(({ path, value }) => [path, value]))).toEqual(readSignals(world));
});

test("says the speed of a parked car once a second", () => {
  expect(times(published(newWorld(), 60), SPEED)).toEqual([1_000, 2_000, 3_000]);
});

test("says a changing speed at most ten times a second", () => {
  expect(times(published(newWorld(50), 20), SPEED)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
});

test("keeps to these rates in real time when the car lives ten times as fast", () => {
  expect(times(published(newWorld(), 400, 10), SPEED)).toEqual([10_000, 20_000]);
});

test("says what was commanded in the very step", () => {
  const out = published(newWorld(), 1, 1, [{ type: "command", path: LOCK, value: false }]);
  expect(out).toContainEqual({ path: LOCK, value: false, atMs: 50 });
});

describe("a window on its way", () => {
  const out = published(newWorld(), 80, 1, [{ type: "command", path: WINDOW, value: 100 }]);
  const positions = out.filter(({ path }) => path === WINDOW);

  test("is told of at most ten times a second, and at once when it has arrived", () => {
    const at = positions.map(({ atMs }) => atMs);
    expect(at.slice(0, -1).every((time, index) => index === 0 || time - (at[index - 1] ?? 0) >= 100)).toBe(true);
    expect(positions.at(-1)).toEqual({ path: WINDOW, value: 100, atMs: 3_500 });
  });

  test("is silent afterwards", () => {
    expect(positions.filter(({ atMs }) => atMs > 3_500)).toEqual([]);
  });
});

test("a parked car says nothing but the continuous signals, again and again", () => {
  const chatty = new Set(published(newWorld(), 200).map(({ path }) => path));
  expect([...chatty].filter((path) => /Window|IsLocked|Light|Seat|Volume|Navigation/.test(path))).toEqual([]);
});
