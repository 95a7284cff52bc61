import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { SIGNALS, validateValue } from "../../../src/vehicle/catalogue.ts";
import type { SetOperation } from "../../../src/vehicle/command.ts";
import { refusalOf } from "../../../vehicle-sim/gateway/guards.ts";
import { catalogueOf, loadProfile } from "../../../vehicle-sim/profile.ts";
import { act, createWorld, readSignal, readSignals, STEP_MS, step, type World } from "../../../vehicle-sim/world.ts";

const profile = loadProfile("hatchback-ev");
const catalogue = catalogueOf(profile);
const drive = [
  { atMs: 0, speedKmh: 0 },
  { atMs: 2_000, speedKmh: 50 },
  { atMs: 60_000, speedKmh: 0 },
];
const newWorld = (seed = 1): World => createWorld({ seed, energy: profile.energy, start: profile.start, drive });
const hash = (world: World): string => createHash("sha256").update(JSON.stringify(world)).digest("hex");
const WINDOWS = Object.keys(SIGNALS).filter((path) => path.endsWith("Window.Position"));
const ACTUATORS = Object.entries(catalogue.signals).filter(([, { type }]) => type === "actuator");

test("tells every signal of the catalogue, and no other", () => {
  expect([...readSignals(newWorld()).keys()].toSorted()).toEqual(Object.keys(SIGNALS).toSorted());
});

test("starts as the profile says", () => {
  const world = newWorld();
  expect(Object.fromEntries(Object.keys(profile.start).map((path) => [path, readSignal(world, path)]))).toEqual(
    profile.start,
  );
});

test("refuses time that is not whole steps", () => {
  expect(() => step(newWorld(), 75)).toThrow(/75 ms/);
});

describe("determinism", () => {
  test("the same seed and actions give the same world, another seed another", () => {
    const story = (seed: number): string =>
      hash(step(newWorld(seed), 90_000, [{ type: "command", path: WINDOWS[0] ?? "", value: 60 }]));
    expect(story(1)).toBe(story(1));
    expect(story(2)).not.toBe(story(1));
  });

  test("how time is cut into pieces makes no difference", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }), (pieces) => {
        const cut = pieces.reduce((world, steps) => step(world, steps * STEP_MS), newWorld());
        expect(hash(cut)).toBe(hash(step(newWorld(), pieces.reduce((sum, steps) => sum + steps, 0) * STEP_MS)));
      }),
      { numRuns: 30 },
    );
  });
});

/** Commands as a confused or hostile agent might send them: right paths, all sorts of values. */
const operation: fc.Arbitrary<SetOperation> = fc.record({
  path: fc.constantFrom(...ACTUATORS.map(([path]) => path)),
  value: fc.oneof(
    fc.integer({ min: -200, max: 300 }),
    fc.integer({ min: 32, max: 56 }).map((half) => half / 2),
    fc.boolean(),
    fc.constantFrom("#00FF00", "red", ""),
  ),
});

describe("whatever is commanded", () => {
  test("no signal leaves the limits of the catalogue", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(operation, fc.integer({ min: 0, max: 30 })), { maxLength: 25 }), (story) => {
        let world = newWorld();
        for (const [op, steps] of story) {
          if (!refusalOf(world, catalogue, [op]))
            world = act(world, [{ type: "command", path: op.path, value: op.value }]);
          world = step(world, steps * STEP_MS);
          for (const [path, value] of readSignals(world)) {
            expect(validateValue(path, value, catalogue.signals[path])).toEqual({ ok: true });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("windows move only when a window was commanded", () => {
    const others = operation.filter(({ path }) => !WINDOWS.includes(path));
    fc.assert(
      fc.property(fc.array(others, { maxLength: 20 }), (ops) => {
        const world = ops
          .filter((op) => !refusalOf(newWorld(), catalogue, [op]))
          .reduce((now, { path, value }) => step(now, 500, [{ type: "command", path, value }]), newWorld());
        expect(WINDOWS.map((path) => readSignal(world, path))).toEqual(WINDOWS.map(() => 0));
      }),
      { numRuns: 60 },
    );
  });
});
