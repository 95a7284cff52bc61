import { NEVER } from "rxjs";
import { describe, expect, test, vi } from "vitest";

import { geminiDialect } from "../../../../src/engine/dialects/gemini.ts";
import { dialectSession, examplesOf, type Message, soundOf } from "../../../support/dialect-session.ts";
import { fakeSpeech } from "../../../support/engine-fakes.ts";

const WISH = "set the driver window to fifty percent";
const DECLARATION = {
  name: "set_window",
  description: "Opens or closes a window.",
  parameters: {
    type: "OBJECT",
    properties: { zone: { type: "STRING", enum: ["driver", "passenger"] }, percent: { type: "NUMBER" } },
    required: ["zone", "percent"],
  },
};
const SETUP = {
  model: "models/any",
  inputAudioTranscription: {},
  outputAudioTranscription: {},
  tools: [{ functionDeclarations: [DECLARATION] }, { googleSearch: {} }],
};
const heardAt = (rateHz: number) =>
  soundOf(rateHz).map((data) => ({ realtimeInput: { audio: { data, mimeType: `audio/pcm;rate=${rateHz}` } } }));
const UTTERANCE = heardAt(16_000);
const typed = (text: string) => ({ realtimeInput: { text } });
const said = (text: string, turnComplete: boolean, role = "user") => ({
  clientContent: { turns: [{ role, parts: [{ text }] }], turnComplete },
});

interface Content {
  readonly turnComplete?: boolean;
  readonly interrupted?: boolean;
  readonly generationComplete?: boolean;
  readonly inputTranscription?: { readonly text: string };
  readonly outputTranscription?: { readonly text: string };
  readonly modelTurn?: { readonly parts: readonly Message[] };
}
interface Calls {
  readonly functionCalls: readonly { readonly id: string; readonly name: string; readonly args: Message }[];
}

function session(options: Parameters<typeof dialectSession>[1] = {}, setup: object = {}) {
  const engine = dialectSession(geminiDialect(), options);
  engine.send({ setup: { ...SETUP, ...setup } });
  const contents = () => engine.heard.flatMap((message) => (message["serverContent"] as Content | undefined) ?? []);
  const calls = () => engine.heard.flatMap((message) => (message["toolCall"] as Calls | undefined) ?? []);
  /** What the client is told, by kind, each run of one kind once. */
  const kinds = () =>
    engine.heard
      .map(({ serverContent, ...message }) => Object.keys(serverContent ?? message)[0])
      .filter((kind, at, all) => kind !== all[at - 1]);
  return {
    ...engine,
    contents,
    calls,
    kinds,
    until: (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true)),
    isOver: () => contents().at(-1)?.turnComplete === true,
    answer: (output: unknown) => {
      for (const { id, name } of calls().at(-1)?.functionCalls ?? []) {
        engine.send({ toolResponse: { functionResponses: [{ id, name, response: { output } }] } });
      }
    },
  };
}

test("every documented message of a client is understood, or refused by name", () => {
  const dialect = geminiDialect();
  const read = examplesOf("gemini", "client").map((message) => [
    Object.keys(message)[0],
    ...dialect
      .decode(message)
      .map(({ request }) => (request.type === "unreadable" ? request.problem.replace(/:.*/, "") : request.type)),
  ]);
  expect(read).toEqual([
    ["setup", "configure"],
    ["setup", "invalid event format"],
    ["realtimeInput", "append-audio"],
    ["realtimeInput", "append-audio"],
    ["realtimeInput", "invalid event format"],
    ["realtimeInput", "invalid event format"],
    ["realtimeInput", "hush", "add-message", "create-reply"],
    ["clientContent", "hush"],
    ["clientContent", "hush", "add-message", "add-message", "create-reply"],
    ["contextUpdate", "configure"],
    ["contextUpdate", "configure"],
    ["toolResponse", "add-output", "add-output"],
    ["toolResponse", "add-output"],
  ]);
});

