import { describe, expect, test } from "vitest";

import { judge } from "../../../src/policy/judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { callMemory } from "../../../src/tools/call-memory.ts";
import { TOOLS } from "../../../src/tools/index.ts";
import type { Plan } from "../../../src/tools/tool.ts";
import { validateWrite } from "../../../src/vehicle/catalogue.ts";
import {
  ambientLightPath,
  doorLockedPath,
  fanPath,
  PATHS,
  SEATS,
  seatHeatPath,
  temperaturePath,
  windowPath,
} from "../../../src/vehicle/paths.ts";
import type { SignalValue } from "../../../src/vehicle/signal.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

function plan(name: string, args: object, known: Known = {}): Plan {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return tool.plan(tool.parameters.parse(args), snapshotOf(known), callMemory());
}

/** The writes of a plan by path, or what it says instead. */
function writes(planned: Plan): Readonly<Record<string, SignalValue>> | string {
  if (planned.type !== "command") return planned.say;
  const { command } = planned;
  if (command.type === "call-service") return command.service;
  return Object.fromEntries(command.ops.map(({ path, value }) => [path, value]));
}

function done(planned: Plan): string {
  if (planned.type !== "command") return planned.say;
  const { done: sentence } = planned.wording;
  return typeof sentence === "string" ? sentence : sentence({ id: "1", phase: "done", final: true });
}

const DRIVER = temperaturePath("driver");
const PASSENGER = temperaturePath("passenger");
const WINDOW = windowPath("driver");
const HEAT = seatHeatPath("driver");
const FAN = fanPath("driver");

