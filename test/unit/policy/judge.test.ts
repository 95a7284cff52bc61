import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ApprovedCommand } from "../../../src/policy/command-link.ts";
import { type JudgeContext, judge, type Verdict } from "../../../src/policy/judge.ts";
import { loadPolicy, parsePolicy } from "../../../src/policy/load-policy.ts";
import { covers, type Policy } from "../../../src/policy/policy.ts";
import { SIGNALS } from "../../../src/vehicle/catalogue.ts";
import type { VehicleCommand } from "../../../src/vehicle/command.ts";
import { DRIVING_STATES, type DrivingState } from "../../../src/vehicle/driving-state.ts";
import * as paths from "../../../src/vehicle/paths.ts";
import type { SignalValue } from "../../../src/vehicle/signal.ts";
import { type Known, reading, snapshotOf } from "../../support/vehicle.ts";

const { PATHS } = paths;
const POLICY = loadPolicy();
const send = (command: ApprovedCommand): string => command.type;

const STATES: Readonly<Record<DrivingState, Known>> = {
  P: { [PATHS.speed]: 0, [PATHS.gear]: 126 },
  S: { [PATHS.speed]: 0, [PATHS.gear]: 127 },
  L: { [PATHS.speed]: 10, [PATHS.gear]: 127 },
  M: { [PATHS.speed]: 60, [PATHS.gear]: 127 },
};
/** A dry day, everything off, everybody in. */
const CALM: Known = {
  ...STATES.M,
  [PATHS.rain]: 0,
  [PATHS.humidity]: 50,
  [PATHS.airConditioning]: false,
  [PATHS.guidance]: false,
  ...Object.fromEntries(paths.SEATS.map((seat) => [paths.occupancyPath(seat), "OCCUPIED"])),
};

const set = (path: string, value: SignalValue): VehicleCommand => ({ type: "set-signals", ops: [{ path, value }] });
const call = (service: string): VehicleCommand => ({ type: "call-service", service, args: {} });

const DRIVER = "Row1.DriverSide";
const PASSENGER = "Row1.PassengerSide";
const REAR = "Row2.DriverSide";

function judged(
  command: VehicleCommand,
  known: Known,
  who: Partial<JudgeContext> = {},
  policy: Policy = POLICY,
): Verdict {
  return judge(command, { vehicle: snapshotOf(known), seat: DRIVER, origin: "voice", ...who }, policy);
}
const said = (verdict: Verdict) =>
  verdict.type === "ask" ? verdict.question : verdict.type === "refuse" ? verdict.reason : "";

const UNLOCK = set(paths.doorLockedPath("driver"), false);
const LOCK = set(paths.doorLockedPath("driver"), true);
const WIDE = set(paths.windowPath("driver"), 80);
const COOL_OFF = set(PATHS.airConditioning, false);

