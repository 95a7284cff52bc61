import { stringify } from "yaml";
import { environment } from "../config/environment.ts";
import { defaultConfigFile, loadConfig } from "../config/load.ts";
import { loadPersona } from "../persona/load-persona.ts";
import { EXIT } from "./explain.ts";
import { personaFolder } from "./folders.ts";
import { withoutCredentials } from "./open-broker.ts";
import { print } from "./print.ts";

export interface ConfigOptions {
  readonly config?: string;
}

/** Reads the configuration and what it names; every mistake is a line of the error. */
export function configCheck({ config: file = defaultConfigFile(environment()) }: ConfigOptions): Promise<number> {
  const config = loadConfig(file, environment());
  loadPersona(config.persona, personaFolder());
  print(`${file ?? "defaults (no codriver.yaml here)"}: fine`);
  return Promise.resolve(EXIT.ok);
}

/** A URL may hold a user and a password. */
function shown(_key: unknown, value: unknown): unknown {
  return typeof value === "string" ? withoutCredentials(value) : value;
}

export function configPrint({ config: file = defaultConfigFile(environment()) }: ConfigOptions): Promise<number> {
  print(stringify(loadConfig(file, environment()), shown).trimEnd());
  return Promise.resolve(EXIT.ok);
}
