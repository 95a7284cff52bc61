import { existsSync } from "node:fs";
import { z } from "zod";

import { DocumentError, type DocumentProblem, readYaml } from "../shared/yaml-document.ts";
import { CONFIG, type Config } from "./schema.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "CODRIVER_";
/** Secrets and switches of other parts that share the prefix and are not configuration keys. */
const NOT_KEYS = new Set(["CODRIVER_MQTT_PASSWORD", "CODRIVER_CONFIG"]);

/**
 * The effective configuration: defaults, then the file, then `CODRIVER_…` variables (`CODRIVER_MODEL__PROVIDER=stepfun`
 * sets `model.provider`). Throws `DocumentError` with every bad key of the file, or of the environment, at once.
 */
export function loadConfig(file: string | undefined, environment: Environment): Config {
  const fromFile = file === undefined ? {} : readYaml(file, z.record(z.string(), z.unknown()));
  if (file !== undefined) readYaml(file, CONFIG);
  const overrides = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX) && !NOT_KEYS.has(name));
  const merged = overrides.reduce((config, [name, text]) => withKey(config, keyOf(name), text ?? ""), fromFile);
  const checked = CONFIG.safeParse(merged);
  if (checked.success) return checked.data;
  throw new DocumentError(
    "environment",
    checked.error.issues.map((issue) => environmentProblem(issue)),
  );
}

/** The file to read when the user named none: `codriver.yaml` here, if there is one. */
export function defaultConfigFile(environment: Environment): string | undefined {
  const named = environment["CODRIVER_CONFIG"];
  if (named !== undefined) return named;
  return existsSync("codriver.yaml") ? "codriver.yaml" : undefined;
}

type Tree = Readonly<Record<string, unknown>>;

/** `CODRIVER_WAKE__PRE_ROLL_SECONDS` → `["wake", "preRollSeconds"]`. */
function keyOf(name: string): readonly string[] {
  const camel = (part: string) => part.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return name.slice(PREFIX.length).split("__").map(camel);
}

function withKey(tree: Tree, [head = "", ...rest]: readonly string[], text: string): Tree {
  if (rest.length === 0) return { ...tree, [head]: scalar(text) };
  const child = tree[head];
  return { ...tree, [head]: withKey(isTree(child) ? child : {}, rest, text) };
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

function environmentProblem(issue: z.core.$ZodIssue): DocumentProblem {
  const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
  const path = [...issue.path.map(String), ...keys].join(".");
  const reason = keys.length > 0 ? `unknown key (set by a ${PREFIX}… variable)` : issue.message;
  return { line: 1, column: 1, key: path, reason };
}
