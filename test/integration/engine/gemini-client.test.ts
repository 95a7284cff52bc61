import {
  FunctionResponse,
  GoogleGenAI,
  type LiveConnectConfig,
  LiveSendToolResponseParameters,
  type LiveServerMessage,
  Modality,
  type Session,
} from "@google/genai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { type Engine, openEngine } from "../../../src/engine/open-engine.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import type { Speech } from "../../../src/engine/speak/speech.ts";
import { OUTCOME, spokenBy, TEMPERATURE, WISH } from "../../support/foreign-driver.ts";

/** Google's own Live client, which knows nothing of us, and the engine as it is shipped. */
let engine: Engine;
let driver: Speech;

beforeAll(async () => {
  [engine, driver] = await Promise.all([openEngine({ dialect: "gemini", instance: "test" }), openSpeech()]);
}, 60_000);

afterAll(async () => {
  driver.close();
  await engine.close();
});

const { name, description, parameters } = TEMPERATURE;
const CAR: LiveConnectConfig = {
  responseModalities: [Modality.AUDIO],
  systemInstruction: "You are the voice assistant of this car.",
  inputAudioTranscription: {},
  outputAudioTranscription: {},
  tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }],
};

async function conversation(config: LiveConnectConfig = {}) {
  const heard: LiveServerMessage[] = [];
  const closes: { code: number; reason: string }[] = [];
  const calls: unknown[] = [];
  const ai = new GoogleGenAI({
    apiKey: engine.token,
    httpOptions: { baseUrl: new URL(engine.url.replace("ws:", "http:")).origin },
  });
  const session: Session = await ai.live.connect({
    model: "codriver",
    config: { ...CAR, ...config },
    callbacks: {
      onmessage: (message) => {
        heard.push(message);
        const functionResponses = message.toolCall?.functionCalls?.map(({ id, name, args }) => {
          calls.push({ name, args });
          return Object.assign(new FunctionResponse(), { id, name, response: { output: OUTCOME } });
        });
        if (functionResponses === undefined) return;
        session.sendToolResponse(Object.assign(new LiveSendToolResponseParameters(), { functionResponses }));
      },
      onclose: ({ code, reason }: { code: number; reason: string }) => closes.push({ code, reason }),
    },
  });
  onTestFinished(() => session.close());
  const contents = () => heard.flatMap(({ serverContent }) => serverContent ?? []);
  const send = (pcm: Int16Array) => {
    const data = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString("base64");
    session.sendRealtimeInput({ audio: { data, mimeType: "audio/pcm;rate=16000" } });
  };
  return {
    session,
    heard,
    calls,
    closes,
    contents,
    until: (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true), { timeout: 20_000 }),
    say: async (text: string, { silence = true } = {}) => {
      const pieces = await spokenBy(driver, text, 16_000);
      // Without the second of silence that ends it.
      for (const pcm of silence ? pieces : pieces.slice(0, -25)) send(pcm);
    },
    driverSaid: () => contents().flatMap(({ inputTranscription }) => inputTranscription?.text ?? []),
    carSaid: () =>
      contents()
        .map(({ outputTranscription }) => outputTranscription?.text ?? "")
        .join(""),
    seconds: () => {
      const parts = contents().flatMap(({ modelTurn }) => modelTurn?.parts ?? []);
      return parts.reduce((sum, part) => sum + Buffer.from(part.inlineData?.data ?? "", "base64").length, 0) / 48_000;
    },
  };
}

describe("the Live client", () => {
  test("is heard, has its tool called and answered, and is told the outcome aloud", async () => {
    const { say, until, contents, calls, driverSaid, carSaid, seconds, closes } = await conversation();
    await say(WISH);
    await until(() => carSaid().endsWith(OUTCOME.say) && contents().at(-1)?.generationComplete === true);
    expect(driverSaid()).toEqual([WISH]);
    expect(calls).toEqual([{ name, args: { zone: "driver", celsius: 21 } }]);
    expect(seconds()).toBeGreaterThan(2);
    expect(closes).toEqual([]);
  });

  test("is interrupted by the driver, while it still plays", async () => {
    const { say, until, contents, carSaid } = await conversation();
    await say(WISH);
    await until(() => carSaid().endsWith(OUTCOME.say) && contents().at(-1)?.generationComplete === true);
    expect(contents().some(({ turnComplete }) => turnComplete)).toBe(false);
    await say("set the passenger cabin temperature to eighteen degrees");
    await until(() => contents().some(({ interrupted }) => interrupted === true));
    const at = contents().findIndex(({ interrupted }) => interrupted === true);
    await until(() => contents()[at + 1]?.turnComplete === true);
  });

  test("closes its microphone in time, and types", async () => {
    const { session, say, until, calls, contents, carSaid } = await conversation();
    await say(WISH, { silence: false });
    session.sendRealtimeInput({ audioStreamEnd: true });
    await until(() => calls.length === 1 && carSaid().endsWith(OUTCOME.say));
    session.sendClientContent({ turns: "set the passenger cabin temperature to eighteen degrees" });
    await until(() => calls.length === 2);
    expect(calls[1]).toEqual({ name, args: { zone: "passenger", celsius: 18 } });
    expect(contents().some(({ interrupted }) => interrupted === true)).toBe(true);
  });

  test("says itself when a turn begins and ends, and reads the answer", async () => {
    const { session, say, until, calls, contents, driverSaid } = await conversation({
      responseModalities: [Modality.TEXT],
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    });
    session.sendRealtimeInput({ activityStart: {} });
    await say(WISH);
    session.sendRealtimeInput({ activityEnd: {} });
    await until(() => contents().at(-1)?.turnComplete === true);
    expect(calls).toEqual([{ name, args: { zone: "driver", celsius: 21 } }]);
    expect(driverSaid()).toEqual([WISH]);
    const read = contents().flatMap(({ modelTurn }) => modelTurn?.parts?.map(({ text }) => text) ?? []);
    expect(read.join("")).toContain(OUTCOME.say);
  });

  test("learns by the close of its connection what it did wrong", async () => {
    const { session, closes, until } = await conversation();
    session.sendRealtimeInput({ activityStart: {} });
    await until(() => closes.length === 1);
    expect(closes[0]).toMatchObject({ code: 1007, reason: expect.stringContaining("activityStart") as string });
  });
});
