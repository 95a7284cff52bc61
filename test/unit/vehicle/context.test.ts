import { of } from "rxjs";
import { describe, expect, test } from "vitest";

import { type ContextEntry, contextChanges, toContext } from "../../../src/vehicle/context.ts";
import { doorLockedPath, doorOpenPath, PATHS, SEATS, temperaturePath, windowPath } from "../../../src/vehicle/paths.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

const text = (known: Known, key: string) => toContext(snapshotOf(known)).find((entry) => entry.key === key)?.text;
const everySeat = (path: (seat: (typeof SEATS)[number]) => string, value: number | boolean): Known =>
  Object.fromEntries(SEATS.map((seat) => [path(seat), value]));

describe("context", () => {
  test.for<[string, string, Known]>([
    ["It is unknown whether the car moves.", "driving", { [PATHS.speed]: reading(0, "stale") }],
    ["The car is parked.", "driving", { [PATHS.speed]: 0, [PATHS.gear]: 126 }],
    ["The car stands still, not in Park.", "driving", { [PATHS.speed]: 0, [PATHS.gear]: 127 }],
    ["The car drives at about 50 km/h.", "driving", { [PATHS.speed]: 48.7 }],
    ["Windows: all 0 % open.", "windows", everySeat(windowPath, 0)],
    [
      "Windows: driver 50 % open, passenger 0 % open, rear left 0 % open, rear right 0 % open.",
      "windows",
      { ...everySeat(windowPath, 0), [windowPath("driver")]: 51 },
    ],
    ["Doors: all locked.", "doors", { ...everySeat(doorLockedPath, true), ...everySeat(doorOpenPath, false) }],
    ["Doors: all open.", "doors", everySeat(doorOpenPath, true)],
    ["Doors: all unlocked.", "doors", everySeat(doorLockedPath, false)],
    ["Doors: all unknown.", "doors", {}],
    ["Battery 68 %, range about 240 km.", "energy", { [PATHS.charge]: 68.2, [PATHS.range]: 243_000 }],
    ["Outside 9 °C, raining.", "outside", { [PATHS.outsideTemperature]: 9.2, [PATHS.rain]: 10 }],
    ["Route guidance unknown.", "route", {}],
    ["No route guidance.", "route", { [PATHS.guidance]: false }],
    ["Route guidance to airport.", "route", { [PATHS.guidance]: true, [PATHS.destination]: "airport" }],
    [
      "Cabin 22 °C, set to 21.5 °C (driver), unknown (passenger), fan unknown, air conditioning on.",
      "climate",
      { [PATHS.cabinTemperature]: 21.8, [temperaturePath("driver")]: 21.5, [PATHS.airConditioning]: true },
    ],
  ])("%s", ([expected, key, known]) => expect(text(known, key)).toBe(expected));

  test("a name from the car is short, whatever the car sends", () => {
    expect(text({ [PATHS.guidance]: true, [PATHS.destination]: "x".repeat(900) }, "route")?.length).toBeLessThan(100);
  });

  test("everything is told once, then only what changed in a way that matters", () => {
    const told: ContextEntry[] = [];
    const drive = (kmh: number) => snapshotOf({ [PATHS.speed]: kmh });
    of(drive(50), drive(51), drive(49.2), drive(61))
      .pipe(contextChanges())
      .subscribe((entry) => told.push(entry));
    expect(told.map(({ key }) => key).slice(0, 7)).toEqual(toContext(drive(50)).map(({ key }) => key));
    expect(told.slice(7)).toEqual([{ key: "driving", text: "The car drives at about 60 km/h." }]);
  });
});
