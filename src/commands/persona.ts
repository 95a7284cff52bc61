import { loadPersona, personaNames } from "../persona/load-persona.ts";
import { DocumentError } from "../shared/yaml-document.ts";
import { EXIT } from "./explain.ts";
import { personaFolder } from "./folders.ts";
import { print } from "./print.ts";

export function personaList({ json = false }: { readonly json?: boolean }): Promise<number> {
  const personas = personaNames(personaFolder()).map((name) => loadPersona(name, personaFolder()));
  if (json) print(JSON.stringify(personas, null, 2));
  else
    for (const { name, voices, description } of personas)
      print(`${name.padEnd(8)} ${voices.local.padEnd(6)} ${description}`);
  return Promise.resolve(EXIT.ok);
}

/** Checks all files before it complains, so that one run shows every mistake. */
export function personaCheck(names: readonly string[]): Promise<number> {
  const problems = (names.length > 0 ? names : personaNames(personaFolder())).flatMap((name) => {
    try {
      loadPersona(name, personaFolder());
      print(`${name}: fine`);
      return [];
    } catch (error) {
      if (error instanceof DocumentError) return [error.message];
      throw error;
    }
  });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return Promise.resolve(problems.length === 0 ? EXIT.ok : EXIT.usage);
}