describe("judge", () => {
  test("only a judged command can be sent", () => {
    // @ts-expect-error nobody has judged this command
    send(LOCK);

    const verdict = judged(LOCK, CALM);
    expect(verdict.type === "allow" && send(verdict.command)).toBe("set-signals");
  });

  test("what no row covers is refused", () => {
    expect(judged(set("Vehicle.Chassis.Brake.PedalPosition", 0), CALM).type).toBe("refuse");
    expect(judged(call("phone.dial"), CALM).type).toBe("refuse");
    expect(judged(set("Vehicle.Cabin.HVAC.Station.Row1.Driver", 20), CALM).type).toBe("refuse");
    expect(judged({ type: "set-signals", ops: [] }, CALM).type).toBe("refuse");
  });

  test("a value that does not fit its signal is refused, before any rule reckons with it", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 101, -1, "wide", true]) {
      expect(judged(set(paths.windowPath("driver"), value), CALM).type).toBe("refuse");
    }
  });

  test("one part without a row spoils the whole command", () => {
    const command: VehicleCommand = {
      type: "set-signals",
      ops: [
        { path: PATHS.volume, value: 10 },
        { path: PATHS.gear, value: 0 },
      ],
    };
    expect(judged(command, CALM).type).toBe("refuse");
  });

  test("a refusal outranks a question, which outranks consent", () => {
    const window = { path: paths.windowPath("driver"), value: 80 };
    const unlock = { path: paths.doorLockedPath("driver"), value: false };
    const volume = { path: PATHS.volume, value: 10 };
    const fast = { ...CALM, [PATHS.speed]: 100 };
    expect(judged({ type: "set-signals", ops: [volume, window] }, fast).type).toBe("ask");
    expect(judged({ type: "set-signals", ops: [volume, window, unlock] }, fast).type).toBe("refuse");
  });

  test("the same question about several parts is asked once", () => {
    const all: VehicleCommand = {
      type: "set-signals",
      ops: paths.SEATS.map((seat) => ({ path: paths.doorLockedPath(seat), value: false })),
    };
    expect(judged(all, { ...CALM, ...STATES.S })).toEqual({ type: "ask", question: "Shall I unlock the doors?" });
  });

  test("a refusal says what would make it possible", () => {
    expect(judged(UNLOCK, CALM)).toEqual({
      type: "refuse",
      reason: "I can't unlock the doors while we are driving. Ask me again when the car stands still.",
    });
  });

  test("a row without a sentence of its own still says one", () => {
    const bare: Policy = {
      rows: [
        { match: "a.b", class: "R1", states: { P: "X", S: "X", L: "X", M: "X" }, rules: [] },
        { match: "a.c", class: "R1", states: { P: "C", S: "C", L: "C", M: "C" }, rules: [] },
      ],
    };
    expect(said(judged(set("a.b", 1), {}, {}, bare))).not.toBe("");
    expect(said(judged(set("a.c", 1), {}, {}, bare))).not.toBe("");
  });
});

describe("the driver's yes", () => {
  const standing = { ...CALM, ...STATES.S };
  const question = "Shall I unlock the doors?";

  test("settles the question it was given to", () => {
    expect(judged(UNLOCK, standing, { confirmed: { nonce: "n", command: UNLOCK, question } }).type).toBe("allow");
    const copy = JSON.parse(JSON.stringify(UNLOCK)) as VehicleCommand;
    expect(judged(UNLOCK, standing, { confirmed: { nonce: "n", command: copy, question } }).type).toBe("allow");
  });

  test("counts for no other command", () => {
    const other = set(paths.doorLockedPath("passenger"), false);
    expect(judged(other, standing, { confirmed: { nonce: "n", command: UNLOCK, question } }).type).toBe("ask");
  });

  test("counts for no other question: what changed meanwhile is asked about", () => {
    const confirmed = { nonce: "n", command: WIDE, question: "It is raining. Shall I open the window that far?" };
    expect(judged(WIDE, { ...CALM, [PATHS.rain]: 20 }, { confirmed }).type).toBe("allow");
    expect(judged(WIDE, { ...CALM, [PATHS.rain]: 20, [PATHS.speed]: 110 }, { confirmed }).type).toBe("ask");
  });

  test("never lifts a refusal", () => {
    expect(judged(UNLOCK, CALM, { confirmed: { nonce: "n", command: UNLOCK, question } }).type).toBe("refuse");
  });
});

