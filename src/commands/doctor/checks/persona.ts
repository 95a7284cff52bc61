import { loadPersona } from "../../../persona/load-persona.ts";
import type { Configured } from "../check.ts";
import { type Finding, failed, ok, warn } from "../finding.ts";

export function persona({ config, personas }: Pick<Configured, "config" | "personas">): Finding {
  const { provider } = config.model;
  try {
    const { name, description, voices } = loadPersona(config.persona, personas);
    if (voices[provider] !== undefined) return ok(`${name}: ${description}`);
    return warn(
      `${name} has no voice for ${provider}`,
      `Add voices.${provider} to the persona's file, with a voice of that provider.`,
    );
  } catch (error) {
    return failed(
      error,
      "Correct the file (`codriver persona check`), or name one of `codriver persona list` as persona.",
    );
  }
}
