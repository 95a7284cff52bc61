import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** A stand-in for a cloud model that accepts a session and then has nothing to say: what waits is only the agent. */
export async function startSilentServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "session.created", session: { id: "s", model: "silent" } }));
    socket.on("message", (data: Buffer) => {
      if (data.includes('"session.update"'))
        socket.send(JSON.stringify({ type: "session.updated", session: { id: "s" } }));
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
}
