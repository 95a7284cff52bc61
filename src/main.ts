import { Command, CommanderError } from "commander";

import { explain } from "./commands/explain.ts";

/** Each command is its own module, loaded only when it is asked for. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("codriver")
    .description(
      "An in-vehicle voice agent: wakes on its name, talks through a realtime model, acts on the car over MQTT.",
    )
    .version("0.1.0")
    .showHelpAfterError()
    .exitOverride();
  let exitCode = 0;
  const run =
    <Args extends unknown[]>(command: (...args: Args) => Promise<number>) =>
    async (...args: Args): Promise<void> => {
      exitCode = await command(...args);
    };
  const { addCommands } = await import("./commands/index.ts");
  addCommands(program, run);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { code, text } = explain(error);
    process.stderr.write(`${text}\n`);
    return code;
  }
}

// Whoever reads us has read enough: `codriver replay FILE | head`. A command that takes its time listens for that itself.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (process.stdout.listenerCount("error") === 1) process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));
