import { expect, test } from "vitest";

import {
  newWindows,
  openWindows,
  stepWindows,
  WINDOW_LEAVES,
  type Windows,
} from "../../../../vehicle-sim/components/windows.ts";

const DRIVER = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const leaf = WINDOW_LEAVES[DRIVER];
const commanded = (windows: Windows, percent: number): Windows => leaf?.command?.(windows, percent) ?? windows;
const steps = (windows: Windows, count: number): Windows =>
  Array.from({ length: count }).reduce<Windows>((state) => stepWindows(state, 0.05), windows);

test("full travel takes 3.5 s: 70 steps, not 69", () => {
  const opening = commanded(newWindows(), 100);
  expect(leaf?.read(steps(opening, 69))).toBeLessThan(100);
  expect(leaf?.read(steps(opening, 70))).toBe(100);
});

test("half way takes half the time, and the shown position never runs ahead", () => {
  const opening = commanded(newWindows(), 50);
  expect(leaf?.read(steps(opening, 34))).toBeLessThan(50);
  expect(leaf?.read(steps(opening, 35))).toBe(50);
});

test("turns round at once when told to while it moves", () => {
  const half = steps(commanded(newWindows(), 100), 35);
  const closing = commanded(half, 0);
  expect(leaf?.read(steps(closing, 35))).toBe(0);
});

test("a window that is moved by hand is there at once and stays", () => {
  const placed = leaf?.place?.(newWindows(), 40) ?? newWindows();
  expect(leaf?.read(steps(placed, 100))).toBe(40);
  expect(openWindows(placed, 1)).toBeCloseTo(0.4);
  expect(openWindows(placed, 2)).toBe(0);
});
