import { RealtimeAgent, RealtimeSession, type TransportEvent, tool } from "@openai/agents-realtime";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { type Engine, openEngine } from "../../../src/engine/open-engine.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import type { Speech } from "../../../src/engine/speak/speech.ts";
import { OUTCOME, spokenBy, TEMPERATURE, WISH } from "../../support/foreign-driver.ts";

/** The agents SDK's own session, which knows nothing of us, and the engine as it is shipped. */
let engine: Engine;
let driver: Speech;

beforeAll(async () => {
  [engine, driver] = await Promise.all([openEngine({ dialect: "openai", instance: "test" }), openSpeech()]);
}, 60_000);

afterAll(async () => {
  driver.close();
  await engine.close();
});

async function conversation(config: ConstructorParameters<typeof RealtimeSession>[1] = {}) {
  const calls: unknown[] = [];
  const events: TransportEvent[] = [];
  let samples = 0;
  const agent = new RealtimeAgent({
    name: "car",
    instructions: "You are the voice assistant of this car.",
    tools: [
      tool({
        ...TEMPERATURE,
        parameters: { ...TEMPERATURE.parameters, required: ["zone", "celsius"] },
        strict: true,
        execute: (args) => {
          calls.push(args);
          return OUTCOME;
        },
      }),
    ],
  });
  const session = new RealtimeSession(agent, { transport: "websocket", ...config });
  const errors: unknown[] = [];
  session.on("error", (error) => errors.push(error));
  session.on("audio", ({ data }) => (samples += data.byteLength / 2));
  session.transport.on("*", (event: TransportEvent) => events.push(event));
  onTestFinished(() => session.close());
  await session.connect({ apiKey: engine.token, url: `${engine.url}?model=codriver` });
  const until = (type: string, times = 1) =>
    vi.waitFor(() => expect(events.filter((event) => event.type === type).length).toBeGreaterThanOrEqual(times), {
      timeout: 20_000,
    });
  await until("session.updated");
  return {
    session,
    calls,
    events,
    errors,
    until,
    seconds: () => samples / 24_000,
    say: async (text: string, options = {}) => {
      for (const pcm of await spokenBy(driver, text, 24_000)) session.sendAudio(pcm.slice().buffer, options);
    },
    /** The words of items as the server has them. */
    retrieved: () =>
      events.flatMap((event) => {
        if (event.type !== "conversation.item.retrieved") return [];
        const { item } = event as unknown as { item: { content: { transcript: string }[] } };
        return item.content.map(({ transcript }) => transcript);
      }),
    texts: () =>
      session.history.flatMap((item) => {
        if (item.type !== "message") return [];
        const [part] = item.content;
        return [[item.role, part && "transcript" in part ? part.transcript : part && "text" in part && part.text]];
      }),
  };
}

describe("the agents SDK's realtime session", () => {
  test("is heard, has its tool called and answered, and is told the outcome aloud", async () => {
    const { say, until, calls, texts, seconds, errors } = await conversation();
    await say(WISH);
    await until("response.done", 2);
    expect(calls).toEqual([{ zone: "driver", celsius: 21 }]);
    await vi.waitFor(() =>
      expect(texts()).toEqual([
        ["user", WISH],
        ["assistant", expect.any(String)],
        ["assistant", OUTCOME.say],
      ]),
    );
    expect(seconds()).toBeGreaterThan(2);
    expect(errors).toEqual([]);
  });

  test("is interrupted by the driver, and knows how little was heard", async () => {
    const { session, say, until, retrieved, errors } = await conversation();
    const interrupted = new Promise<void>((resolve) => session.on("audio_interrupted", () => resolve()));
    await say(WISH);
    await until("response.done", 2);
    await say("set the passenger cabin temperature to eighteen degrees");
    await interrupted;
    await until("conversation.item.truncated");
    await vi.waitFor(() =>
      expect(retrieved().some((text) => text !== OUTCOME.say && OUTCOME.say.startsWith(text))).toBe(true),
    );
    await until("response.done", 4);
    expect(errors).toEqual([]);
  });

  test("says itself when a turn is over, where it asked for that", async () => {
    const { session, say, until, calls, events, errors } = await conversation({
      config: { audio: { input: { turnDetection: null } } },
    });
    await say(WISH);
    session.transport.sendEvent({ type: "input_audio_buffer.commit" });
    await until("input_audio_buffer.committed");
    session.transport.requestResponse?.();
    await until("response.done", 2);
    expect(calls).toEqual([{ zone: "driver", celsius: 21 }]);
    expect(events.some(({ type }) => type === "input_audio_buffer.speech_started")).toBe(false);
    expect(errors).toEqual([]);
  });

  test("types, and changes its history", async () => {
    const { session, until, calls, texts, errors } = await conversation();
    session.sendMessage(WISH);
    await until("response.done", 2);
    expect(calls).toEqual([{ zone: "driver", celsius: 21 }]);
    session.updateHistory((history) => history.filter((item) => item.type === "message" && item.role === "user"));
    await vi.waitFor(() => expect(texts()).toEqual([["user", WISH]]));
    expect(errors).toEqual([]);
  });
});
