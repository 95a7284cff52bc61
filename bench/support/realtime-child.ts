// Runs one kind of client in a process of its own, so that its CPU and its heap are its own.
import {
  type ClientName,
  type ClientOptions,
  type OpenClient,
  type RealtimeClient,
  type Talk,
  talk,
} from "./realtime-client.ts";

/** What the parent asks, each with an answer. `conversation` names one of several. */
export type Ask =
  | { readonly type: "open"; readonly conversation: string; readonly options: ClientOptions }
  | { readonly type: "talk"; readonly conversation: string; readonly talk: Talk }
  | { readonly type: "take-word" | "sink" | "close"; readonly conversation: string }
  | { readonly type: "cpu" | "heap" };

export interface Usage {
  readonly cpuMs: number;
}

/** After a collection; bytes. */
export interface Heap {
  readonly used: number;
  readonly buffers: number;
}

async function opener(name: ClientName): Promise<OpenClient> {
  switch (name) {
    case "ws":
      return (await import("./realtime-bare.ts")).openBare;
    case "agents":
      return (await import("./realtime-agents.ts")).openAgents;
    case "codriver":
      return (await import("./realtime-codriver.ts")).openCodriver;
    case "codriver-session":
      return (await import("./realtime-codriver.ts")).openCodriverSession;
    case "codriver-playback":
      return (await import("./realtime-codriver.ts")).openCodriverPlayback;
  }
}

const clients = new Map<string, RealtimeClient>();

async function answer(ask: Ask, open: OpenClient): Promise<unknown> {
  switch (ask.type) {
    case "cpu": {
      const { user, system } = process.cpuUsage();
      return { cpuMs: (user + system) / 1000 } satisfies Usage;
    }
    case "heap": {
      globalThis.gc?.();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return { used: heapUsed, buffers: arrayBuffers } satisfies Heap;
    }
    case "open":
      clients.set(ask.conversation, await open(ask.options));
      return undefined;
    case "talk":
      return talk(named(ask.conversation), ask.talk);
    case "take-word":
      named(ask.conversation).takeWord();
      return undefined;
    case "sink":
      return named(ask.conversation).sink();
    case "close":
      named(ask.conversation).close();
      clients.delete(ask.conversation);
      return undefined;
  }
}

function named(conversation: string): RealtimeClient {
  const client = clients.get(conversation);
  if (client === undefined) throw new Error(`no conversation ${conversation}`);
  return client;
}

async function serve(): Promise<void> {
  const open = await opener(process.argv[2] as ClientName);
  process.on("message", ({ id, ask }: { readonly id: number; readonly ask: Ask }) => {
    answer(ask, open).then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
  });
  // Peers throw from timers and sockets; that they do is for the parent to see, not to die of.
  process.on("unhandledRejection", () => undefined);
  process.on("disconnect", () => process.exit());
  process.send?.({ id: 0 });
}

await serve();
