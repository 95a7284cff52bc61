import { parentPort, workerData } from "node:worker_threads";

import { EngineError } from "./engine-error.ts";
import { openHearing } from "./hear/open-hearing.ts";
import { lendHearing } from "./lend-hearing.ts";
import type { EngineReport, EngineSettings } from "./open-engine.ts";
import { startServer } from "./server.ts";
import { openSpeech } from "./speak/open-speech.ts";

/** The engine's own thread: the server and its sessions. The ear and the voice have threads of theirs. */
async function run({ hearingModel: model, ...settings }: EngineSettings): Promise<void> {
  // What could be opened must not be left behind by what could not.
  const [hearing, speech] = await Promise.allSettled([
    lendHearing((options) => openHearing({ ...options, model })),
    openSpeech(),
  ]);
  const close = (): void => {
    if (hearing.status === "fulfilled") hearing.value.close();
    if (speech.status === "fulfilled") speech.value.close();
  };
  try {
    if (hearing.status === "rejected") throw modelsMissing(hearing.reason);
    if (speech.status === "rejected") throw modelsMissing(speech.reason);
    const { value: voice } = speech;
    const { value: lender } = hearing;
    const server = await startServer({
      ...settings,
      ports: { speech: voice, openHearing: (grammar) => lender.open(grammar) },
    });
    parentPort?.once("message", () => {
      void server.close().then(() => {
        close();
        parentPort?.close();
      });
    });
    report({ type: "listening", url: server.url });
  } catch (error) {
    close();
    throw error;
  }
}

function report(message: EngineReport): void {
  parentPort?.postMessage(message);
}

function modelsMissing(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : "a model cannot be loaded";
  return new EngineError("models-missing", `the embedded engine cannot start: ${reason}`, { cause });
}

run((workerData as { data: EngineSettings }).data).catch((error: unknown) => {
  const code = error instanceof EngineError ? error.code : "stopped";
  report({ type: "failed", code, message: error instanceof Error ? error.message : "the engine failed" });
  parentPort?.close();
});
