import { type Command, InvalidArgumentError, Option } from "commander";
import { portNumber, type Run, wholeNumber } from "./arguments.ts";
import type { BenchOptions } from "./bench.ts";
import { addBridge } from "./bridge.ts";
import type { DoctorOptions } from "./doctor/doctor.ts";
import type { DriveOptions } from "./drive/drive.ts";
import { addEval } from "./eval/index.ts";
import type { ModelOptions } from "./model.ts";
import type { ReplayOptions } from "./replay.ts";
import type { RunOptions } from "./run.ts";
import type { SayOptions } from "./say/say.ts";
import type { SimOptions } from "./sim.ts";

/** Written out, so that help need not load the engine. */
const DIALECT_NAMES: readonly ModelOptions["dialect"][] = ["stepfun", "openai", "gemini"];

/** Every command of the program, with its options. The modules behind them are loaded when they are run. */
export function addCommands(program: Command, run: Run): void {
  addDrive(program, run);
  program
    .command("run")
    .description("the head-unit daemon: this machine's microphone and speaker, the car's broker, a realtime model")
    .option("--config <file>", "codriver.yaml by default, if there is one")
    .option("--allow-simulated", "accept a car that says it is simulated")
    .option("--once", "end when the microphone does (a WAV file) and the last turn is over")
    .action(run(async (options: RunOptions) => (await import("./run.ts")).run(options)));
  program
    .command("sim")
    .description("only the simulated car, on any MQTT 5 broker")
    .option("--broker <url>", "mqtt://… ; without it an embedded one is started and its address printed")
    .option("--profile <name>", "which car", "hatchback-ev")
    .option("--scenario <name>", "whose drive to follow")
    .addOption(seed())
    .addOption(speed())
    .action(run(async (options: SimOptions) => (await import("./sim.ts")).sim(options)));
  program
    .command("model")
    .description("only the embedded realtime speech server, for any client of the dialects it speaks")
    .option("--port <n>", "0 picks a free one", portNumber, 8765)
    .addOption(new Option("--dialect <name>", "whose protocol it speaks").choices(DIALECT_NAMES).default("stepfun"))
    .action(run(async (options: ModelOptions) => (await import("./model.ts")).model(options)));
  addBridge(program, run);
  addSay(program, run);
  addReplay(program, run);
  addDoctor(program, run);
  addConfig(program, run);
  addPersona(program, run);
  addEval(program, run);
  program
    .command("bench")
    .description("the benchmarks: latency, round trips, CPU, memory, cold start")
    .option("--json <file>", "also write the figures; - is standard output")
    .option("--only <names>", "comma-separated names of benchmarks")
    .action(run(async (options: BenchOptions) => (await import("./bench.ts")).bench(options)));
}

function addDrive(program: Command, run: Run): void {
  program
    .command("drive", { isDefault: true })
    .description("the whole thing with a simulated car and a simulated driver who speaks")
    .argument("[scenario]", "a name in vehicle-sim/scenarios, or a path to a YAML file", "morning-commute")
    .option("--once", "end after the scenario, with a summary and an exit code")
    .addOption(seed())
    .addOption(speed())
    .option("--broker <url>", "a real MQTT 5 broker instead of the embedded one")
    .option("--provider <name>", "the realtime model to talk through")
    .option("--persona <name>", "who speaks")
    .option("--json <file>", "write the result; - is standard output")
    .option("--record <dir>", "leave drive.wav, events.jsonl and wire.jsonl there")
    .option("--config <file>", "codriver.yaml by default, if there is one")
    .action(
      run(async (scenario: string, options: DriveOptions) =>
        (await import("./drive/drive.ts")).drive(scenario, options),
      ),
    );
}

function addReplay(program: Command, run: Run): void {
  program
    .command("replay")
    .description("what the model said, did and asked for in a recorded conversation; touches no network and no car")
    .argument("<file>", "a wire.jsonl of `codriver drive --record DIR`")
    .option("--json <file>", "every event, also those without words; - is standard output")
    .action(run(async (file: string, options: ReplayOptions) => (await import("./replay.ts")).replay(file, options)));
}

function addSay(program: Command, run: Run): void {
  program
    .command("say")
    .description("one typed turn to a running agent: what it understands, does and answers")
    .argument("<text...>", "what a driver would say, without the wake word")
    .option("--broker <url>", "the broker that the agent is on; otherwise the configured one")
    .option("--user <name>", "who types, hmi where the broker has users; the password is in CODRIVER_MQTT_PASSWORD")
    .option("--config <file>", "codriver.yaml by default, if there is one")
    .option("--json <file>", "write the turn; - is standard output")
    .addHelpText("after", "\nExit codes: 0 done, 2 it takes no typed text, 3 no agent answers, 4 not (all) done")
    .action(run(async (text: string[], options: SayOptions) => (await import("./say/say.ts")).say(text, options)));
}

function addDoctor(program: Command, run: Run): void {
  program
    .command("doctor")
    .description("looks at devices, broker, provider, certificates and models; says what is wrong and how to mend it")
    .option("--config <file>", "codriver.yaml by default, if there is one")
    .option("--json <file>", "write the findings; - is standard output")
    .option("--beep", "play a short tone on the speaker")
    .addHelpText("after", "\nExit codes: 0 fine or only warnings, 2 a bad configuration, 3 something needed is missing")
    .action(run(async (options: DoctorOptions) => (await import("./doctor/doctor.ts")).doctor(options)));
}

function addConfig(program: Command, run: Run): void {
  const config = program.command("config").description("the configuration");
  config
    .command("check")
    .description("every bad key at once, with file and line")
    .option("--config <file>")
    .action(run(async (options: object) => (await import("./config.ts")).configCheck(options)));
  config
    .command("print")
    .description("the effective configuration; secrets are never part of it")
    .option("--config <file>")
    .action(run(async (options: object) => (await import("./config.ts")).configPrint(options)));
}

function addPersona(program: Command, run: Run): void {
  const persona = program.command("persona").description("who speaks");
  persona
    .command("list")
    .description("the personas there are")
    .option("--json", "for programs")
    .action(run(async (options: object) => (await import("./persona.ts")).personaList(options)));
  persona
    .command("check")
    .description("whether persona files are whole")
    .argument("[names...]", "names or paths; all of them by default")
    .action(run(async (names: string[]) => (await import("./persona.ts")).personaCheck(names)));
}

function seed(): Option {
  return new Option("--seed <n>", "the same seed gives the same drive").default(1).argParser(wholeNumber);
}

function speed(): Option {
  return new Option("--speed <n>", "above 1, speech goes through as fast as it can be processed")
    .default(1)
    .argParser(positiveNumber);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("expected a number above 0, at most 1000.");
  return value;
}
