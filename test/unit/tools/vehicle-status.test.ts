import { describe, expect, test } from "vitest";
import { callMemory } from "../../../src/tools/call-memory.ts";
import { vehicleStatus } from "../../../src/tools/vehicle-status.ts";
import {
  doorLockedPath,
  doorOpenPath,
  fanPath,
  PATHS,
  SEATS,
  TYRES,
  temperaturePath,
  windowPath,
} from "../../../src/vehicle/paths.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

type Topic = Parameters<typeof vehicleStatus.plan>[0]["topic"];

const answer = (topic: Topic, known: Known) => vehicleStatus.plan({ topic }, snapshotOf(known), callMemory());
const everySeat = (path: (seat: (typeof SEATS)[number]) => string, value: number | boolean): Known =>
  Object.fromEntries(SEATS.map((seat) => [path(seat), value]));
const tyres = (...kPa: readonly number[]): Known =>
  Object.fromEntries(TYRES.map(({ path }, index) => [path, kPa[index] ?? 250]));

const CLOSED = everySeat(windowPath, 0);
const LOCKED = { ...everySeat(doorLockedPath, true), ...everySeat(doorOpenPath, false) };
const CLIMATE = { [temperaturePath("driver")]: 22.5, [fanPath("driver")]: 40, [PATHS.airConditioning]: true };

describe("vehicle_status", () => {
  test.for<[Topic, Known, string]>([
    ["cabin_temperature", { [PATHS.cabinTemperature]: 21.3 }, "It is 21.5 degrees in here."],
    ["outside_temperature", { [PATHS.outsideTemperature]: -3 }, "It is minus 3 degrees outside."],
    ["outside_temperature", { [PATHS.outsideTemperature]: 1.1 }, "It is 1 degree outside."],
    ["outside_temperature", { [PATHS.outsideTemperature]: -0.1 }, "It is 0 degrees outside."],
    ["range", { [PATHS.range]: 243_400 }, "We can go about 243 kilometres."],
    ["range", { [PATHS.range]: 900 }, "We can go about 1 kilometre."],
    ["battery", { [PATHS.charge]: 67.6 }, "The battery is at 68 percent."],
    ["battery", { [PATHS.charge]: 67.6, [PATHS.charging]: true }, "The battery is at 68 percent and charging."],
    ["speed", { [PATHS.speed]: 0.2 }, "We are standing still."],
    ["speed", { [PATHS.speed]: 87.4 }, "We are doing 87 kilometres per hour."],
    ["tyres", tyres(250, 250, 250, 250), "The tyres are fine, at 2.5 bar."],
    ["tyres", tyres(230, 250, 250, 250), "The tyres are fine, between 2.3 bar and 2.5 bar."],
    ["tyres", tyres(250, 180, 250, 250), "The front right tyre is low, at 1.8 bar."],
    [
      "tyres",
      tyres(150, 180, 250, 250),
      "The front left tyre is low, at 1.5 bar and the front right tyre is low, at 1.8 bar.",
    ],
    ["windows", CLOSED, "All windows are closed."],
    ["windows", { ...CLOSED, [windowPath("driver")]: 50 }, "The driver window is half open and the others are closed."],
    [
      "windows",
      { [windowPath("driver")]: 20, [windowPath("passenger")]: 100 },
      "The driver window is open 20 percent and the passenger window is open.",
    ],
    ["doors", LOCKED, "All doors are locked."],
    ["doors", { ...LOCKED, ...everySeat(doorLockedPath, false) }, "The doors are unlocked."],
    ["doors", { ...LOCKED, [doorLockedPath("rear_left")]: false }, "The rear left door is unlocked."],
    ["doors", { ...LOCKED, [doorOpenPath("driver")]: true }, "The driver door is open."],
    ["odometer", { [PATHS.odometer]: 12_345_678 }, "This car has driven 12346 kilometres."],
    ["climate", CLIMATE, "Your side is set to 22.5 degrees, the fan is at level 2 and the air conditioning is on."],
    [
      "climate",
      { ...CLIMATE, [fanPath("driver")]: 0, [PATHS.airConditioning]: false },
      "Your side is set to 22.5 degrees, the fan is off and the air conditioning is off.",
    ],
  ])("%s of %o: %s", ([topic, known, say]) => expect(answer(topic, known)).toMatchObject({ type: "answer", say }));

  test.for<[Topic, Known, string]>([
    ["range", {}, "The car does not tell me the range."],
    [
      "range",
      { [PATHS.range]: reading(80_000, "stale") },
      "The car has not told me the range for a while. Last I heard: we can go about 80 kilometres.",
    ],
    [
      "range",
      { [PATHS.range]: reading(80_000, "fault") },
      "The sensor for the range reports a fault. Last I heard: we can go about 80 kilometres.",
    ],
    ["range", { [PATHS.range]: reading(undefined, "fault") }, "The sensor for the range reports a fault."],
    ["range", { [PATHS.range]: "far" }, "The car has not told me the range for a while."],
    ["battery", { [PATHS.charge]: 50, [PATHS.charging]: reading(true, "stale") }, "The battery is at 50 percent."],
    ["windows", {}, "The car does not tell me how the windows stand."],
    [
      "windows",
      { ...CLOSED, [windowPath("rear_left")]: reading(0, "stale") },
      "The car has not told me how the windows stand for a while.",
    ],
    ["doors", {}, "The car does not tell me how the doors stand."],
    [
      "tyres",
      { ...tyres(), [TYRES[2]?.path ?? ""]: reading(0, "fault") },
      "The sensor for the tyre pressures reports a fault.",
    ],
    ["climate", {}, "The car does not tell me how the climate is set."],
  ])("%s of %o is honest: %s", ([topic, known, say]) =>
    expect(answer(topic, known)).toMatchObject({ type: "answer", say }),
  );

  test("facts carry the value, its unit and how sure it is", () => {
    expect(answer("range", { [PATHS.range]: reading(80_000, "stale") })).toMatchObject({
      facts: { path: PATHS.range, value: 80_000, unit: "m", status: "stale" },
    });
  });
});