describe("a spoken turn", () => {
  test("is answered with a call, goes on by itself after the response, and is over when it has been heard", async () => {
    const { send, until, calls, answer, kinds, isOver, contents } = session({ lines: [WISH] });
    send(...UTTERANCE);
    await until(() => calls().length === 1);
    expect(calls()[0]?.functionCalls).toMatchObject([{ name: "set_window", args: { zone: "driver", percent: 50 } }]);
    await until(() => contents().at(-1)?.generationComplete === true);
    answer("The window is half open.");
    await until(isOver);
    expect(kinds()).toEqual([
      "setupComplete",
      "inputTranscription",
      "toolCall",
      "outputTranscription",
      "modelTurn",
      "generationComplete",
      "outputTranscription",
      "modelTurn",
      "generationComplete",
      "turnComplete",
    ]);
    const words = contents().map(({ outputTranscription }) => outputTranscription?.text ?? "");
    expect(words.join("")).toMatch(/^\S.*\. The window is half open\.$/);
  });

  test("with two wishes makes one message of two calls, and goes on when both have a response", async () => {
    const { send, until, calls, answer, isOver, contents } = session({
      lines: ["set the driver window to fifty percent and set the passenger window to twenty percent"],
    });
    send(...UTTERANCE);
    await until(() => calls().length === 1);
    expect(calls()[0]?.functionCalls.map(({ args }) => args)).toEqual([
      { zone: "driver", percent: 50 },
      { zone: "passenger", percent: 20 },
    ]);
    answer("It is open.");
    await until(isOver);
    expect(contents().filter(({ turnComplete }) => turnComplete)).toHaveLength(1);
  });

  test("is understood at any rate that it declares", async () => {
    const { send, until, contents } = session({ lines: [WISH] });
    send(...heardAt(24_000));
    await until(() => contents().some(({ inputTranscription }) => inputTranscription?.text === WISH));
  });

  test("ends when the client says that its microphone is closed", async () => {
    const { send, until, calls } = session({ lines: [WISH] });
    send(...UTTERANCE.slice(0, 10), { realtimeInput: { audioStreamEnd: true } });
    await until(() => calls().length === 1);
  });

  test("begins and ends where the client says so", async () => {
    const manual = { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } };
    const { send, until, calls, ears, ends } = session({ lines: [WISH] }, manual);
    send({ realtimeInput: { activityStart: {} } }, ...UTTERANCE.slice(0, 10));
    await vi.waitFor(() => expect(ears[0]?.samples).toBe(3_200));
    send({ realtimeInput: { activityEnd: {} } });
    await until(() => calls().length === 1);
    expect(ends).toEqual([]);
  });
});

describe("a reply", () => {
  test("is interrupted while it is only played", async () => {
    const { send, until, contents, kinds } = session({ lines: [WISH] });
    send(typed("an unknown wish that cannot be granted"));
    await until(() => contents().at(-1)?.generationComplete === true);
    send(...UTTERANCE.slice(0, 10));
    await until(() => contents().some(({ interrupted }) => interrupted));
    expect(kinds().slice(-2)).toEqual(["interrupted", "turnComplete"]);
  });

  test("is interrupted while it is made", async () => {
    const { send, until, kinds } = session({ speech: { ...fakeSpeech(), speak: () => NEVER } });
    send(typed("an unknown wish"), ...UTTERANCE.slice(0, 10));
    await until(() => kinds().includes("interrupted"));
    expect(kinds().slice(-2)).toEqual(["interrupted", "turnComplete"]);
  });

  test("goes on where the client forbids interruptions", async () => {
    const setup = { realtimeInputConfig: { activityHandling: "NO_INTERRUPTION" }, explicitVadSignal: true };
    const { send, until, kinds } = session({ speech: { ...fakeSpeech(), speak: () => NEVER } }, setup);
    send(typed("an unknown wish"), ...UTTERANCE.slice(0, 10));
    await until(() => kinds().includes("voiceActivity"));
    expect(kinds()).not.toContain("interrupted");
  });

  test("is text where the client wants to read", async () => {
    const { send, until, contents, isOver } = session({}, { generationConfig: { responseModalities: ["TEXT"] } });
    send(typed("an unknown wish"));
    await until(isOver);
    expect(contents().flatMap(({ modelTurn }) => modelTurn?.parts ?? [])).toEqual([
      { text: expect.any(String) as string },
    ]);
  });
});

