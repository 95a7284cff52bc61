import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";

type Model = Config["model"];

/** The configuration of a model that is not our own. */
export type CloudModel = Model & { readonly provider: Exclude<Model["provider"], "local"> };

/** Where keys are looked for unless the configuration says otherwise. */
export const KEY_VARIABLES = {
  stepfun: "STEPFUN_API_KEY",
  openai: "OPENAI_API_KEY",
  gemini: "GEMINI_API_KEY",
  covo: "CODRIVER_BRIDGE_TOKEN",
} as const satisfies Record<CloudModel["provider"], string>;

/** A key, or what is wrong with it and how to mend that. Neither text ever has a part of the key in it. */
export type FoundKey = { readonly key: string } | { readonly trouble: string; readonly mend: string };

export function isCloud(model: Model): model is CloudModel {
  return model.provider !== "local";
}

/** The variable or the file that holds the key. */
export function keyPlace({ provider, keyEnv, keyFile }: CloudModel): string {
  return keyFile ?? keyEnv ?? KEY_VARIABLES[provider];
}

/** The key of a model: from its file where one is named, else from the environment, never from the configuration. */
export function findKey(model: CloudModel, environment: Environment): FoundKey {
  const place = keyPlace(model);
  const found = model.keyFile === undefined ? fromVariable(model, environment) : fromFile(model.keyFile);
  if (!("key" in found) || /^[\x21-\x7e]+$/.test(found.key)) return found;
  return {
    trouble: `the key in ${place} has spaces, line ends or quotes of another alphabet`,
    mend: `Set ${place} again, with the key alone.`,
  };
}

function fromVariable(model: CloudModel, environment: Environment): FoundKey {
  const name = keyPlace(model);
  const key = environment[name] ?? "";
  if (key !== "") return { key };
  return {
    trouble: `${model.provider} needs a key, and ${name} is not set`,
    mend: `Set it: \`export ${name}=…\`, or in the service's EnvironmentFile=; or name a file that holds it as model.keyFile.`,
  };
}

const MAX_BYTES = 4_096;

function fromFile(path: string): FoundKey {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return {
      trouble: `model.keyFile: ${path} cannot be read (${reason})`,
      mend: "Correct model.keyFile, or leave it out.",
    };
  }
  try {
    return fromOpenFile(path, file);
  } finally {
    closeSync(file);
  }
}

/** Asked of the file that is read, not of its name: that may be another file's a moment later. */
function fromOpenFile(path: string, file: number): FoundKey {
  const stat = fstatSync(file);
  if (!stat.isFile() || stat.size > MAX_BYTES)
    return { trouble: `model.keyFile: ${path} is no file with a key alone`, mend: "Correct model.keyFile." };
  if ((stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
    return { trouble: `model.keyFile: others may read ${path} (mode ${mode})`, mend: `\`chmod 600 ${path}\`` };
  }
  const key = readFileSync(file, "utf8").trim();
  if (key !== "") return { key };
  return { trouble: `model.keyFile: ${path} is empty`, mend: "Put the key into it, and nothing else." };
}
