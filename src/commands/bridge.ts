import type { Command } from "commander";
import { portNumber, type Run } from "./arguments.ts";
import type { BridgeCovoOptions } from "./bridge-covo.ts";

/** `bridge`: gives a model that has no realtime server one. */
export function addBridge(program: Command, run: Run): void {
  program
    .command("bridge")
    .description("gives a model that has no realtime server one, in StepFun's dialect")
    .command("covo")
    .description("Tencent's Covo-Audio on a vLLM-Omni server; its licence allows academic use only")
    .requiredOption("--upstream <url>", "the vLLM-Omni server, such as http://gpu-host:8091")
    .option("--port <n>", "of the bridge; 0 picks a free one", portNumber, 8766)
    .option("--model <id>", "as the server calls it", "tencent/Covo-Audio-Chat")
    .option("--json", "one line for programs: url, token, model, endpoint, licence, capabilities")
    .addHelpText(
      "after",
      "\nCOVO_API_KEY: the server's key, if it has one. CODRIVER_BRIDGE_TOKEN: what clients must present.",
    )
    .action(run(async (options: BridgeCovoOptions) => (await import("./bridge-covo.ts")).bridgeCovo(options)));
}