describe("the table", () => {
  test.for<[string, VehicleCommand, string]>([
    ["temperature", set(paths.temperaturePath("driver"), 22), "AAAA"],
    ["fan", set(paths.fanPath("driver"), 60), "AAAA"],
    ["air conditioning on", set(PATHS.airConditioning, true), "AAAA"],
    ["air conditioning off on a dry day", COOL_OFF, "AAAA"],
    ["recirculation", set(PATHS.recirculation, true), "AAAA"],
    ["automatic recirculation", set(PATHS.autoRecirculation, true), "AAAA"],
    ["front defrost on", set(PATHS.frontDefroster, true), "AAAA"],
    ["rear defrost on", set(PATHS.rearDefroster, true), "AAAA"],
    ["front defrost off on a dry day", set(PATHS.frontDefroster, false), "AAAA"],
    ["rear defrost off on a dry day", set(PATHS.rearDefroster, false), "AAAA"],
    ["window", WIDE, "AAAA"],
    ["seat heating", set(paths.seatHeatPath("driver"), 100), "AAAA"],
    ["ambient light", set(paths.ambientLightPath("driver", "Color"), "#FF0000"), "AAAA"],
    ["lock", LOCK, "AAAA"],
    ["unlock", UNLOCK, "ACXX"],
    ["volume", set(PATHS.volume, 30), "AAAA"],
    ["start a route", call("nav.start"), "AAAA"],
    ["end a route", call("nav.cancel"), "AAAA"],
    ["gear", set(PATHS.gear, 0), "XXXX"],
    ["open a door", set(paths.doorOpenPath("driver"), true), "XXXX"],
  ])("%s in P, S, L, M: %s", ([, command, expected]) => {
    const letters = { allow: "A", ask: "C", refuse: "X" } as const;
    const got = DRIVING_STATES.map((state) => letters[judged(command, { ...CALM, ...STATES[state] }).type]);
    expect(got.join("")).toBe(expected);
  });

  test("comfort needs no reading at all", () => {
    const comfort = [
      set(paths.temperaturePath("driver"), 22),
      set(paths.fanPath("driver"), 60),
      set(PATHS.airConditioning, true),
      set(PATHS.volume, 30),
      LOCK,
    ];
    expect(comfort.map((command) => judged(command, {}).type)).toEqual(comfort.map(() => "allow"));
  });

  test.for<[string, Known]>([
    ["no speed", { [PATHS.gear]: 126 }],
    ["a stale speed", { [PATHS.speed]: reading(0, "stale"), [PATHS.gear]: 126 }],
    ["a broken sensor", { [PATHS.speed]: reading(0, "fault"), [PATHS.gear]: 126 }],
  ])("with %s the doors stay locked and windows do not open wide", ([, known]) => {
    const vehicle = { ...CALM, [PATHS.speed]: reading(undefined, "unavailable"), ...known };
    expect(judged(UNLOCK, vehicle)).toEqual({ type: "refuse", reason: "I can't tell how fast we are going." });
    expect(judged(WIDE, vehicle)).toEqual({ type: "refuse", reason: "I can't tell how fast we are going." });
  });
});