describe("a plan", () => {
  test.for<[string, object, Known, ReturnType<typeof writes>]>([
    ["climate_set_temperature", { celsius: 21.5 }, {}, { [DRIVER]: 21.5 }],
    ["climate_set_temperature", { celsius: "lo", zone: "passenger" }, {}, { [PASSENGER]: 16 }],
    ["climate_set_temperature", { celsius: "hi" }, {}, { [DRIVER]: 28 }],
    [
      "climate_set_temperature",
      { celsius: 22, zone: "all" },
      { [DRIVER]: 20, [PASSENGER]: 20 },
      { [DRIVER]: 22, [PASSENGER]: 22 },
    ],
    ["climate_set_temperature", { celsius: 22, zone: "front" }, { [DRIVER]: 22, [PASSENGER]: 20 }, { [PASSENGER]: 22 }],
    ["climate_adjust_temperature", { delta: 2 }, { [DRIVER]: 20 }, { [DRIVER]: 22 }],
    ["climate_adjust_temperature", { delta: 4 }, { [DRIVER]: 26 }, { [DRIVER]: 28 }],
    ["climate_adjust_temperature", { delta: -1 }, { [DRIVER]: 21.3 }, { [DRIVER]: 20.5 }],
    [
      "climate_adjust_temperature",
      { delta: 1, zone: "front" },
      { [DRIVER]: 20, [PASSENGER]: 23 },
      { [DRIVER]: 21, [PASSENGER]: 24 },
    ],
    ["climate_set_fan", { level: 3 }, {}, { [FAN]: 60 }],
    ["climate_set_fan", { delta: 1 }, { [FAN]: 40 }, { [FAN]: 60 }],
    ["climate_set_fan", { delta: -2 }, { [FAN]: 20 }, { [FAN]: 0 }],
    ["climate_set_ac", { on: true }, { [PATHS.airConditioning]: false }, { [PATHS.airConditioning]: true }],
    ["climate_set_recirculation", { mode: "recirculate" }, {}, { [PATHS.recirculation]: true }],
    [
      "climate_set_recirculation",
      { mode: "fresh" },
      { [PATHS.autoRecirculation]: true },
      { [PATHS.autoRecirculation]: false, [PATHS.recirculation]: false },
    ],
    ["climate_set_recirculation", { mode: "auto" }, {}, { [PATHS.autoRecirculation]: true }],
    ["climate_defrost", {}, {}, { [PATHS.frontDefroster]: true }],
    [
      "climate_defrost",
      { window: "all", on: false },
      {},
      { [PATHS.frontDefroster]: false, [PATHS.rearDefroster]: false },
    ],
    ["window_set", { percent: 40 }, {}, { [WINDOW]: 40 }],
    ["window_set", { delta: 20 }, { [WINDOW]: 30 }, { [WINDOW]: 50 }],
    ["window_set", { delta: -20 }, { [WINDOW]: 10 }, { [WINDOW]: 0 }],
    ["seat_heat", { level: 2 }, {}, { [HEAT]: 66 }],
    ["seat_heat", { delta: 1 }, { [HEAT]: 33 }, { [HEAT]: 66 }],
    ["seat_heat", { delta: 1 }, { [HEAT]: -60 }, { [HEAT]: 33 }],
    ["seat_heat", { delta: 3 }, { [HEAT]: 66 }, { [HEAT]: 100 }],
    [
      "ambient_light_set",
      { zone: "driver", colour: "blue", brightness: 30 },
      {},
      {
        [ambientLightPath("driver", "IsLightOn")]: true,
        [ambientLightPath("driver", "Color")]: "#0000FF",
        [ambientLightPath("driver", "Intensity")]: 30,
      },
    ],
    [
      "ambient_light_set",
      { zone: "driver", on: false, colour: "red" },
      {},
      { [ambientLightPath("driver", "IsLightOn")]: false },
    ],
    ["doors_lock", { action: "lock", which: "passenger" }, {}, { [doorLockedPath("passenger")]: true }],
    ["doors_lock", { action: "unlock" }, {}, Object.fromEntries(SEATS.map((seat) => [doorLockedPath(seat), false]))],
    ["nav_start", { destination: "Airport" }, {}, "nav.start"],
    ["nav_start", { destination: "the office" }, {}, "nav.start"],
    ["nav_cancel", {}, {}, "nav.cancel"],
    ["volume_set", { level: 30 }, {}, { [PATHS.volume]: 30 }],
    ["volume_set", { delta: 10 }, { [PATHS.volume]: 95 }, { [PATHS.volume]: 100 }],
    ["volume_set", { mute: true }, {}, { [PATHS.volume]: 0 }],
    ["volume_set", { mute: false }, { [PATHS.volume]: 0 }, { [PATHS.volume]: 20 }],
  ])("%s %o in %o: %o", ([name, args, known, expected]) => expect(writes(plan(name, args, known))).toEqual(expected));

  test.for<[string, object, Known, string]>([
    ["climate_set_ac", { on: true }, { [PATHS.airConditioning]: true }, "The air conditioning is already on."],
    ["climate_set_temperature", { celsius: 21 }, { [DRIVER]: 21 }, "The driver side is already set to 21 degrees."],
    [
      "climate_adjust_temperature",
      { delta: 2 },
      { [DRIVER]: 28 },
      "The driver side is already set to 28 degrees, as warm as it gets.",
    ],
    ["climate_set_fan", { delta: 1 }, { [FAN]: 100 }, "The fan is already at level 5, the highest."],
    [
      "climate_set_recirculation",
      { mode: "recirculate" },
      { [PATHS.recirculation]: true },
      "The inside air is circulating already.",
    ],
    [
      "climate_defrost",
      { on: false },
      { [PATHS.frontDefroster]: false },
      "The defrost of the windshield is already off.",
    ],
    ["window_set", { percent: 0 }, { [WINDOW]: 0 }, "The driver window is already closed."],
    ["seat_heat", { level: 0 }, { [HEAT]: 0 }, "The heating of the driver seat is already off."],
    [
      "doors_lock",
      { action: "lock", which: "driver" },
      { [doorLockedPath("driver")]: true },
      "The driver door is already locked.",
    ],
    ["volume_set", { delta: 10 }, { [PATHS.volume]: 100 }, "It is already as loud as it gets."],
    ["nav_cancel", {}, { [PATHS.guidance]: false }, "There is no route to cancel."],
    [
      "nav_start",
      { destination: "home" },
      { [PATHS.guidance]: true, [PATHS.destination]: "home" },
      "We are already on our way home.",
    ],
  ])("%s %o when it is so already says so and sends nothing", ([name, args, known, say]) => {
    expect(plan(name, args, known)).toEqual({ type: "answer", say });
  });

  test.for<[string, object, string]>([
    ["climate_adjust_temperature", { delta: 2 }, DRIVER],
    ["climate_set_fan", { delta: 1 }, FAN],
    ["window_set", { delta: 20 }, WINDOW],
    ["seat_heat", { delta: 1 }, HEAT],
    ["volume_set", { delta: 10 }, PATHS.volume],
  ])("%s %o guesses nothing from a stale value", ([name, args, path]) => {
    expect(plan(name, args, { [path]: reading(20, "stale") }).type).toBe("cannot");
  });

  test("a stale value is no reason not to ask the car", () => {
    expect(plan("window_set", { percent: 0 }, { [WINDOW]: reading(0, "stale") }).type).toBe("command");
  });

  test("a place the car does not know is not driven to", () => {
    expect(plan("nav_start", { destination: "Atlantis" })).toEqual({
      type: "cannot",
      say: "I don't know a place called Atlantis.",
    });
  });

  test("slow things are told of when they start", () => {
    expect(plan("window_set", { percent: 100 })).toMatchObject({
      command: { wait: "accepted", deadlineMs: 10_000 },
      wording: { accepted: "Opening the driver window.", done: "The driver window is open." },
    });
    expect(plan("window_set", { percent: 20 }, { [WINDOW]: 80 })).toMatchObject({
      wording: { accepted: "Closing the driver window." },
    });
  });

  test.for<[string, object, Known, string]>([
    ["window_set", { which: "all", percent: 0 }, {}, "All windows are closed."],
    ["window_set", { which: "rear_left", percent: 50 }, {}, "The rear left window is half open."],
    ["climate_set_temperature", { zone: "all", celsius: 21 }, {}, "The whole cabin is set to 21 degrees."],
    ["climate_set_temperature", { celsius: "hi" }, {}, "The driver side is set to 28 degrees, as warm as it gets."],
    [
      "climate_adjust_temperature",
      { delta: 1, zone: "front" },
      { [DRIVER]: 20, [PASSENGER]: 23 },
      "The front is set warmer.",
    ],
    ["climate_set_fan", { level: 0 }, {}, "The fan is off."],
    ["climate_set_fan", { level: 2, zone: "passenger" }, {}, "The fan for the passenger side is at level 2."],
    ["climate_defrost", { on: true }, {}, "The windshield is being cleared."],
    ["seat_heat", { level: 3 }, {}, "The heating of the driver seat is at level 3, the highest."],
    ["ambient_light_set", { colour: "blue" }, {}, "The ambient light is blue."],
    [
      "ambient_light_set",
      { brightness: 20, zone: "driver" },
      {},
      "The ambient light for the driver side is at 20 percent.",
    ],
    ["ambient_light_set", { on: true }, {}, "The ambient light is on."],
    ["nav_start", { destination: "home" }, {}, "The route home is set."],
    ["nav_cancel", {}, {}, "The route guidance is off."],
    ["volume_set", { mute: true }, {}, "The sound is muted."],
    ["doors_lock", { action: "unlock" }, {}, "All doors are unlocked."],
  ])("%s %o ends as it is told", ([name, args, known, sentence]) =>
    expect(done(plan(name, args, known))).toBe(sentence),
  );

  test("a defrost that took more air than asked says so", () => {
    const planned = plan("climate_defrost", {});
    if (planned.type !== "command" || typeof planned.wording.done !== "function") throw new Error("no wording");
    const update = { id: "1", phase: "done", final: true, effects: [{ path: FAN, value: 80 }] } as const;
    expect(planned.wording.done(update)).toBe("The windshield is being cleared, with more air.");
  });
});

