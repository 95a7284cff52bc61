import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

import { DocumentError, readYaml } from "../shared/yaml-document.ts";
import { PERSONA, type Persona } from "./persona.ts";

/**
 * Reads a persona by name from `folder`, or from a path that ends in `.yaml`. Throws `DocumentError` with file, line
 * and reason; for an unknown name with the names there are.
 */
export function loadPersona(nameOrPath: string, folder: string): Persona {
  const file = nameOrPath.endsWith(".yaml") ? nameOrPath : join(folder, `${nameOrPath}.yaml`);
  if (!existsSync(file)) {
    const reason = `no such persona; there are: ${personaNames(folder).join(", ")}`;
    throw new DocumentError(file, [{ key: "", reason }]);
  }
  const persona = readYaml(file, PERSONA);
  if (persona.name !== basename(file, ".yaml")) {
    const reason = `the file is called ${basename(file)}, so the name must be ${basename(file, ".yaml")}`;
    throw new DocumentError(file, [{ line: 1, column: 1, key: "name", reason }]);
  }
  return persona;
}

/** The personas in a folder, by name, in order. */
export function personaNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();
}
