import { lastValueFrom, Subject, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { joined } from "../../../src/audio/resample.ts";
import { decodeWav } from "../../../src/audio/wav.ts";
import { type CovoBridge, openCovoBridge } from "../../../src/bridge/covo/open-covo-bridge.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import { covo } from "../../../src/providers/covo.ts";
import { converse } from "../../../src/session/converse.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { type CovoServer, covoServer, json, spoken, tone, wav } from "../../support/covo-server.ts";
import { audio, SPEC } from "../../support/session.ts";
import { soon } from "../../support/soon.ts";

const QUESTION = "what is the weather in Berlin tomorrow";
let question: Int16Array;
let server: CovoServer;
let bridge: CovoBridge;

beforeAll(async () => {
  const speech = await openSpeech();
  question = joined(
    await lastValueFrom(speech.speak({ text: QUESTION, voice: "rms", rateHz: 16_000 }).pipe(toArray())),
  );
  speech.close();
  server = await covoServer();
  bridge = await openCovoBridge({ upstream: server.url });
});
afterAll(() => Promise.all([bridge.close(), server.close()]));

/** A driver who talks through Codriver's own `stepfun` provider. */
async function driver() {
  server.bodies.length = 0;
  server.answer = spoken("It will rain.", wav(tone(1_200)));
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const provider = covo({ apiKey: bridge.token, url: bridge.url });
  const running = converse(provider, SPEC, commands$).subscribe((event) => events.push(event));
  onTestFinished(() => running.unsubscribe());
  const say = (...commands: SessionCommand[]): void => commands.forEach((command) => commands$.next(command));
  const seen = (type: SessionEvent["type"], times = 1) =>
    soon(() => {
      const found = events.filter((event) => event.type === type);
      expect(found.length).toBeGreaterThanOrEqual(times);
      return found.at(-1);
    });
  const speak = (): void => {
    for (let at = 0; at < question.length; at += 320) {
      const frame = new Int16Array(320);
      frame.set(question.subarray(at, at + 320));
      const command = audio(0);
      say({ ...command, frame: { ...command.frame, pcm: frame } });
    }
    say({ type: "audio-end" });
  };
  await seen("session-ready");
  return { events, say, seen, speak, hangUp: () => running.unsubscribe() };
}

const ended = (status: string) => expect.objectContaining({ type: "reply-ended", status }) as unknown;
const soundOf = (events: readonly SessionEvent[]): Int16Array =>
  joined(events.flatMap((event) => (event.type === "reply-audio" ? [event.pcm] : [])));
const rolesOf = ({ messages }: CovoServer["bodies"][number]) => messages.map(({ role }) => role);

describe("a driver who speaks through the bridge", () => {
  test("is answered with the model's voice and words, once", async () => {
    const { events, seen, speak } = await driver();
    speak();
    await seen("reply-ended");
    expect(
      events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1] && type !== "ignored"),
    ).toEqual([
      "session-ready",
      "speech-started",
      "speech-stopped",
      "reply-started",
      "reply-text",
      "reply-audio",
      "reply-text",
      "reply-ended",
    ]);
    expect(soundOf(events)).toEqual(tone(1_200));
    expect(events).toContainEqual(expect.objectContaining({ type: "reply-text", text: "It will rain.", final: true }));
    expect(events.at(-1)).toEqual(ended("completed"));
  });

  test("is heard as a WAV of all that was said, with the persona before it", async () => {
    const { seen, speak } = await driver();
    speak();
    await seen("reply-ended");
    const [body] = server.bodies;
    expect(body).toMatchObject({ model: "tencent/Covo-Audio-Chat", modalities: ["text", "audio"] });
    const [system, user] = body?.messages ?? [];
    expect(system?.content[0]?.text).toMatch(/^You are the voice assistant of this car\.\n/);
    expect(user?.content).toHaveLength(1);
    const heard = decodeWav(Buffer.from(user?.content[0]?.input_audio?.data ?? "", "base64"), "the question");
    expect(heard.rateHz).toBe(16_000);
    const loud =
      question.findLastIndex((sample) => Math.abs(sample) > 1_000) -
      question.findIndex((sample) => Math.abs(sample) > 1_000);
    expect(heard.pcm.length).toBeGreaterThan(loud);
    expect(heard.pcm.length).toBeLessThan(question.length + 16_000);
  });

  test("goes on with the conversation in the second turn", async () => {
    const { seen, speak } = await driver();
    speak();
    await seen("reply-ended");
    speak();
    await seen("reply-ended", 2);
    const [, second] = server.bodies;
    expect(second && rolesOf(second)).toEqual(["system", "user", "assistant", "user"]);
    expect(second?.messages[2]?.content).toEqual([{ type: "text", text: "It will rain." }]);
  });

  test("hears an answer at another rate as it was meant", async () => {
    const { events, seen, speak } = await driver();
    server.answer = json({
      choices: [{ message: { content: "Yes.", audio: { data: wav(tone(600, 16_000), 16_000).toString("base64") } } }],
    });
    speak();
    await seen("reply-ended");
    expect(soundOf(events).length).toBe(24_000 * 0.6);
  });

  test("is told nothing more once the answer is cancelled", async () => {
    const { events, say, seen, speak } = await driver();
    server.answer = spoken("This is a very long story that nobody wants to hear.", wav(tone(20_000)));
    speak();
    const started = await seen("reply-audio");
    if (started?.type !== "reply-audio") throw new Error("no sound");
    say({ type: "cancel-reply", replyId: started.replyId });
    await seen("reply-ended");
    expect(events.at(-1)).toEqual(ended("cancelled"));
    expect(soundOf(events).length).toBeLessThan(24_000 * 4);
    speak();
    await seen("reply-started", 2);
    await soon(() => expect(server.bodies).toHaveLength(2));
    const [story] = server.bodies[1]?.messages[2]?.content ?? [];
    expect("This is a very long story that nobody wants to hear.").toContain(story?.text ?? "missing");
    expect(story?.text?.length).toBeLessThan(20);
  });

  test("may give up before the answer is there: the request is aborted", async () => {
    const { events, say, seen, speak } = await driver();
    const before = server.aborted();
    server.answer = () => undefined;
    speak();
    const started = await seen("reply-started");
    await soon(() => expect(server.bodies).toHaveLength(1));
    if (started?.type !== "reply-started") throw new Error("no reply");
    say({ type: "cancel-reply", replyId: started.replyId });
    await seen("reply-ended");
    expect(events.at(-1)).toEqual(ended("cancelled"));
    await soon(() => expect(server.aborted()).toBe(before + 1));
  });

  test("may leave before the answer is there: the request is aborted, and the next driver is answered", async () => {
    const leaving = await driver();
    const before = server.aborted();
    server.answer = () => undefined;
    leaving.speak();
    await soon(() => expect(server.bodies).toHaveLength(1));
    leaving.hangUp();
    await soon(() => expect(server.aborted()).toBe(before + 1));
    const { events, seen, speak } = await driver();
    speak();
    await seen("reply-ended");
    expect(events.at(-1)).toEqual(ended("completed"));
  });

  test("who types is told that only speech is answered, and what was typed goes with the next question", async () => {
    const { events, say, seen, speak } = await driver();
    say({ type: "user-text", text: "I mean the one in Germany" }, { type: "create-reply" });
    await seen("reply-ended");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "provider-error",
        message: expect.stringContaining("answers speech only") as unknown,
      }),
    );
    expect(events.at(-1)).toEqual(ended("failed"));
    speak();
    await seen("reply-ended", 2);
    expect(server.bodies[0]?.messages[1]?.content.map(({ type }) => type)).toEqual(["text", "input_audio"]);
  });
});

