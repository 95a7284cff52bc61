import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

const KILL_AFTER_MS = 1_000;
const MAX_COMPLAINT_CHARS = 1_000;

export type ProgramEnvironment = Readonly<Record<string, string | undefined>>;

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: ProgramEnvironment;
}

/** Starts a program whose output is sound. */
export function startRecorder(call: ProgramCall): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(call.program, call.args, { ...ownGroup(call), stdio: ["ignore", "pipe", "pipe"] });
}

/** Starts a program whose input is sound. */
export function startPlayer(call: ProgramCall): ChildProcessByStdio<Writable, null, Readable> {
  return spawn(call.program, call.args, { ...ownGroup(call), stdio: ["pipe", "ignore", "pipe"] });
}

/** Ctrl-C is meant for us, not for them: a reply may still be heard to its end. They speak English, because we read it. */
function ownGroup({ environment }: ProgramCall) {
  return { detached: true, env: { ...environment, LC_ALL: "C" } };
}

/** Politely, and after a second by force. A program that did not start, or has ended, is left alone. */
export function endProgram(program: ChildProcess): void {
  if (program.exitCode !== null || program.signalCode !== null || program.pid === undefined) return;
  program.kill("SIGTERM");
  const killing = setTimeout(() => program.kill("SIGKILL"), KILL_AFTER_MS);
  program.once("exit", () => clearTimeout(killing));
}

/** The last that a program said on its standard error, for the sentence that says why it ended. */
export class Complaint {
  #text = "";

  add(text: string): void {
    this.#text = (this.#text + text).slice(-MAX_COMPLAINT_CHARS);
  }

  /** ` It says: ….`, or nothing. Not what ALSA's library says of its own files: the program sums it up. */
  get sentence(): string {
    const lines = this.#text.split("\n").map((line) => line.trim());
    const said = lines.filter((line) => line !== "" && !line.startsWith("ALSA lib")).join("; ");
    return said === "" ? "" : ` It says: ${said.replace(/\.?$/, ".")}`;
  }
}

export function howItEnded(code: number | null, signal: string | null): string {
  return code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
}
