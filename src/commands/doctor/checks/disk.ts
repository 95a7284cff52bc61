import { type Finding, ok, warn } from "../finding.ts";
import type { Scene } from "../scene.ts";

const MB = 1_000_000;
const ENOUGH_MB = 200;

export function disk({ machine }: Pick<Scene, "machine">): Finding {
  const freeMb = Math.round(machine().freeDiskBytes / MB);
  if (freeMb >= ENOUGH_MB) return ok(`${freeMb} MB free here`);
  return warn(
    `${freeMb} MB free here: recordings and logs may fail`,
    `Free at least ${ENOUGH_MB} MB; \`df -h .\` and \`du -xhd1 / | sort -h\` tell what takes the room.`,
  );
}
