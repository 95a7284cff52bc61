import { environment } from "../../config/environment.ts";
import { defaultConfigFile } from "../../config/load.ts";
import { DocumentError } from "../../shared/yaml-document.ts";
import { KEY_VARIABLES } from "../model-key.ts";
import { checkWritable, print, writeJson } from "../print.ts";
import { CHECKS } from "./checks/index.ts";
import { realScene } from "./real-scene.ts";
import { exitCodeOf, linesOf, secretsIn, summaryOf, withoutSecrets } from "./report.ts";
import { type CheckResult, runChecks } from "./run-checks.ts";
import type { Scene } from "./scene.ts";

export interface DoctorOptions {
  readonly config?: string;
  readonly json?: string;
  readonly beep?: boolean;
}

/** Looks at everything that Codriver needs here, and says what is wrong and how to mend it. */
export async function doctor({ config: file, json, beep = false }: DoctorOptions): Promise<number> {
  checkWritable(json);
  const scene = realScene({ file: file ?? defaultConfigFile(environment()), environment: environment(), beep });
  const secrets = secretsIn(scene.environment, secretVariables(scene));
  const say = (line: string): void => (json === "-" ? undefined : print(line));
  const results: CheckResult[] = [];
  for await (const result of runChecks(CHECKS, scene)) {
    const shown = withoutSecrets(result, secrets);
    results.push(shown);
    linesOf(shown).forEach(say);
  }
  say(`\n${summaryOf(results)}`);
  const exitCode = exitCodeOf(results);
  if (json !== undefined) writeJson(json, { exitCode, checks: results });
  return exitCode;
}

function secretVariables({ config }: Scene): readonly string[] {
  const usual = ["CODRIVER_MQTT_PASSWORD", ...Object.values(KEY_VARIABLES)];
  if (config instanceof DocumentError) return usual;
  return [...usual, config.vehicle.passwordEnv, config.model.keyEnv ?? ""];
}
