import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

import { nowMs } from "./monotonic.ts";

/** A message of the client that is no sound. */
export interface Told {
  readonly type: string;
  readonly atMs: number;
  readonly item_id?: string;
  readonly audio_end_ms?: number;
  readonly item?: {
    readonly type?: string;
    readonly role?: string;
    readonly call_id?: string;
    readonly output?: string;
    readonly content?: readonly { readonly text?: string }[];
  };
}

/** A piece of microphone audio: when it came, and the sample in its middle, by which a frame can be known again. */
export interface Append {
  readonly atMs: number;
  readonly mark: number;
}

/** One connection of a client. */
export interface Line {
  readonly appends: readonly Append[];
  readonly told: readonly Told[];
  send(...messages: readonly unknown[]): void;
  /** Resolves when the client has been through everything that was sent before. */
  through(): Promise<void>;
  hangUp(): void;
}

export interface FakeServer {
  readonly url: string;
  /** All there ever were, oldest first. */
  readonly lines: readonly Line[];
  /** Resolves with the next line whose client has configured its session. */
  next(): Promise<Line>;
  /** Breaks all lines without a word; who connects is refused, as by a machine that is off. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export interface Conduct {
  /** What is done about messages that are no sound. */
  readonly onTold?: (line: Line, message: Told) => void;
  readonly onAppend?: (line: Line) => void;
  /** Hang up as soon as a line is there. */
  readonly hangsUp?: boolean;
}

/** A server that speaks OpenAI's realtime wire and says only what it is given to say. Listens on loopback. */
export async function fakeServer(conduct: Conduct = {}): Promise<FakeServer> {
  const lines: Line[] = [];
  const waiting: ((line: Line) => void)[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const configured = (line: Line): void => waiting.shift()?.(line);
  sockets.on("connection", (socket) => {
    if (conduct.hangsUp === true) socket.close(1001);
    lines.push(lineOn(socket, conduct, configured));
  });
  let http = await listening(sockets, 0);
  const { port } = http.address() as AddressInfo;
  const goAway = async (): Promise<void> => {
    http.close();
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    await once(http, "close");
  };
  return {
    url: `ws://127.0.0.1:${port}/v1/realtime`,
    lines,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    goAway,
    comeBack: async () => {
      http = await listening(sockets, port);
    },
    close: goAway,
  };
}

async function listening(sockets: WebSocketServer, port: number): Promise<Server> {
  const http = createServer();
  http.on("upgrade", (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit("connection", socket, request));
  });
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return http;
}

function lineOn(socket: WebSocket, conduct: Conduct, configured: (line: Line) => void): Line {
  const appends: Append[] = [];
  const told: Told[] = [];
  const send = (...messages: readonly unknown[]): void => {
    for (const message of messages) socket.send(JSON.stringify(message));
  };
  const line: Line = {
    appends,
    told,
    send,
    through: async () => {
      const passed = once(socket, "pong");
      socket.ping();
      await passed;
    },
    hangUp: () => socket.close(1001),
  };
  let isConfigured = false;
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    const atMs = nowMs();
    const message = JSON.parse(data.toString("utf8")) as Told & { readonly audio?: string; readonly session?: unknown };
    if (message.audio !== undefined) {
      appends.push({ atMs, mark: middleOf(message.audio) });
      conduct.onAppend?.(line);
      return;
    }
    told.push({ ...message, atMs });
    if (message.type === "session.update") {
      send({ type: "session.updated", event_id: "e", session: message.session });
      if (!isConfigured) configured(line);
      isConfigured = true;
    }
    conduct.onTold?.(line, message);
  });
  send({
    type: "session.created",
    event_id: "e",
    session: { id: "sess", object: "realtime.session", type: "realtime" },
  });
  return line;
}

function middleOf(base64: string): number {
  const bytes = Buffer.from(base64, "base64");
  return bytes.byteLength < 2 ? 0 : bytes.readInt16LE(2 * Math.floor(bytes.byteLength / 4));
}
