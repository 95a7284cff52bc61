// tsc builds only code; the data files that modules read from beside themselves go along.
import { cpSync } from "node:fs";

const isCode = (path) => path.endsWith(".ts");
for (const folder of [
  "src/policy",
  "src/wake/heads",
  "src/engine/hear/spelling.txt",
  "vehicle-sim/scenarios",
  "vehicle-sim/profiles",
]) {
  cpSync(folder, `dist/${folder}`, { recursive: true, filter: (path) => !isCode(path) });
}