describe("rules", () => {
  const raining = { [PATHS.rain]: 30 };
  const empty = { [paths.occupancyPath("passenger")]: "EMPTY" };
  const hot = set(paths.seatHeatPath("passenger"), 66);

  test.for<[string, Verdict["type"], VehicleCommand, Known, Partial<JudgeContext>?]>([
    ["a window a crack open at any speed", "allow", set(paths.windowPath("driver"), 25), { [PATHS.speed]: 160 }],
    ["a window wide open at 80", "allow", WIDE, { [PATHS.speed]: 80 }],
    ["a window wide open above 80", "ask", WIDE, { [PATHS.speed]: 80.1 }],
    ["a window wide open in rain", "ask", WIDE, raining],
    ["a window wide open, rain unknown", "ask", WIDE, { [PATHS.rain]: reading(0, "stale") }],
    ["a window wide open while cooling", "ask", WIDE, { [PATHS.airConditioning]: true }],
    ["a window wide open, cooling unknown", "ask", WIDE, { [PATHS.airConditioning]: reading(false, "stale") }],
    [
      "closing a window in rain",
      "allow",
      set(paths.windowPath("driver"), 50),
      { ...raining, [paths.windowPath("driver")]: 90 },
    ],

    ["cooling off in rain", "ask", COOL_OFF, raining],
    ["cooling off in damp air", "ask", COOL_OFF, { [PATHS.humidity]: 81 }],
    ["cooling off in rain, parked", "allow", COOL_OFF, { ...raining, ...STATES.P }],
    ["cooling off, humidity unknown", "ask", COOL_OFF, { [PATHS.humidity]: reading(50, "stale") }],
    ["cooling off, rain unknown", "ask", COOL_OFF, { [PATHS.rain]: reading(0, "fault") }],
    ["cooling off in rain, for a passenger", "refuse", COOL_OFF, raining, { seat: PASSENGER }],
    ["defrost off in rain", "ask", set(PATHS.frontDefroster, false), raining],

    ["strong heat on a seat with somebody in it", "allow", hot, {}],
    ["strong heat on an empty seat", "ask", hot, empty],
    ["strong heat, nobody knows who sits there", "ask", hot, { [paths.occupancyPath("passenger")]: "UNKNOWN" }],
    ["gentle heat on an empty seat", "allow", set(paths.seatHeatPath("passenger"), 33), empty],

    ["unlocking for the front passenger", "ask", UNLOCK, STATES.P, { seat: PASSENGER }],
    ["unlocking for the rear", "refuse", UNLOCK, STATES.P, { seat: REAR }],
    ["unlocking for nobody known", "refuse", UNLOCK, STATES.P, { seat: "unknown" }],
    ["unlocking for a typed wish", "refuse", UNLOCK, STATES.P, { origin: "hmi" }],
    ["unlocking for an app", "refuse", UNLOCK, STATES.P, { origin: "app" }],
    ["locking for anybody", "allow", LOCK, STATES.M, { seat: "unknown", origin: "hmi" }],

    ["a passenger's own temperature", "allow", set(paths.temperaturePath("passenger"), 20), {}, { seat: PASSENGER }],
    ["somebody else's temperature", "ask", set(paths.temperaturePath("driver"), 20), {}, { seat: PASSENGER }],
    ["an empty seat's temperature", "allow", set(paths.temperaturePath("passenger"), 20), empty, { seat: REAR }],
    ["a passenger's new route", "allow", call("nav.start"), {}, { seat: PASSENGER }],
    ["a passenger's other route", "ask", call("nav.start"), { [PATHS.guidance]: true }, { seat: PASSENGER }],
    [
      "a passenger's route, guidance unknown",
      "ask",
      call("nav.start"),
      { [PATHS.guidance]: reading(false, "stale") },
      { seat: REAR },
    ],
    ["a passenger ends the route while driving", "ask", call("nav.cancel"), {}, { seat: PASSENGER }],
    ["a passenger ends the route at a light", "allow", call("nav.cancel"), STATES.S, { seat: PASSENGER }],
  ])("%s: %s", ([, expected, command, known, who]) => {
    expect(judged(command, { ...CALM, ...known }, who).type).toBe(expected);
  });

  test("rules that a row applies to a service do not mistake it for a value", () => {
    const states = { P: "A", S: "A", L: "A", M: "A" } as const;
    const odd: Policy = {
      rows: [{ match: "a.b", class: "R1", states, rules: ["wide-window", "empty-seat-heat", "others-comfort"] }],
    };
    expect(judged(call("a.b"), CALM, { seat: PASSENGER }, odd).type).toBe("allow");
  });

  test("heat for what is no seat asks about the driver's", () => {
    const states = { P: "A", S: "A", L: "A", M: "A" } as const;
    const odd: Policy = { rows: [{ match: "a.b", class: "R1", states, rules: ["empty-seat-heat"] }] };
    expect(judged(set("a.b", 100), { ...CALM, [paths.occupancyPath("driver")]: "EMPTY" }, {}, odd).type).toBe("ask");
  });
});

