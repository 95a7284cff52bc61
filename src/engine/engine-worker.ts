import { parentPort, workerData } from "node:worker_threads";

import { DIALECTS } from "./dialects/index.ts";
import { EngineError } from "./engine-error.ts";
import { openHearing } from "./hear/open-hearing.ts";
import { lendHearing } from "./lend-hearing.ts";
import type { EngineReport, EngineSettings } from "./open-engine.ts";
import { rehearse } from "./rehearse.ts";
import { bind, serveRealtime } from "./server.ts";
import { openSpeech } from "./speak/open-speech.ts";

/** The engine's own thread: the server and its sessions. The ear and the voice have threads of theirs. */
async function run({ port, hearingModel: model, ...settings }: EngineSettings): Promise<void> {
  // The port first: that it is taken should not be learnt after the models have been loaded.
  const http = await bind(port);
  const [lender, speech] = await Promise.all([
    lendHearing((options) => openHearing({ ...options, model })),
    openSpeech(),
  ]).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : "a model cannot be loaded";
    throw new EngineError("models-missing", `the embedded engine cannot start: ${reason}`, { cause });
  });
  const server = serveRealtime(http, {
    ...settings,
    ports: { speech, openHearing: (grammar) => lender.open(grammar) },
  });
  parentPort?.once("message", () => {
    void server.close().then(() => {
      lender.close();
      speech.close();
      parentPort?.close();
    });
  });
  report({ type: "listening", url: server.url });
  await rehearse(DIALECTS[settings.dialect](), speech);
}

function report(message: EngineReport): void {
  parentPort?.postMessage(message);
}

run((workerData as { data: EngineSettings }).data).catch((error: unknown) => {
  const code = error instanceof EngineError ? error.code : "stopped";
  report({ type: "failed", code, message: error instanceof Error ? error.message : "the engine failed" });
});
