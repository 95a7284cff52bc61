import { randomBytes } from "node:crypto";
import type { Worker } from "node:worker_threads";

import { spawnWorker, workerEntry } from "../shared/spawn-worker.ts";
import type { DialectName } from "./dialects/index.ts";
import { EngineError, type EngineErrorCode } from "./engine-error.ts";

export interface EngineOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** What clients must present; made up when absent. */
  readonly token?: string;
  /** Pages that may connect from a browser; none by default. */
  readonly allowedOrigins?: readonly string[];
  readonly dialect?: DialectName;
  /** The acoustic model, as `HearingOptions.model`. */
  readonly hearingModel?: string;
  /** Part of every id; random by default, fixed where logs are compared. */
  readonly instance?: string;
}

export type EngineSettings = Required<EngineOptions>;

/** What the engine's thread says: one of these, once. */
export type EngineReport =
  | { readonly type: "listening"; readonly url: string }
  | { readonly type: "failed"; readonly code: EngineErrorCode; readonly message: string };

export interface Engine {
  readonly url: string;
  readonly token: string;
  /** Resolves when the engine is gone: with the reason, unless it was closed. */
  readonly stopped: Promise<EngineError | undefined>;
  close(): Promise<void>;
}

/**
 * Starts the embedded realtime speech server in a thread of its own, on loopback. Resolves when it listens and its models
 * are loaded; rejects with an `EngineError`.
 */
export async function openEngine({
  port = 0,
  token = randomBytes(24).toString("base64url"),
  allowedOrigins = [],
  dialect = "stepfun",
  hearingModel = "auto",
  instance = randomBytes(3).toString("hex"),
}: EngineOptions = {}): Promise<Engine> {
  const settings: EngineSettings = { port, token, allowedOrigins, dialect, hearingModel, instance };
  const worker = spawnWorker(workerEntry(import.meta.url, "engine-worker"), settings);
  const gone = exitOf(worker);
  const report = await Promise.race([firstReport(worker), gone]);
  if (report instanceof EngineError) {
    await worker.terminate();
    throw report;
  }
  let closed = false;
  return {
    url: report.url,
    token,
    stopped: gone.then((error) => (closed ? undefined : error)),
    close: async () => {
      closed = true;
      worker.postMessage("close");
      await gone;
    },
  };
}

function firstReport(worker: Worker): Promise<EngineError | { readonly url: string }> {
  return new Promise((resolve) => {
    worker.once("message", (report: EngineReport) => {
      resolve(report.type === "failed" ? new EngineError(report.code, report.message) : report);
    });
  });
}

function exitOf(worker: Worker): Promise<EngineError> {
  return new Promise((resolve) => {
    let reason = "its thread ended";
    worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => resolve(new EngineError("stopped", `the embedded engine stopped: ${reason}`)));
  });
}
