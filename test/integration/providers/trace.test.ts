import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { filter, firstValueFrom, NEVER, timeout } from "rxjs";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";

import { stepFun } from "../../../src/providers/stepfun.ts";
import { openSession } from "../../../src/session/open-session.ts";
import { SPEC } from "../../support/session.ts";

test("whoever asks StepFun for help has the names of the session and of the line", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.close());
  server.on("headers", (headers) => headers.push("x-trace-id: 4bf92f3577b34da6"));
  server.on("connection", (socket) => {
    socket.send('{"type":"session.created","session":{"id":"sess_7c1e"}}');
    socket.on("message", () => socket.send('{"type":"session.updated","session":{}}'));
  });
  await once(server, "listening");
  const provider = stepFun({
    apiKey: "k",
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
  });
  const ready = await firstValueFrom(
    openSession(provider, SPEC, NEVER).pipe(
      filter(({ type }) => type === "session-ready"),
      timeout(5_000),
    ),
    { defaultValue: undefined },
  );
  expect(ready).toEqual({ type: "session-ready", trace: "sess_7c1e 4bf92f3577b34da6" });
});
