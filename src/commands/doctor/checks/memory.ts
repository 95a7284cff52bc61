import { type Finding, ok, warn } from "../finding.ts";
import type { Scene } from "../scene.ts";

const MB = 1_000_000;
/** The agent with its embedded engine takes about 320 MB, and the system wants to live too. */
const ENOUGH_MB = 400;

export function memory({ machine }: Pick<Scene, "machine">): Finding {
  const freeMb = Math.round(machine().freeMemoryBytes / MB);
  if (freeMb >= ENOUGH_MB) return ok(`${freeMb} MB free`);
  return warn(
    `${freeMb} MB free, ${ENOUGH_MB} MB are needed with the embedded engine`,
    "End other programs, raise the limit of the container or service (MemoryMax=), or add swap.",
  );
}
