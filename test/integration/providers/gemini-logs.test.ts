import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { of } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";

import { gemini } from "../../../src/providers/gemini.ts";
import { openSession } from "../../../src/session/open-session.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { GEMINI_LOGS, type LoggedMessage, logNames, readLog } from "../../support/gemini-logs.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { SPEC } from "../../support/session.ts";

const ASKED: readonly SessionCommand[] = [{ type: "user-text", text: "Hello." }, { type: "create-reply" }];

describe.skipIf(!haveOrSkip(GEMINI_LOGS))("a session with a server that plays a recording of gemini", () => {
  test.for(logNames())("%s", async (name) => {
    const log = readLog(name);
    const { url, played } = await serveLog(log);
    const events: SessionEvent[] = [];
    const session = openSession(gemini({ apiKey: "k", url }), SPEC, of(...ASKED)).subscribe((event) =>
      events.push(event),
    );
    onTestFinished(() => session.unsubscribe());
    const calls = log.flatMap(({ message }) => callsOf(message));
    const said = log.map(({ message }) => textOf(message)).join("");
    await played;
    await vi.waitFor(() => {
      const texts = events.flatMap((event) => (event.type === "reply-text" && !event.final ? [event.text] : []));
      expect(texts.join("")).toBe(said);
      expect(events.flatMap((event) => (event.type === "tool-call" ? [event.name] : []))).toEqual(calls);
    });
    expect(events.filter(({ type }) => type === "session-ready")).toHaveLength(1);
    expect(events.filter((event) => event.type === "provider-error" || event.type === "session-lost")).toEqual([]);
  });
});

/** Answers the setup as recorded, and the first thing that is said after it with all the rest, in binary frames. */
async function serveLog(log: readonly LoggedMessage[]) {
  const [first, ...rest] = log.flatMap(({ from, message }) => (from === "server" ? [message] : []));
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const played = new Promise<void>((resolve) => {
    server.on("connection", (socket) => {
      const send = (message: unknown) => socket.send(Buffer.from(JSON.stringify(message, undefined, 2)));
      socket.once("message", () => {
        send(first);
        socket.once("message", () => {
          rest.forEach(send);
          resolve();
        });
      });
    });
  });
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, played };
}

interface Recorded {
  readonly toolCall?: { readonly functionCalls: readonly { readonly name: string }[] };
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts: readonly { readonly text?: string }[] };
    readonly outputTranscription?: { readonly text: string };
  };
}

const callsOf = ({ toolCall }: Recorded): readonly string[] => toolCall?.functionCalls.map(({ name }) => name) ?? [];

function textOf({ serverContent }: Recorded): string {
  const parts = serverContent?.modelTurn?.parts.map(({ text }) => text ?? "") ?? [];
  return [...parts, serverContent?.outputTranscription?.text ?? ""].join("");
}
