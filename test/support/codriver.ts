import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/codriver.mjs", import.meta.url));
/** Nothing of the machine's own configuration, and no program that could be started by name. */
const ENVIRONMENT = { PATH: "/nonexistent", HOME: "/nonexistent", NO_COLOR: "1" };

export interface Running {
  readonly process: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  /** Resolves when it has ended by itself or by a signal. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program as a user does, in a folder without a configuration. */
export function codriver(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...ENVIRONMENT, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { process: child, stdout: () => stdout, ended };
}
