import { describe, expect, test } from "vitest";

import {
  distanceM,
  findPlace,
  NAVIGATION_LEAVES,
  type Navigation,
  newNavigation,
  startGuidance,
  stepNavigation,
} from "../../../../vehicle-sim/components/navigation.ts";

const start = newNavigation({ lat: 48, lon: 11 });
const read = (state: Navigation, path: string) => NAVIGATION_LEAVES[`Vehicle.Private.Navigation.${path}`]?.read(state);

describe("distances", () => {
  test.for([
    [{ lat: 48, lon: 11 }, { lat: 49, lon: 11 }, 111_320],
    [{ lat: 60, lon: 11 }, { lat: 60, lon: 12 }, 55_660],
    [{ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }, 111_320],
  ] as const)("%o to %o is %d m", ([from, to, metres]) => {
    expect(distanceM(from, to)).toBeCloseTo(metres, 0);
  });
});

test.for(["work", "the office", "The  Office", "my office"])("“%s” is a place", (name) => {
  expect(findPlace(name)?.name).toBe("work");
});

test("nowhere is no place", () => {
  expect(findPlace("atlantis")).toBeUndefined();
});

test("the remaining distance counts down by what is driven, and guidance ends on arrival", () => {
  const guided = startGuidance(start, { name: "lake", lat: 48.01, lon: 11 });
  const metres = Number(read(guided, "RemainingDistance"));
  expect(metres).toBeCloseTo(1_113.2 * 1.3, -1);
  const later = stepNavigation(guided, 36, 36);
  expect(read(later, "RemainingDistance")).toBe(metres - 360);
  expect(read(later, "IsGuidanceActive")).toBe(true);
  const there = stepNavigation(later, 3_600, 36);
  expect(read(there, "IsGuidanceActive")).toBe(false);
  expect(read(there, "DestinationName")).toBe("");
  expect(there.position).toEqual({ lat: 48.01, lon: 11 });
});

test("a standing car stays where it is", () => {
  expect(stepNavigation(start, 60, 0).position).toEqual(start.position);
});
