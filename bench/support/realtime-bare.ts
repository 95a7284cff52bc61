import { once } from "node:events";
import { WebSocket } from "ws";

import type { OpenClient } from "./realtime-client.ts";
import { openSink } from "./realtime-sink.ts";

interface Message {
  readonly type: string;
  readonly delta?: string;
}

/** The least that has to be done: parse, decode, hand over. It never stops, truncates, calls or reconnects. */
export const openBare: OpenClient = async (options) => {
  const sink = openSink(options);
  const socket = new WebSocket(options.url, { perMessageDeflate: false });
  const send = (message: unknown): void => socket.send(JSON.stringify(message));
  const ready = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString("utf8")) as Message;
      if (message.type === "session.updated") resolve();
      if (message.type !== "response.output_audio.delta" || message.delta === undefined) return;
      const bytes = Buffer.from(message.delta, "base64");
      sink.write(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2));
    });
  });
  await once(socket, "open");
  send({ type: "session.update", session: { type: "realtime" } });
  await ready;
  return {
    hear: (mark) => {
      const pcm = new Int16Array(480).fill(mark);
      send({ type: "input_audio_buffer.append", audio: Buffer.from(pcm.buffer).toString("base64") });
    },
    takeWord: () => sink.flush(),
    sink: () => sink.log(),
    close: () => socket.close(),
  };
};
