import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { chatAnswer, chatRequest } from "../../../../src/bridge/covo/chat.ts";
import type { Said } from "../../../../src/bridge/covo/prompt.ts";
import { UpstreamError } from "../../../../src/bridge/covo/upstream-error.ts";
import { tone, wav } from "../../../support/covo-server.ts";

const typed = (role: Said["role"], text: string): Said => ({ itemId: "i", role, text, sound: undefined, ms: 0 });
const spoken: Said = { itemId: "i", role: "user", text: "", sound: new Int16Array([1, 2]), ms: 0 };
const bodyOf = (...messages: unknown[]) =>
  Buffer.from(JSON.stringify({ choices: messages.map((message) => ({ message })) }));
const sound = wav(tone(400)).toString("base64");

describe("a request", () => {
  test("has the sides in turn, whatever one of them said in a row", () => {
    const said = [typed("user", "a"), spoken, typed("assistant", ""), typed("assistant", "b"), spoken];
    const { messages } = chatRequest({ system: "s", said, textOnly: false }, "m") as {
      messages: { role: string; content: { type: string }[] }[];
    };
    expect(messages.map(({ role, content }) => [role, ...content.map(({ type }) => type)])).toEqual([
      ["system", "text"],
      ["user", "text", "input_audio"],
      ["assistant", "text"],
      ["user", "input_audio"],
    ]);
  });
});

describe("an answer", () => {
  test.for([
    [
      "two choices",
      bodyOf({ content: " Yes. ", audio: null }, { content: null, audio: { data: sound, transcript: "" } }),
    ],
    ["one choice", bodyOf({ content: "Yes.", audio: { data: sound } })],
    ["a transcript", bodyOf({ content: "", audio: { data: sound, transcript: "Yes." } })],
  ] as const)("is read from %s", async ([, body]) => {
    expect(await chatAnswer(body)).toEqual({ text: "Yes.", pcm: tone(400) });
  });

  test("is not what stands for silence, and ends after a minute", async () => {
    const mute = await chatAnswer(bodyOf({ content: "Yes.", audio: { data: wav(tone(100)).toString("base64") } }));
    expect(mute.pcm).toHaveLength(0);
    const long = await chatAnswer(bodyOf({ content: "Yes.", audio: { data: wav(tone(61_000)).toString("base64") } }));
    expect(long.pcm).toHaveLength(60 * 24_000);
  });

  test("that is none is refused in a sentence, whatever it holds", async () => {
    const noAnswer = async (body: Buffer): Promise<boolean> =>
      chatAnswer(body).then(
        () => true,
        (error: unknown) => error instanceof UpstreamError && error.message.length < 400,
      );
    await fc.assert(fc.asyncProperty(fc.uint8Array(), (bytes) => noAnswer(Buffer.from(bytes))));
    await fc.assert(fc.asyncProperty(fc.json(), (json) => noAnswer(Buffer.from(json))));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(80), (bytes, at) => {
        const broken = Buffer.from(wav(tone(20)));
        broken.set(bytes, at);
        return noAnswer(bodyOf({ content: "x", audio: { data: broken.toString("base64") } }));
      }),
    );
  });
});
