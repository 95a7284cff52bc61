import { fork } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { Ask, Heap, Usage } from "./realtime-child.ts";
import type { ClientName, ClientOptions, SinkLog, Talk } from "./realtime-client.ts";

/** A client in its own process. Rejects what it is asked when the client fails. */
export interface Peer {
  readonly name: ClientName;
  open(options: ClientOptions, conversation?: string): Promise<void>;
  talk(talk: Talk, conversation?: string): Promise<readonly number[]>;
  takeWord(conversation?: string): Promise<void>;
  sink(conversation?: string): Promise<SinkLog>;
  hangUp(conversation?: string): Promise<void>;
  cpuMs(): Promise<number>;
  heap(): Promise<Heap>;
  close(): void;
}

const CHILD = "dist/bench/support/realtime-child.js";
const MEASURED = ["bench/support", "src/audio", "src/providers", "src/session", "src/turn", "src/wake", "src/wiring"];

/** Starts a client from the build, as a car runs it. Throws where there is no build of these sources. */
export async function startPeer(name: ClientName, execArgv: readonly string[] = []): Promise<Peer> {
  checkBuild();
  const child = fork(CHILD, [name], { execArgv: [...execArgv], stdio: ["ignore", "ignore", outcry(name), "ipc"] });
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let count = 0;
  child.on("message", ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(`${name}: ${error}`));
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${code ?? "a signal"}`));
    waiting.clear();
  });
  const answered = <Answer>(id: number): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve: (value) => resolve(value as Answer), reject });
    });
  const asked = <Answer>(ask: Ask): Promise<Answer> => {
    count += 1;
    const answer = answered<Answer>(count);
    child.send({ id: count, ask });
    return answer;
  };
  await answered(0);
  return {
    name,
    open: (options, conversation = "") => asked({ type: "open", conversation, options }),
    talk: (talk, conversation = "") => asked({ type: "talk", conversation, talk }),
    takeWord: (conversation = "") => asked({ type: "take-word", conversation }),
    sink: (conversation = "") => asked({ type: "sink", conversation }),
    hangUp: (conversation = "") => asked({ type: "close", conversation }),
    cpuMs: async () => (await asked<Usage>({ type: "cpu" })).cpuMs,
    heap: () => asked({ type: "heap" }),
    close: () => void child.kill(),
  };
}

/** The peer logs what it cannot deliver; that is counted, and need not be read. */
function outcry(name: ClientName): "ignore" | "inherit" {
  return name === "agents" ? "ignore" : "inherit";
}

/** What is measured is the build: a car does not compile as it drives. */
function checkBuild(): void {
  if (!existsSync(CHILD)) throw new Error("`npm run build` first: clients are measured as they are built");
  const builtMs = statSync(CHILD).mtimeMs;
  for (const folder of MEASURED.filter((name) => existsSync(name))) {
    const newer = readdirSync(folder, { recursive: true, encoding: "utf8" }).find(
      (file) => file.endsWith(".ts") && statSync(join(folder, file)).mtimeMs > builtMs,
    );
    if (newer !== undefined) throw new Error(`\`npm run build\` first: ${join(folder, newer)} is newer than the build`);
  }
}
