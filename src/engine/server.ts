import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Observable } from "rxjs";
import { type WebSocket, WebSocketServer } from "ws";

import { parseJson } from "../shared/json-limits.ts";
import { type AdmissionOptions, ENTRANCES, type Refusal, refusalOf } from "./admission.ts";
import type { Dialect, HangUp } from "./dialects/dialect.ts";
import { DIALECTS } from "./dialects/index.ts";
import { EngineError } from "./engine-error.ts";
import type { ClientMessage, EngineConfig, EngineEvent } from "./engine-event.ts";
import type { EnginePorts } from "./engine-ports.ts";
import { engineSession } from "./engine-session.ts";

interface ListenOptions extends AdmissionOptions {
  /** Starts the ids of this server's sessions; different in every process. */
  readonly instance: string;
}

export interface ServerOptions extends ListenOptions {
  readonly ports: Omit<EnginePorts, "sessionId">;
}

export interface SessionServerOptions extends ListenOptions {
  /**
   * One client's conversation, whoever answers it: requests in, events out. Unsubscribing ends it. `defaults`: how the
   * dialect sets a session up before its client has said how.
   */
  session(
    sessionId: string,
    messages$: Observable<ClientMessage>,
    defaults: Partial<EngineConfig>,
  ): Observable<EngineEvent>;
}

export interface RealtimeServer {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const MAX_CONNECTIONS = 4;
const FULL: Refusal = { status: 503, message: `no more than ${MAX_CONNECTIONS} connections at once` };
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
const PING_MS = 20_000;
const MAX_REASON_BYTES = 120;
const MAX_BAD_MESSAGES = 10;
const BAD_WITHIN_MS = 10_000;

/** Takes a port on loopback; 0 takes a free one. Rejects with an `EngineError` that names the port when it cannot. */
export function bind(port: number): Promise<Server> {
  const http = createServer({ headersTimeout: 5_000 }, (_request, response) => {
    response.writeHead(426, { Connection: "close" }).end("This is a realtime speech server: connect by WebSocket.\n");
  });
  return new Promise((resolve, reject) => {
    http.once("error", (cause) => reject(bindError(port, cause)));
    http.listen(port, HOST, () => resolve(http));
  });
}

/** Serves conversations with the embedded engine on a bound port. */
export function serveRealtime(http: Server, { ports, ...options }: ServerOptions): RealtimeServer {
  return serveSessions(http, {
    ...options,
    session(sessionId, messages$, defaults) {
      return engineSession(messages$, { ...ports, sessionId }, defaults);
    },
  });
}

/** Serves conversations on a bound port. */
export function serveSessions(http: Server, options: SessionServerOptions): RealtimeServer {
  const { dialect, instance } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    maxFragments: 1_024,
    perMessageDeflate: false,
  });
  let sessions = 0;
  http.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    const refusal = refusalOf(request, options) ?? (sockets.clients.size < MAX_CONNECTIONS ? undefined : FULL);
    if (refusal !== undefined) return refuse(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const wire = DIALECTS[dialect]();
      const sessionId = `sess_${instance}_${++sessions}`;
      serve(socket, wire, options.session(sessionId, messagesOf(socket, wire), wire.defaults));
    });
  });
  return {
    url: `ws://${HOST}:${(http.address() as AddressInfo).port}${ENTRANCES[dialect].path}`,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets.clients) socket.terminate();
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
}

function refuse(stream: Duplex, { status, message }: Refusal): void {
  const body = JSON.stringify({ error: { message } });
  // Who does not hang up by itself must not keep the server from closing.
  stream.once("finish", () => stream.destroy());
  const retry = status === 503 ? "Retry-After: 1\r\n" : "";
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `${retry}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function bindError(port: number, cause: NodeJS.ErrnoException): EngineError {
  if (cause.code !== "EADDRINUSE") {
    return new EngineError("cannot-listen", `cannot listen on ${HOST}:${port}: ${cause.message}`, { cause });
  }
  const advice = "stop the program that has it, or choose another port for the engine";
  return new EngineError("port-busy", `port ${port} on ${HOST} is already in use: ${advice}`, { cause });
}

/** One connection, until either side hangs up. */
function serve(socket: WebSocket, dialect: Dialect, events$: Observable<EngineEvent>): void {
  const options = { binary: dialect.binary ?? false };
  const session = events$.subscribe({
    next: (event) => {
      for (const message of dialect.encode(event)) socket.send(JSON.stringify(message), options);
      hangUp(socket, dialect.hangUp?.(event));
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
    },
    error: () => socket.close(1011, "internal error"),
  });
  let answered = true;
  const pulse = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
  socket.on("pong", () => {
    answered = true;
  });
  // The close event that follows says all there is to do.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    clearInterval(pulse);
    session.unsubscribe();
  });
}

function hangUp(socket: WebSocket, end: HangUp | undefined): void {
  if (end === undefined) return;
  // A close frame has room for 123 bytes. A character that is cut in half is left out.
  const reason = new TextDecoder().decode(Buffer.from(end.reason).subarray(0, MAX_REASON_BYTES));
  socket.close(end.code, reason.replace(/\uFFFD$/, ""));
}

/** Reads what the client sends. Who keeps sending what cannot be read is hung up on. */
function messagesOf(socket: WebSocket, dialect: Dialect): Observable<ClientMessage> {
  return new Observable((subscriber) => {
    let bad: readonly number[] = [];
    const onMessage = (data: unknown): void => {
      const parsed = parseJson(data as Buffer);
      const messages = parsed.ok ? dialect.decode(parsed.value) : [notJson(parsed.problem)];
      for (const message of messages) subscriber.next(message);
      if (messages.every(({ request }) => request.type !== "unreadable")) return;
      const now = performance.now();
      bad = [...bad.filter((at) => now - at < BAD_WITHIN_MS), now];
      if (bad.length >= MAX_BAD_MESSAGES) socket.close(1008, "too many unreadable messages");
    };
    socket.on("message", onMessage);
    return () => socket.off("message", onMessage);
  });
}

function notJson(problem: string): ClientMessage {
  return { request: { type: "unreadable", problem: `invalid event format: ${problem}` }, eventId: undefined };
}
