import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";

import type { OpenClient } from "./realtime-client.ts";
import { openSink } from "./realtime-sink.ts";

/** The agents SDK's session over its own WebSocket, used as its documentation shows. */
export const openAgents: OpenClient = async (options) => {
  const sink = openSink(options);
  const car = tool({
    name: "set_cabin_temperature",
    description: "Sets the cabin's temperature.",
    parameters: {
      type: "object",
      properties: { celsius: { type: "number" } },
      required: ["celsius"],
      additionalProperties: false,
    },
    strict: true,
    execute: async (_args, _context, details) => {
      await new Promise((resolve) => setTimeout(resolve, options.toolMs ?? 0));
      return { status: "done", say: `done ${details?.toolCall?.callId ?? ""}` };
    },
  });
  const agent = new RealtimeAgent({ name: "car", instructions: "You are the voice of this car.", tools: [car] });
  const session = new RealtimeSession(agent, { transport: "websocket", tracingDisabled: true });
  session.on("error", () => undefined);
  session.on("audio", ({ data }) => sink.write(new Int16Array(data)));
  session.on("audio_interrupted", () => sink.flush());
  await session.connect({ apiKey: "bench", url: `${options.url}?model=gpt-realtime` });
  return {
    hear: (mark) => session.sendAudio(new Int16Array(480).fill(mark).buffer),
    takeWord: () => session.interrupt(),
    sink: () => sink.log(),
    close: () => session.close(),
  };
};