describe("whatever a tool plans", () => {
  const everything: readonly [string, object][] = [
    ["climate_set_temperature", { celsius: 28, zone: "all" }],
    ["climate_set_fan", { level: 5, zone: "all" }],
    ["climate_set_ac", { on: true }],
    ["climate_set_recirculation", { mode: "auto" }],
    ["climate_defrost", { window: "all" }],
    ["window_set", { which: "all", percent: 20 }],
    ["seat_heat", { seat: "all", level: 1 }],
    ["ambient_light_set", { colour: "gold", brightness: 1 }],
    ["doors_lock", { action: "lock" }],
    ["nav_start", { destination: "lake" }],
    ["nav_cancel", {}],
    ["volume_set", { level: 100 }],
  ];

  test.for(everything)("%s %o fits the signals it writes, and the policy has a row for it", ([name, args]) => {
    const planned = plan(name, args);
    if (planned.type !== "command") throw new Error(planned.say);
    const { command } = planned;
    for (const { path, value } of command.type === "set-signals" ? command.ops : []) {
      expect(validateWrite(path, value)).toEqual({ ok: true });
    }
    const verdict = judge(command, { vehicle: snapshotOf(), seat: "Row1.DriverSide", origin: "voice" }, loadPolicy());
    expect(verdict.type === "refuse" ? verdict.reason : "fine").not.toMatch(/not allowed|does not take/);
  });

  test("a car with two climate zones can have both set at once", () => {
    const planned = plan("climate_set_temperature", { zone: "all", celsius: 20 }, { [DRIVER]: 22, [PASSENGER]: 22 });
    expect(writes(planned)).toEqual({ [DRIVER]: 20, [PASSENGER]: 20 });
  });
});

