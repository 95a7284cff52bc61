import { CHECKS } from "../../src/commands/doctor/checks/index.ts";
import { realScene } from "../../src/commands/doctor/real-scene.ts";
import { type CheckResult, runChecks } from "../../src/commands/doctor/run-checks.ts";

/** Some of the doctor's own checks, on this machine with this environment. */
export async function look(
  names: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const scene = realScene({ file: undefined, environment, beep: false });
  const checks = CHECKS.filter(({ name }) => names.includes(name));
  for await (const result of runChecks(checks, scene)) results.push(result);
  return results;
}
