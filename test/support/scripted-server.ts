import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

import type { ScriptedTurn } from "../../src/providers/scripted-scene.ts";

/** Sends one message of a reply after the other, so that a client can come in between. */
export interface Stage {
  readonly script: readonly ScriptedTurn[];
  send(message: unknown): void;
  /** Queued behind what is still to be said. */
  say(...messages: unknown[]): void;
  /** Whether something is still to be said. */
  busy(): boolean;
  /** Forgets what is still to be said. */
  hush(): void;
}

export interface Play {
  readonly key: string;
  readonly header: string;
  /** Binary frames, as one of the vendors sends them. */
  readonly binary: boolean;
  /** Gets the messages of one connection, as JSON. */
  readonly actor: (stage: Stage, session: number) => (message: unknown) => void;
}

/** A server of one vendor's wire that plays a script. Gives its URL. */
export async function servePlay(
  script: readonly ScriptedTurn[],
  { key, header, binary, actor }: Play,
): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    verifyClient: ({ req }: { req: { headers: NodeJS.Dict<string | string[]> } }) => req.headers[header] === key,
  });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  let sessions = 0;
  server.on("connection", (socket) => {
    const act = actor(stageOn(socket, script, binary), ++sessions);
    socket.on("message", (data: Buffer) => act(JSON.parse(data.toString("utf8"))));
  });
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
}

function stageOn(socket: WebSocket, script: readonly ScriptedTurn[], binary: boolean): Stage {
  const lines: unknown[] = [];
  const send = (message: unknown): void => {
    const text = JSON.stringify(message);
    socket.send(binary ? Buffer.from(text) : text);
  };
  const next = (): void => {
    if (lines.length === 0) return;
    send(lines.shift());
    setImmediate(next);
  };
  return {
    script,
    send,
    say: (...messages) => {
      const idle = lines.length === 0;
      lines.push(...messages);
      if (idle) setImmediate(next);
    },
    busy: () => lines.length > 0,
    hush: () => void lines.splice(0),
  };
}

const SOUND_MS = 20;

/** Speech is any sound; 200 ms of silence after it end it. */
export class SimpleEar {
  readonly #samplesPerMs: number;
  #soundless = 0;
  open = false;

  constructor(samplesPerMs: number) {
    this.#samplesPerMs = samplesPerMs;
  }

  hear(base64: string): "start" | "end" | undefined {
    const bytes = Buffer.from(base64, "base64");
    const pcm = new Int16Array(Uint8Array.from(bytes).buffer);
    // What resampling leaves of an edge is no sound.
    const sounds = pcm.some((sample) => Math.abs(sample) > 200);
    this.#soundless = sounds ? 0 : this.#soundless + pcm.length;
    if (sounds && !this.open) return this.#turn(true);
    return this.open && this.#soundless >= 200 * this.#samplesPerMs ? this.#turn(false) : undefined;
  }

  #turn(open: boolean): "start" | "end" {
    this.open = open;
    return open ? "start" : "end";
  }
}

/** Something to play, at 24 kHz. */
export const murmur = Buffer.alloc(2 * 24 * SOUND_MS, 1).toString("base64");

/** What a script answers to words, and what it answers a result with. */
export function turnFor(script: readonly ScriptedTurn[], words: string): ScriptedTurn {
  return script.find(({ heard }) => heard === words) ?? { heard: words, says: "That is not in the script." };
}
