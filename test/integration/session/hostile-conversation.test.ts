import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

import { converse } from "../../../src/session/converse.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio, SPEC } from "../../support/session.ts";
import { DIALECTS, type Dialect } from "./dialects.ts";

const SOUND = Buffer.alloc(480, 1).toString("base64");

/** A conversation with a server that is in the test's hands: the line to each connection, and what it has been sent. */
async function conversation(dialect: Dialect, act: (socket: WebSocket, index: number) => void = () => undefined) {
  const http = createServer();
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const sockets: WebSocket[] = [];
  const received: string[][] = [];
  const server = new WebSocketServer({ server: http });
  server.on("connection", (socket) => {
    const heard: string[] = [];
    const index = received.push(heard) - 1;
    sockets.push(socket);
    for (const message of dialect.greeting) socket.send(message);
    socket.on("message", (data: Buffer) => {
      if (heard.push(data.toString("utf8")) > 1) return;
      socket.send(dialect.ready);
      act(socket, index);
    });
  });
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const provider = dialect.open(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/live`);
  const backoff = { minMs: 1, maxMs: 16, random: () => 1 };
  const running = converse(provider, SPEC, commands$, { backoff }).subscribe((event) => events.push(event));
  onTestFinished(() => {
    running.unsubscribe();
    for (const socket of server.clients) socket.terminate();
    http.close();
  });
  const say = (...commands: SessionCommand[]): void => commands.forEach((command) => commands$.next(command));
  const hear = (...messages: readonly string[]): void => messages.forEach((message) => sockets.at(-1)?.send(message));
  const of = <Type extends SessionEvent["type"]>(type: Type) =>
    events.filter((event): event is SessionEvent & { type: Type } => event.type === type);
  const seen = (type: SessionEvent["type"], times = 1) => vi.waitFor(() => expect(of(type)).toHaveLength(times));
  const drop = (): void => sockets.at(-1)?.terminate();
  await vi.waitFor(() => expect(of("session-ready").length).toBeGreaterThan(0));
  return { events, received, say, hear, of, seen, drop };
}

describe.each(DIALECTS)("a server of $name", (dialect) => {
  test("that drops the line in the middle of speech is not told the beginning again", async () => {
    const { received, say, seen, drop } = await conversation(dialect);
    say(audio(900), audio(900));
    await vi.waitFor(() => expect(received[0]?.length).toBeGreaterThan(2));
    drop();
    await seen("session-ready", 2);
    say(audio(900), audio(900), audio(900));
    await vi.waitFor(() => expect(received[1]?.length).toBeGreaterThan(2));
    expect(received[1]).toHaveLength(4);
  });

  test("that drops the line in the middle of a call is told what came of it, not given a result", async () => {
    const { received, say, hear, of, seen, drop } = await conversation(dialect);
    hear(...dialect.reply("r", SOUND), ...dialect.call("r", "call-1"));
    await seen("tool-call");
    drop();
    await seen("session-ready", 2);
    const callId = of("tool-call")[0]?.callId ?? "";
    const output = { status: "done", say: "The window is open." };
    say({ type: "tool-result", callId, output }, { type: "create-reply" }, { type: "tool-result", callId, output });
    await vi.waitFor(() => expect(received[1]?.join("")).toContain("Tell the driver: The window is open."));
    expect(received[1]?.join("").match(/The window is open/g)).toHaveLength(1);
    // Who is told of the call itself is told that it has been made, or it would be made again.
    const results = received.flat().filter((text) => /function_call_output|functionResponses/.test(text));
    for (const text of results) expect(text).toContain("under way already");
  });

  test("that repeats its calls is answered once", async () => {
    const { received, say, hear, of, seen } = await conversation(dialect);
    hear(...dialect.reply("r", SOUND), ...dialect.call("r", "call-1"), ...dialect.call("r", "call-1"));
    hear(...dialect.ended("r"), ...dialect.call("r", "call-1"), ...dialect.ended("r"));
    await seen("reply-ended");
    const callId = of("tool-call")[0]?.callId ?? "";
    say({ type: "tool-result", callId, output: { status: "done" } }, { type: "tool-result", callId, output: {} });
    await vi.waitFor(() => expect(received[0]?.join("")).toMatch(/function_call_output|functionResponses/));
    expect(received[0]?.join("").match(/function_call_output|functionResponses/g)).toHaveLength(1);
    expect(of("tool-call")).toHaveLength(1);
  });

  test("that sends garbage, base64 that is none, and unknown events is borne", async () => {
    const { hear, of, seen } = await conversation(dialect);
    hear("{", "[]", "null", '{"type":"response.mystery"}', '{"mystery":{}}', '{"type":42}');
    hear(...dialect.reply("r", "no base64!"), ...dialect.ended("r"));
    hear(...dialect.reply("s", SOUND), ...dialect.ended("s"));
    await vi.waitFor(() => expect(of("reply-audio")).toHaveLength(1));
    await vi.waitFor(() => expect(of("reply-ended").length).toBeGreaterThan(0));
    expect(of("ignored").filter(({ problem }) => problem?.includes("base64"))).toHaveLength(1);
    await seen("session-lost", 0);
  });

  test("that ends what it never began, and begins what has ended, has one reply at a time", async () => {
    const { events, hear, of } = await conversation(dialect);
    hear(...dialect.ended("x"), ...dialect.reply("a", SOUND), ...dialect.reply("b", SOUND), ...dialect.ended("a"));
    hear(...dialect.ended("b"), ...dialect.ended("b"));
    hear(...dialect.reply("c", SOUND), ...dialect.call("c", "last"), ...dialect.ended("c"));
    await vi.waitFor(() => expect(of("tool-call")).toHaveLength(1));
    const lives = events.map(({ type }) => type).filter((type) => type === "reply-started" || type === "reply-ended");
    expect(lives.length).toBeGreaterThan(0);
    expect(lives.every((type, index) => type === (index % 2 === 0 ? "reply-started" : "reply-ended"))).toBe(true);
  });

  test("that confirms and hangs up is tried again, ever more slowly", async () => {
    const { of } = await conversation(dialect, (socket) => socket.close());
    await vi.waitFor(() =>
      expect(
        of("session-lost")
          .map(({ retryInMs }) => retryInMs)
          .slice(0, 6),
      ).toEqual([2, 2, 4, 8, 16, 16]),
    );
  });
});