describe("whatever is asked", () => {
  const anyValue = fc.oneof(fc.boolean(), fc.double(), fc.string());
  const anyPath = fc.oneof(
    fc.constantFrom(...Object.keys(SIGNALS)),
    fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 7 }).map((parts) => parts.join(".")),
  );
  const anyCommand: fc.Arbitrary<VehicleCommand> = fc.oneof(
    fc.record({
      type: fc.constant("set-signals" as const),
      ops: fc.array(fc.record({ path: anyPath, value: anyValue }), { maxLength: 4 }),
    }),
    fc.record({
      type: fc.constant("call-service" as const),
      service: fc.oneof(fc.constantFrom("nav.start", "nav.cancel", "phone.dial"), fc.string()),
      args: fc.dictionary(fc.string(), fc.string()),
    }),
  );
  const anyReading = fc.oneof(
    anyValue,
    anyValue.map((value) => reading(value, "stale")),
  );
  const anyCar = fc.dictionary(fc.constantFrom(...Object.keys(SIGNALS)), anyReading, { maxKeys: 70 });
  const anybody = fc.record({
    seat: fc.constantFrom(DRIVER, PASSENGER, REAR, "unknown"),
    origin: fc.constantFrom("voice" as const, "hmi" as const, "app" as const, "test" as const),
  });
  const named = (command: VehicleCommand) =>
    command.type === "call-service" ? [command.service] : command.ops.map(({ path }) => path);

  test("nothing without a row is approved", () => {
    fc.assert(
      fc.property(anyCommand, anyCar, anybody, (command, known, who) => {
        if (judged(command, known, who).type !== "allow") return;
        expect(named(command).length).toBeGreaterThan(0);
        for (const name of named(command)) {
          expect(POLICY.rows.some(({ match }) => covers(match, name))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("no door is unlocked unless the driver, heard aloud, is parked", () => {
    const anyDoors = fc.subarray([...paths.SEATS], { minLength: 1 });
    const anySpeed = fc.oneof(fc.constantFrom(0, 0.4, 0.5, 19.9, 20), fc.double({ min: -300, max: 300, noNaN: true }));
    const anyMotion = fc.record({
      [PATHS.speed]: fc.oneof(
        anySpeed,
        anySpeed.map((kmh) => reading(kmh, "stale")),
        fc.constant(reading(undefined, "unavailable")),
      ),
      [PATHS.gear]: fc.constantFrom(126, 127, 0, -1, reading(126, "stale")),
      [PATHS.ignition]: fc.constantFrom("ON", "OFF", "ACC", reading("OFF", "stale")),
    });
    fc.assert(
      fc.property(anyDoors, anyMotion, anybody, (seats, motion, who) => {
        const ops = seats.map((seat) => ({ path: paths.doorLockedPath(seat), value: false }));
        if (judged({ type: "set-signals", ops }, { ...CALM, ...motion }, who).type !== "allow") return;
        expect(who).toEqual({ seat: DRIVER, origin: "voice" });
        expect(motion[PATHS.gear] === 126 || motion[PATHS.ignition] === "OFF").toBe(true);
        expect(Math.abs(Number(motion[PATHS.speed]))).toBeLessThan(0.5);
      }),
      { numRuns: 500 },
    );
  });

  test("no state that a table forbids is approved, and no C passes without a yes", () => {
    const anyStates = fc.record({
      P: fc.constantFrom("A", "C", "X"),
      S: fc.constantFrom("A", "C", "X"),
      L: fc.constantFrom("A", "C", "X"),
      M: fc.constantFrom("A", "C", "X"),
    });
    const expected = { A: "allow", C: "ask", X: "refuse" } as const;
    fc.assert(
      fc.property(anyStates, fc.constantFrom(...DRIVING_STATES), (states, state) => {
        const table = parsePolicy(
          JSON.stringify({ rows: [{ match: "a.b", class: "R1", states, reason: "No.", question: "Sure?" }] }),
          "table.json",
        );
        expect(judged(set("a.b", 1), STATES[state], {}, table).type).toBe(expected[states[state]]);
        const isAlike = new Set(Object.values(states)).size === 1;
        expect(judged(set("a.b", 1), {}, {}, table).type).toBe(isAlike ? expected[states.P] : "refuse");
      }),
    );
  });
});
