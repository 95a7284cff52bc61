import { Worker } from "node:worker_threads";

/**
 * Starts a worker thread from the module at `entry`, both from TypeScript sources (through tsx) and from a build.
 * The worker finds `data` in `workerData.data`.
 */
export function spawnWorker(entry: URL, data: unknown, transfer: readonly ArrayBuffer[] = []): Worker {
  const fromSource = entry.pathname.endsWith(".ts");
  const boot = fromSource ? new URL("./worker-boot.mjs", import.meta.url) : entry;
  return new Worker(boot, { workerData: { entry: entry.href, data }, transferList: [...transfer] });
}

/** The URL of a sibling worker module, whichever of .ts (sources) and .js (build) this process runs from. */
export function workerEntry(importerUrl: string, name: string): URL {
  const extension = importerUrl.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`./${name}${extension}`, importerUrl);
}
