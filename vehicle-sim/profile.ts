import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { DocumentError, readYaml } from "../src/shared/yaml-document.ts";
import { SIGNALS, validateValue } from "../src/vehicle/catalogue.ts";
import type { SignalPath, SignalValue } from "../src/vehicle/signal.ts";
import type { CarCatalogue, CatalogueEntry } from "../src/vehicle/vehicle-bus.ts";
import { canPlace } from "./world.ts";

/** Signal values to start from. Reports a path that does not exist or cannot be set, and a value that does not fit. */
export const START_STATE = z
  .record(z.string(), z.union([z.number(), z.boolean(), z.string()], "a number, true, false or text"))
  .superRefine((start, context) => {
    for (const [path, value] of Object.entries(start)) {
      const reason = startProblem(path, value);
      if (reason !== undefined) context.addIssue({ code: "custom", path: [path], message: reason });
    }
  });

const NO_SUCH_SIGNAL = "no signal of VSS or our overlay is like this";
const PATTERN = z.string().refine(isKnownPattern, NO_SUCH_SIGNAL);
const LIMIT = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  allowed: z.array(z.string()).optional(),
});

const PROFILE = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  energy: z.strictObject({
    capacityKwh: z.number().positive(),
    massKg: z.number().positive(),
    dragAreaM2: z.number().positive(),
    rollingResistance: z.number().positive(),
    efficiency: z.number().gt(0).max(1),
    typicalWhPerKm: z.number().positive(),
  }),
  start: START_STATE.default({}),
  capabilities: z.strictObject({
    services: z.array(z.enum(["nav.start", "nav.cancel"])).default([]),
    without: z.array(PATTERN).default([]),
    readOnly: z.array(PATTERN).default([]),
    limits: z
      .record(z.string(), LIMIT)
      .superRefine((limits, context) => {
        for (const pattern of Object.keys(limits)) {
          if (!isKnownPattern(pattern)) context.addIssue({ code: "custom", path: [pattern], message: NO_SUCH_SIGNAL });
        }
      })
      .default({}),
  }),
});

/** One kind of car: what it starts with and what it can do. */
export type Profile = z.output<typeof PROFILE>;

const FOLDER = new URL("./profiles/", import.meta.url);

/** The profiles that come with the simulator. */
export function profileNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .toSorted();
}

/** Reads a profile by name, or from a file whose name ends in `.yaml`. Throws `DocumentError`. */
export function loadProfile(name: string): Profile {
  if (name.endsWith(".yaml")) return readYaml(name, PROFILE);
  const known = profileNames();
  if (known.includes(name)) return readYaml(fileURLToPath(new URL(`${name}.yaml`, FOLDER)), PROFILE);
  const reason = `there is no profile ${JSON.stringify(name)}; there are: ${known.join(", ")}`;
  throw new DocumentError(name, [{ key: "", reason }]);
}

/** What this car can do, as it announces it on `meta/catalog`. */
export function catalogueOf({ name, capabilities }: Profile): CarCatalogue {
  const { services, without, readOnly, limits } = capabilities;
  const missing = new Set(without.flatMap(pathsLike));
  const locked = new Set(readOnly.flatMap(pathsLike));
  const limited = new Map(
    Object.entries(limits).flatMap(([pattern, limit]) => pathsLike(pattern).map((path) => [path, limit] as const)),
  );
  const signals = Object.entries(SIGNALS)
    .filter(([path]) => !missing.has(path))
    .map(([path, entry]): [SignalPath, CatalogueEntry] => [
      path,
      { ...entry, ...limited.get(path), ...(locked.has(path) && { type: "sensor" as const }) } as CatalogueEntry,
    ]);
  return { profile: name, signals: Object.fromEntries(signals), services };
}

function isKnownPattern(pattern: string): boolean {
  return pathsLike(pattern).length > 0;
}

/** Every path that fits a pattern, in which `*` stands for one branch. */
function pathsLike(pattern: string): readonly SignalPath[] {
  const branches = pattern.split(".");
  return Object.keys(SIGNALS).filter((path) => {
    const parts = path.split(".");
    return parts.length === branches.length && branches.every((branch, at) => branch === "*" || branch === parts[at]);
  });
}

function startProblem(path: SignalPath, value: SignalValue): string | undefined {
  const checked = validateValue(path, value);
  if (!checked.ok) return checked.detail;
  return canPlace(path) ? undefined : "cannot be set: it follows from other signals";
}
