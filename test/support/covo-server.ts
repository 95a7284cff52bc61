import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { wavHeader } from "../../src/audio/wav.ts";

/** A request as the documented client of vLLM-Omni makes it. */
export interface ChatBody {
  readonly model: string;
  readonly modalities: readonly string[];
  readonly max_tokens: number;
  readonly messages: readonly {
    readonly role: string;
    readonly content: readonly { type: string; text?: string; input_audio?: { data: string; format: string } }[];
  }[];
}

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

export interface CovoServer {
  readonly url: string;
  readonly bodies: ChatBody[];
  readonly requests: IncomingMessage[];
  /** How many requests the client gave up. */
  readonly aborted: () => number;
  /** What the next requests get; by default each is told how many seconds of sound it brought. */
  answer: Answering;
  close(): Promise<void>;
}

/** 24 kHz mono. */
export function wav(pcm: Int16Array, rateHz = 24_000): Buffer {
  return Buffer.concat([
    wavHeader(1, rateHz, pcm.byteLength),
    new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength),
  ]);
}

/** A tone of so many milliseconds. */
export function tone(ms: number, rateHz = 24_000): Int16Array {
  return Int16Array.from({ length: (ms * rateHz) / 1_000 }, (_, at) => Math.round(8_000 * Math.sin(at / 8)));
}

export function json(value: unknown, status = 200): Answering {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  };
}

/** Text and sound in two choices, as the server of Covo-Audio gives them. */
export function spoken(text: string, sound: Buffer): Answering {
  return json({
    id: "chatcmpl-1",
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: text, audio: null }, finish_reason: "stop" },
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          audio: { id: "audio-1", data: sound.toString("base64"), transcript: "" },
        },
        finish_reason: "stop",
      },
    ],
  });
}

/** Behaves as vLLM-Omni's chat completions are documented to: a whole WAV in, a whole WAV out. */
export async function covoServer(): Promise<CovoServer> {
  const bodies: ChatBody[] = [];
  const requests: IncomingMessage[] = [];
  let aborted = 0;
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    response.on("close", () => {
      if (!response.writableFinished) aborted++;
    });
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      requests.push(request);
      if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
        return json({ detail: "Not Found" }, 404)(response, request);
      }
      bodies.push(JSON.parse(Buffer.concat(pieces).toString()) as ChatBody);
      server.answer(response, request);
    });
  });
  const server: CovoServer = {
    url: "",
    bodies,
    requests,
    aborted: () => aborted,
    answer: spoken("Fine.", wav(tone(500))),
    close: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return Object.assign(server, { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
}
