import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { NEVER } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

import { stepFun } from "../../../src/providers/stepfun.ts";
import { converse } from "../../../src/session/converse.ts";
import { openSession } from "../../../src/session/open-session.ts";
import type { Provider } from "../../../src/session/provider.ts";
import type { ProviderError } from "../../../src/session/provider-error.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { SPEC } from "../../support/session.ts";
import { DIALECTS, type Dialect } from "./dialects.ts";

const READY = '{"type":"session.updated"}';

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`;
}

/** A server that does whatever the test likes with every socket. */
async function socketServer(onConnection: (socket: WebSocket) => void): Promise<string> {
  const http = createHttpServer();
  const sockets = new WebSocketServer({ server: http });
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
  sockets.on("connection", onConnection);
  return listening(http);
}

/** The events of one session until it ends, and the error with which it did. */
function session(url: string, open = openStepFun): Promise<{ events: SessionEvent[]; error: ProviderError }> {
  const events: SessionEvent[] = [];
  const provider = open(url);
  return new Promise((resolve) => {
    const running = openSession(provider, SPEC, NEVER).subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error: error as ProviderError }),
    });
    onTestFinished(() => running.unsubscribe());
  });
}

const openStepFun = (url: string): Provider => stepFun({ apiKey: "secret-key", url });

/** Ready in its dialect, and then this. */
const readyThen = (dialect: Dialect, ...messages: readonly (string | Buffer)[]): Promise<string> =>
  socketServer((socket) => {
    for (const message of dialect.greeting) socket.send(message);
    socket.once("message", () => {
      for (const message of [dialect.ready, ...messages]) socket.send(message);
    });
  });

describe.each(DIALECTS)("a hostile server of $name", (dialect) => {
  const { name, open } = dialect;

  test("that sends garbage is hung up on after ten messages", async () => {
    const url = await readyThen(dialect, ...Array.from({ length: 20 }, () => Buffer.from([0xff, 0xfe, 0x00])));
    const { events, error } = await session(url, open);
    expect(error).toMatchObject({ code: "hostile", message: `${name}: 10 unreadable events within 10 s` });
    expect(events.filter(({ type }) => type === "ignored").length).toBeLessThanOrEqual(11);
  });

  test.for([
    ["deep", "[".repeat(200_000), /nested deeper than 32/],
    ["large", `{"type":"${"a".repeat(300_000)}"}`, /more than 262144/],
    ["wide", `{${Array.from({ length: 20_000 }, (_, key) => `"k${key}":1`).join()}}`, /more than 4096 keys/],
  ] as const)("that sends one %s event is borne, and the event is not quoted", async ([, text, problem]) => {
    const url = await readyThen(dialect, text, ...dialect.reply("r", Buffer.alloc(480, 1).toString("base64")));
    const events: SessionEvent[] = [];
    const running = openSession(open(url), SPEC, NEVER).subscribe((event) => events.push(event));
    onTestFinished(() => running.unsubscribe());
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: "reply-audio" }));
    const read = events.filter(({ type }) => type !== "reply-audio");
    expect(read).toContainEqual({
      type: "ignored",
      wireType: "",
      problem: expect.stringMatching(problem) as string,
    });
    expect(JSON.stringify(read).length).toBeLessThan(1_000);
  });

  test("that sends more than a mebibyte at once is hung up on", async () => {
    const { error } = await session(await readyThen(dialect, Buffer.alloc(2 * 1024 * 1024, 0x20)), open);
    expect(error).toMatchObject({ code: "hostile" });
    expect(error.message).toMatch(/Max payload size exceeded/);
  });

  test.for([
    [401, "refused", /the key is not accepted/],
    [402, "refused", /no balance/],
    [403, "refused", /may not use/],
    [404, "refused", /no such endpoint or model/],
    [302, "connection-failed", /captive portal/],
    [429, "connection-failed", /too many requests/],
    [500, "connection-failed", /trying again/],
  ] as const)("that answers the upgrade with %i is understood", async ([status, code, advice]) => {
    const { error } = await session(await answering(String(status)), open);
    expect(error).toMatchObject({ code, status, retryAfterMs: 7_000 });
    expect(error.message).toMatch(advice);
    expect(error.message).not.toContain("secret-key");
  });
});

describe("a hostile server", () => {
  test("that sends endless fragments is hung up on", async () => {
    const url = await socketServer((socket) => {
      for (let part = 0; part < 2_000; part++) socket.send("x", { fin: false });
    });
    expect((await session(url)).error).toMatchObject({ code: "hostile" });
  });

  test("that is nobody is named by its address", async () => {
    const { error } = await session("ws://127.0.0.1:9/v1/realtime");
    expect(error).toMatchObject({ code: "connection-failed" });
    expect(error.message).toContain("cannot reach 127.0.0.1:9");
  });

  test("that never upgrades is left alone after five seconds", async () => {
    const { error } = await session(await listening(createServer()));
    expect(error).toMatchObject({ code: "connection-failed" });
    expect(error.message).toMatch(/handshake has timed out/);
  });

  test("that takes the configuration and hangs up is tried again, ever more slowly", async () => {
    let connections = 0;
    const url = await socketServer((socket) => {
      connections++;
      socket.send('{"type":"session.created"}');
      socket.on("message", () => {
        socket.send(READY);
        socket.close();
      });
    });
    const pauses: number[] = [];
    const backoff = { minMs: 1, maxMs: 16, random: () => 1 };
    const running = converse(stepFun({ apiKey: "k", url }), SPEC, NEVER, { backoff }).subscribe((event) => {
      if (event.type === "session-lost") pauses.push(event.retryInMs);
    });
    onTestFinished(() => running.unsubscribe());
    await vi.waitFor(() => expect(pauses.slice(0, 7)).toEqual([2, 2, 4, 8, 16, 16, 16]), { timeout: 5_000 });
    expect(connections).toBeGreaterThanOrEqual(7);
  });
});

/** Refuses to upgrade; `404` where the model is not spelt as it knows it. */
function answering(status: string): Promise<string> {
  const http = createHttpServer();
  http.on("upgrade", (request, stream) => {
    // A server that refuses answers the upgrade as any other request.
    const model = new URL(request.url ?? "/", "http://x").searchParams.get("model");
    const code = status === "by model" ? (model === "step-2.5-realtime" ? "401" : "404") : status;
    stream.end(`HTTP/1.1 ${code} Refused\r\nRetry-After: 7\r\nLocation: http://portal/\r\nContent-Length: 0\r\n\r\n`);
  });
  return listening(http);
}

test("an unknown model is asked for by its other spelling, once", async () => {
  const open = (url: string): Provider => stepFun({ apiKey: "secret-key", url, model: "stepaudio-2.5-realtime" });
  const { error } = await session(await answering("by model"), open);
  expect(error).toMatchObject({ code: "refused", status: 401 });
});
