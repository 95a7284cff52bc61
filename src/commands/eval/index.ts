import { type Command, InvalidArgumentError, Option } from "commander";
import { type Run, wholeNumber } from "../arguments.ts";
import type { IntentOptions } from "./intent.ts";
import { HALVES, KINDS, type Kind } from "./suite.ts";
import type { TextOptions } from "./text.ts";
import type { WakeOptions } from "./wake.ts";

/** `eval`: how well a folder of recordings, or a file of sentences, is understood. */
export function addEval(program: Command, run: Run): void {
  const suite = program.command("eval").description("accuracy and latency on a folder of recordings");
  const wake = suite
    .command("wake")
    .description("how many recordings of the wake word are detected, and what else is")
    .argument("<suite>", "a folder with manifest.tsv")
    .option("--word <word>", "the wake word", "jarvis");
  withSound(wake).action(
    run(async (folder: string, options: WakeOptions) => (await import("./wake.ts")).evalWake(folder, options)),
  );
  const intent = suite
    .command("intent")
    .description("how many spoken commands are understood with every argument, and what else is acted on")
    .argument("<suite>", "a folder with manifest.tsv")
    .option("--tools <file>", "tools with phrases; the car's own by default")
    .option("--word <word>", "the wake word that may stand before a command")
    .option("--model <name>", "the acoustic model: auto, bundled, or a folder", "auto");
  withSound(intent).action(
    run(async (folder: string, options: IntentOptions) => (await import("./intent.ts")).evalIntent(folder, options)),
  );
  const text = suite
    .command("text")
    .description("how many typed sentences are understood with every argument")
    .argument("<file>", 'a line each of {"text", "calls": [{"name", "args"}]}')
    .option("--tools <file>", "tools with phrases; the car's own by default");
  withResult(text).action(
    run(async (file: string, options: TextOptions) => (await import("./text.ts")).evalText(file, options)),
  );
}

function withSound(command: Command): Command {
  command
    .option("--noise <what>", "brown, pink, babble, or a WAV file")
    .option("--snr <dB>", "speech above noise; 10 by default", decibels)
    .option("--seed <n>", "the same seed gives the same noise", wholeNumber, 1)
    .addOption(new Option("--kinds <names>", "only these rows, comma-separated").default(KINDS, "all").argParser(kinds))
    .addOption(new Option("--half <which>", "of the file names in their order").choices(HALVES).default("all"));
  return withResult(command);
}

const withResult = (command: Command): Command =>
  command
    .option("--json <file>", "write the result; - is standard output")
    .option("--min-accuracy <percent>", "end with exit code 4 below", percent);

function kinds(text: string): readonly Kind[] {
  const names = text.split(",");
  const known = KINDS.filter((kind) => names.includes(kind));
  if (known.length !== names.length) throw new InvalidArgumentError(`expected some of ${KINDS.join(",")}.`);
  return known;
}

function decibels(text: string): number {
  const value = Number(text);
  if (!(Math.abs(value) <= 100)) throw new InvalidArgumentError("expected decibels, -100 to 100.");
  return value;
}

function percent(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError("expected a percentage, 0 to 100.");
  return value;
}