describe("what the model's server does wrong", () => {
  test.for<[string, CovoServer["answer"], RegExp]>([
    ["fails", json({ message: "CUDA error" }, 500), /failed: its own log says why \(HTTP 500: .*CUDA error/],
    ["wants a key", json({ error: "Unauthorized" }, 401), /set COVO_API_KEY/],
    ["does not know the model", json({ message: "no such model" }, 404), /check --model and --upstream/],
    ["is full", json({}, 503), /try again/],
    ["takes no such request", json({ message: "At most 1 audio" }, 400), /did not take the request.*At most 1 audio/],
    ["sends no JSON", (response) => void response.end("<html>"), /no answer that can be read: 6 bytes/],
    ["sends other JSON", json({ choices: [] }), /no chat completion: choices/],
    [
      "sends no WAV",
      spoken("Hm.", Buffer.from("RIFFnot at all")),
      /Cannot use the sound that Covo-Audio's server sent/,
    ],
    ["says nothing aloud", spoken("Only text.", wav(tone(100))), /without speech/],
    ["never ends", (response) => void response.end(Buffer.alloc(9 * 1024 * 1024, 32)), /more than 8 MiB/],
    ["hangs up", (response) => void response.destroy(), /cannot be reached/],
    [
      "sends us elsewhere",
      (response) => void response.writeHead(302, { Location: "http://127.0.0.1:9/" }).end(),
      /cannot be reached/,
    ],
  ])("%s: the driver's side is told, and the next turn works", async ([, answer, message]) => {
    const { events, seen, speak } = await driver();
    server.answer = answer;
    speak();
    await seen("reply-ended");
    expect(events.at(-1)).toEqual(ended("failed"));
    expect(events).toContainEqual(
      expect.objectContaining({ type: "provider-error", message: expect.stringMatching(message) as unknown }),
    );
    server.answer = spoken("Fine.", wav(tone(300)));
    speak();
    await seen("reply-ended", 2);
    expect(events.at(-1)).toEqual(ended("completed"));
  });

  test("is not there: its address and how to start it are said", async () => {
    const closed = await covoServer();
    await closed.close();
    const lonely = await openCovoBridge({ upstream: closed.url });
    onTestFinished(() => lonely.close());
    const before = bridge;
    bridge = lonely;
    onTestFinished(() => {
      bridge = before;
    });
    const { events, seen, speak } = await driver();
    speak();
    await seen("reply-ended");
    expect(events).toContainEqual(
      expect.objectContaining({
        message: expect.stringMatching(/cannot be reached \(.*ECONNREFUSED.*\): start it/) as unknown,
      }),
    );
  });

  test("answers one session at a time: the other is told that it is busy", async () => {
    const [one, other] = [await driver(), await driver()];
    server.answer = () => undefined;
    one.speak();
    await soon(() => expect(server.bodies).toHaveLength(1));
    other.speak();
    await other.seen("reply-ended");
    expect(other.events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("busy with another session") as unknown }),
    );
    expect(one.events.some(({ type }) => type === "reply-ended")).toBe(false);
  });
});
