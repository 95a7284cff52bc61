import { type Finding, missing, ok, warn } from "../finding.ts";
import type { Scene } from "../scene.ts";

const OLDEST_NODE = [20, 20];
/** What the native parts are built for and the tests are run on. */
const TRIED = new Set(["linux x64", "linux arm64"]);

export function runtime({ machine }: Pick<Scene, "machine">): Finding {
  const { node, platform, arch } = machine();
  const found = `Node ${node}, ${platform} ${arch}`;
  const oldest = OLDEST_NODE.join(".");
  if (isOlder(node)) return missing(found, `Install Node ${oldest} or newer, of version 20 or 22 (nodejs.org).`);
  if (TRIED.has(`${platform} ${arch}`)) return ok(found);
  return warn(found, "Codriver is tried on Linux, x64 and arm64; elsewhere native parts may be missing.");
}

function isOlder(node: string): boolean {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
