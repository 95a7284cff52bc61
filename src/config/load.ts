import { existsSync } from "node:fs";
import { z } from "zod";

import { DocumentError, type DocumentProblem, readYaml } from "../shared/yaml-document.ts";
import { CONFIG, type Config } from "./schema.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "CODRIVER_";
/** Secrets and switches of other parts that share the prefix and are not configuration keys. */
const NOT_KEYS = new Set(["CODRIVER_MQTT_PASSWORD", "CODRIVER_BRIDGE_TOKEN", "CODRIVER_CONFIG"]);

/** A key set outside the file: by a flag of the command line, for example. */
export interface Override {
  /** Dotted, as in the file: `model.provider`. */
  readonly key: string;
  readonly value: unknown;
  /** What the user wrote, for errors: `--provider`. */
  readonly from: string;
}

/**
 * The effective configuration: defaults, then the file, then `CODRIVER_…` variables (`CODRIVER_MODEL__PROVIDER=stepfun`
 * sets `model.provider`), then flags. Throws `DocumentError` with every bad key of the file, or of the rest, at once.
 */
export function loadConfig(
  file: string | undefined,
  environment: Environment,
  flags: readonly Override[] = [],
): Config {
  if (file !== undefined) readYaml(file, CONFIG);
  const fromFile = file === undefined ? {} : readYaml(file, z.record(z.string(), z.unknown()));
  const overrides = [...fromEnvironment(environment), ...flags];
  const merged = overrides.reduce((config, { key, value }) => withKey(config, key.split("."), value), fromFile);
  const checked = CONFIG.safeParse(merged);
  if (checked.success) return checked.data;
  throw new DocumentError(
    "configuration",
    checked.error.issues.flatMap((issue) => problemsOf(issue, overrides)),
  );
}

/** Whether somebody gave a key a value, in the file or by a variable, or it only has its default. */
export function isGiven(key: string, file: string | undefined, environment: Environment): boolean {
  if (fromEnvironment(environment).some((override) => override.key === key)) return true;
  let found: unknown = file === undefined ? undefined : readYaml(file, z.unknown());
  for (const part of key.split(".")) found = isTree(found) ? found[part] : undefined;
  return found !== undefined;
}

/** The file to read when the user named none: `codriver.yaml` here, if there is one. */
export function defaultConfigFile(environment: Environment): string | undefined {
  const named = environment["CODRIVER_CONFIG"];
  if (named !== undefined) return named;
  return existsSync("codriver.yaml") ? "codriver.yaml" : undefined;
}

type Tree = Readonly<Record<string, unknown>>;

function fromEnvironment(environment: Environment): readonly Override[] {
  return Object.entries(environment)
    .filter(([name]) => name.startsWith(PREFIX) && !NOT_KEYS.has(name))
    .map(([name, text = ""]) => ({ key: keyOf(name), value: scalar(text), from: name }));
}

/** `CODRIVER_WAKE__PRE_ROLL_SECONDS` → `wake.preRollSeconds`. */
function keyOf(name: string): string {
  const camel = (part: string) => part.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return name.slice(PREFIX.length).split("__").map(camel).join(".");
}

function withKey(tree: Tree, [head = "", ...rest]: readonly string[], value: unknown): Tree {
  if (rest.length === 0) return { ...tree, [head]: value };
  const child = tree[head];
  return { ...tree, [head]: withKey(isTree(child) ? child : {}, rest, value) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A variable is text; switches and numbers are recognised, everything else stays text. */
function scalar(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function problemsOf(issue: z.core.$ZodIssue, overrides: readonly Override[]): readonly DocumentProblem[] {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
  return unknown.map((name) => {
    const key = [...issue.path.map(String), ...(name === undefined ? [] : [name])].join(".");
    const culprit = overrides.findLast((override) => override.key === key || override.key.startsWith(`${key}.`));
    const reason = name === undefined ? issue.message : "unknown key";
    return { key, reason: culprit ? `${reason} (from ${culprit.from})` : reason };
  });
}