describe("arguments", () => {
  test.for<[string, object]>([
    ["climate_set_temperature", {}],
    ["climate_set_temperature", { celsius: 30 }],
    ["climate_set_temperature", { celsius: 21.3 }],
    ["climate_set_temperature", { celsius: 21, zone: "boot" }],
    ["climate_set_temperature", { celsius: 21, colour: "red" }],
    ["climate_set_fan", {}],
    ["climate_set_fan", { level: 2, delta: 1 }],
    ["climate_set_fan", { level: 2.5 }],
    ["window_set", {}],
    ["window_set", { percent: 101 }],
    ["window_set", { percent: "50" }],
    ["seat_heat", { level: 4 }],
    ["ambient_light_set", {}],
    ["ambient_light_set", { brightness: 0 }],
    ["doors_lock", { action: "open" }],
    ["nav_start", { destination: " " }],
    ["volume_set", { level: 5, mute: true }],
    ["vehicle_status", { topic: "weather" }],
  ])("%s does not take %o", ([name, args]) => {
    const tool = TOOLS.find((one) => one.name === name);
    expect(tool?.parameters.safeParse(args).success).toBe(false);
  });
});

describe("nav_start", () => {
  test.for(["charging station", "a Charging Station"])("asks which one where two places match %s", (destination) => {
    const planned = plan("nav_start", { destination });
    expect(planned).toMatchObject({ type: "choose", say: /^Which one: .* or .*\?$/ });
    const options = planned.type === "choose" ? planned.options : [];
    const chosen = options.map(({ args }) => plan("nav_start", args).type);
    expect(chosen).toEqual(["command", "command"]);
  });

  test("half a name that fits one place is that place", () => {
    expect(plan("nav_start", { destination: "the market" })).toMatchObject({
      command: { args: { name: "charging station at the market" } },
    });
  });
});