describe("what is told without asking", () => {
  test("waits for the message that asks", async () => {
    const { send, until, calls, kinds } = session();
    send(said(WISH, false));
    expect(kinds()).toEqual(["setupComplete"]);
    send({ clientContent: { turnComplete: true } });
    await until(() => calls().length === 1);
  });

  test("is not acted on when the driver says something else in between", async () => {
    const { send, until, calls, isOver } = session({ lines: ["?"] });
    send(said(WISH, false), ...UTTERANCE);
    await until(isOver);
    send({ clientContent: { turnComplete: true } });
    await until(isOver);
    expect(calls()).toEqual([]);
  });

  test("as history is not answered", async () => {
    const { send, until, calls, kinds, isOver } = session(
      {},
      { historyConfig: { initialHistoryInClientContent: true } },
    );
    send(said(WISH, true));
    expect(kinds()).toEqual(["setupComplete"]);
    send(typed("an unknown wish"));
    await until(isOver);
    expect(calls()).toEqual([]);
  });
});

test("a client that wants to resume is told honestly that it cannot", () => {
  const { heard } = session({}, { sessionResumption: {} });
  expect(heard).toEqual([
    { setupComplete: { sessionId: "sess_1" } },
    { sessionResumptionUpdate: { newHandle: "", resumable: false } },
  ]);
});

test("its tools and instructions may change", async () => {
  const { send, until, calls, ends } = session();
  const tools = { tools: [{ functionDeclarations: [{ ...DECLARATION, name: "set_roof" }] }] };
  send({ contextUpdate: { tools } }, typed("set the driver roof to fifty percent"));
  await until(() => calls().length === 1);
  expect(calls()[0]?.functionCalls[0]?.name).toBe("set_roof");
  expect(ends).toEqual([]);
});

test.for([
  ["a second setup", { setup: SETUP }, 1007, /setup must be the first message/],
  ["two things at once", { ...typed("x"), clientContent: {} }, 1007, /one key/],
  ["something unknown", { mystery: {} }, 1007, /unknown message "mystery"/],
  ["activities under automatic detection", { realtimeInput: { activityStart: {} } }, 1007, /activityStart/],
  ["broken audio", { realtimeInput: { audio: { data: "AAAA", mimeType: "audio/pcm" } } }, 1007, /16-bit/],
  ["another codec", { realtimeInput: { audio: { data: "", mimeType: "audio/opus" } } }, 1008, /audio\/opus/],
  ["a video", { realtimeInput: { video: {} } }, 1008, /video/],
  ["the response of no call", { toolResponse: { functionResponses: [{ id: "x" }] } }, 1007, /x waits/],
] as const)("%s ends the connection", ([, message, code, reason]) => {
  const { send, ends } = session();
  send(message);
  expect(ends).toEqual([{ code, reason: expect.stringMatching(reason) as string }]);
});

test("a session that is to be resumed, and anything before setup, ends the connection", () => {
  const resuming = dialectSession(geminiDialect());
  resuming.send({ setup: { ...SETUP, sessionResumption: { handle: "x" } } });
  expect(resuming.ends).toMatchObject([{ code: 1008, reason: expect.stringContaining("session not found") as string }]);
  const early = dialectSession(geminiDialect());
  early.send(typed("hello"));
  expect(early.ends).toMatchObject([{ code: 1007 }]);
});
