import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Data that people edit lies beside the sources, and is not part of the build: find the package's own folder. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) || !existsSync(join(folder, "personas"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the package's personas/ folder is missing");
    folder = parent;
  }
  return folder;
}

export function personaFolder(): string {
  return join(packageFolder(), "personas");
}
