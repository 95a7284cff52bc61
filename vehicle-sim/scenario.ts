import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { VOICES } from "../src/engine/speak/speech.ts";
import { DocumentError, readYaml } from "../src/shared/yaml-document.ts";
import { signalEntry, validateValue } from "../src/vehicle/catalogue.ts";
import type { SignalValue } from "../src/vehicle/signal.ts";
import { GEAR_DRIVE, GEAR_PARK } from "./components/drivetrain.ts";
import { profileNames, START_STATE } from "./profile.ts";

const GEARS = { P: GEAR_PARK, R: -1, N: 0, D: GEAR_DRIVE } as const;
const VERDICTS = ["allow", "ask", "refuse", "none"] as const;
const STATUSES = [
  "answer",
  "accepted",
  "done",
  "refused",
  "needs-confirmation",
  "cannot",
  "invalid",
  "failed",
  "no-answer",
  "choose",
] as const;
const DEFAULT_WITHIN_MS = 5_000;

const SIGNAL_VALUE = z.union([z.number(), z.boolean(), z.string()]);
const NEAR = z.strictObject({ near: z.number(), within: z.number().nonnegative() });

const STATE = z
  .record(z.string(), z.union([SIGNAL_VALUE, NEAR], "a value, or near and within"))
  .superRefine((state, context) => {
    for (const [path, expected] of Object.entries(state)) {
      const reason = expectationProblem(path, expected);
      if (reason !== undefined) context.addIssue({ code: "custom", path: [path], message: reason });
    }
  });

const REPLY = z.union(
  [
    z.string().transform((contains) => ({ contains })),
    z.strictObject({ contains: z.string() }),
    z.strictObject({ matches: z.string().refine(isRegularExpression, "not a regular expression") }),
  ],
  "text that the reply contains, or contains, or matches with a regular expression",
);

const OUTCOME = { verdict: z.enum(VERDICTS).optional(), status: z.enum(STATUSES).optional() };

const CALL = z.strictObject({
  name: z.string().min(1),
  args: z.record(z.string(), z.unknown()).default({}),
  ...OUTCOME,
});

const EXPECTATION = z.strictObject({
  calls: z.array(CALL).default([]),
  ...OUTCOME,
  state: STATE.default({}),
  withinMs: z.number().positive().default(DEFAULT_WITHIN_MS),
  reply: REPLY.optional(),
});

const SECONDS = z
  .number()
  .nonnegative()
  .transform((seconds) => seconds * 1000);

const TURN = z.strictObject({
  say: z.string().min(1),
  /** Whether the wake word comes first; not in an answer, or in what follows a reply. */
  wake: z.boolean().optional(),
  at: SECONDS.optional(),
  after: SECONDS.optional(),
  /** Spoken over the reply before, so long after it began. */
  over: SECONDS.optional(),
  expect: EXPECTATION,
});

const DRIVE = z
  .array(
    z.strictObject({
      at: SECONDS,
      speedKmh: z.number().min(0).max(250),
      gear: z.enum(["P", "R", "N", "D"]).optional(),
    }),
  )
  .superRefine((points, context) => {
    points.forEach(({ at }, index) => {
      const before = points[index - 1];
      if (!before || before.at < at) return;
      context.addIssue({ code: "custom", path: [index, "at"], message: `must come after ${before.at / 1000} s` });
    });
  })
  .transform((points) =>
    points.map(({ at, speedKmh, gear }) => ({ atMs: at, speedKmh, ...(gear && { gear: GEARS[gear] }) })),
  );

const PROFILE_NAME = z.string().refine((name) => name.endsWith(".yaml") || profileNames().includes(name), {
  error: ({ input }) => `there is no profile ${JSON.stringify(input)}; there are: ${profileNames().join(", ")}`,
});

const GIVEN = z.strictObject({ profile: PROFILE_NAME.default("hatchback-ev"), set: START_STATE.default({}) });

const DRIVER = z.strictObject({
  voice: z.enum(VOICES).optional(),
  pauseMs: z.number().min(0).max(60_000).optional(),
  noiseSnrDb: z.number().optional(),
});

function scenarioSchema(tools: readonly string[] | undefined) {
  return z
    .strictObject({
      name: z.string().min(1),
      description: z.string().min(1),
      given: GIVEN.prefault({}),
      drive: DRIVE.default([]),
      driver: DRIVER.default({}),
      turns: z.array(TURN).min(1, "a scenario needs at least one turn"),
    })
    .superRefine(({ turns }, context) => {
      if (!tools) return;
      for (const [turn, { expect }] of turns.entries()) {
        for (const [call, { name }] of expect.calls.entries()) {
          if (tools.includes(name)) continue;
          const path = ["turns", turn, "expect", "calls", call, "name"];
          context.addIssue({ code: "custom", path, message: `there is no tool ${JSON.stringify(name)}` });
        }
      }
    });
}

/** A drive, what the driver says on it, and what must come of that. Times are milliseconds. */
export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;
export type ScenarioTurn = Scenario["turns"][number];
export type Expectation = ScenarioTurn["expect"];

const FOLDER = new URL("./scenarios/", import.meta.url);

/** The scenarios that come with the simulator. */
export function scenarioNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .toSorted();
}

/**
 * Reads a scenario by name, or from a file whose name ends in `.yaml`. With `tools`, calls of others are problems too.
 * Throws `DocumentError`, which lists all that is wrong with file, line, column, key and reason.
 */
export function loadScenario(name: string, { tools }: { readonly tools?: readonly string[] } = {}): Scenario {
  const schema = scenarioSchema(tools);
  if (name.endsWith(".yaml")) return readYaml(name, schema);
  const known = scenarioNames();
  if (known.includes(name)) return readYaml(fileURLToPath(new URL(`${name}.yaml`, FOLDER)), schema);
  const reason = `there is no scenario ${JSON.stringify(name)}; there are: ${known.join(", ")} (or give a .yaml file)`;
  throw new DocumentError(name, [{ key: "", reason }]);
}

function expectationProblem(path: string, expected: SignalValue | z.output<typeof NEAR>): string | undefined {
  if (typeof expected !== "object") {
    const checked = validateValue(path, expected);
    return checked.ok ? undefined : checked.detail;
  }
  if (!signalEntry(path)) return `there is no signal ${path}`;
  const checked = validateValue(path, 0);
  return checked.ok || checked.code === "OUT_OF_RANGE" ? undefined : "near and within are for numbers";
}

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source, "i");
    return true;
  } catch {
    return false;
  }
}
