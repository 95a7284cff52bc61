import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of programs that do as they are told, in front of the real ones. */
export interface FakePrograms {
  /** PATH, and nothing else of this machine. */
  readonly environment: Readonly<Record<string, string>>;
  /** A shell script under this name. Each start adds its arguments to what `calls` returns. */
  add(name: string, script: string): Promise<void>;
  /** The arguments of each start so far. */
  calls(name: string): Promise<readonly string[]>;
  /** The process of the last start. */
  pid(name: string): Promise<number>;
  /** A path in the folder. */
  path(name: string): string;
  close(): Promise<void>;
}

export async function fakePrograms(): Promise<FakePrograms> {
  const folder = await mkdtemp(join(tmpdir(), "codriver-programs-"));
  const path = (name: string): string => join(folder, name);
  const lines = async (name: string): Promise<readonly string[]> =>
    (await readFile(path(name), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  return {
    environment: { PATH: `${folder}:/usr/bin:/bin` },
    add: async (name, script) => {
      // The process first: where there is a call, its process is known.
      const record = `echo $$ > ${path(`${name}.pid`)}\necho "$@" >> ${path(`${name}.calls`)}`;
      await writeFile(path(name), `#!/bin/sh\n${record}\n${script}\n`);
      await chmod(path(name), 0o755);
    },
    calls: (name) => lines(`${name}.calls`),
    pid: async (name) => Number((await lines(`${name}.pid`))[0]),
    path,
    close: () => rm(folder, { recursive: true }),
  };
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
