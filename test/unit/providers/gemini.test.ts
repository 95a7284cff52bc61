import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { gemini } from "../../../src/providers/gemini.ts";
import type { Codec, ProviderCommand } from "../../../src/session/provider.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { GEMINI_LOGS, logNames, readLog } from "../../support/gemini-logs.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { SPEC } from "../../support/session.ts";

type Message = Readonly<Record<string, unknown>>;

const LINES = readFileSync(new URL("../../fixtures/providers/gemini/protocol.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { readonly direction: string; readonly event: Message });
const SERVER = LINES.filter(({ direction }) => direction === "server").map(({ event }) => event);
const CLIENT = LINES.filter(({ direction }) => direction === "client").map(({ event }) => event);

const codecOf = (options = {}): Codec => gemini({ apiKey: "a-key", ...options }).codec();
const ignored = (wireType: string): SessionEvent => ({ type: "ignored", wireType });
const error = (code: string, severity: string) =>
  expect.objectContaining({ type: "provider-error", code, severity }) as SessionEvent;

const PCM = Int16Array.of(0, 1, 2, 3, 4, 5, 6, 7);
const AUDIO = "AAABAAIAAwAEAAUABgAHAA==";
const HEAT = { callId: "fc-31", name: "set_cabin_temperature", args: { zone: "driver", celsius: 22 } };
const WINDOW = { callId: "fc-32", name: "open_window", args: { position: "rear_left", percent: 40 } };

/** What each documented server message means, one after the other in one conversation. */
const MEANINGS: readonly (readonly SessionEvent[])[] = [
  [{ type: "session-ready", trace: "b2f0" }],
  [
    { type: "reply-started", replyId: "reply_1_1" },
    { type: "reply-audio", replyId: "reply_1_1", itemId: "reply_1_1", contentIndex: 0, pcm: PCM },
  ],
  // Transcripts come in no order with the reply.
  [{ type: "transcript", itemId: "speech_1_2", text: "set my side to", final: true }],
  [ignored("serverContent.interimInputTranscription")],
  [{ type: "reply-text", replyId: "reply_1_1", itemId: "reply_1_1", text: "Twenty two ", final: false }],
  [ignored("serverContent.generationComplete")],
  [
    { type: "reply-text", replyId: "reply_1_1", itemId: "reply_1_1", text: "Twenty two", final: true },
    { type: "reply-ended", replyId: "reply_1_1", status: "completed" },
  ],
  [ignored("serverContent.interrupted")],
  [ignored("serverContent.turnComplete")],
  [
    { type: "reply-started", replyId: "reply_1_3" },
    { type: "tool-call", replyId: "reply_1_3", ...HEAT },
    { type: "tool-call", replyId: "reply_1_3", ...WINDOW },
    { type: "reply-ended", replyId: "reply_1_3", status: "completed" },
  ],
  [{ type: "calls-withdrawn", callIds: ["fc-33"] }],
  [{ type: "session-handle", handle: "Cih0b2tlbi1leGFtcGxl" }],
  [ignored("sessionResumptionUpdate")],
  [{ type: "session-expiring", inMs: 48_000 }],
  [ignored("voiceActivity")],
  [ignored("usageMetadata")],
  [error("server-error", "retry")],
  [error("bad-request", "retry")],
  [error("bad-request", "retry")],
];

describe("gemini reads", () => {
  test("every documented message, in one conversation", () => {
    const codec = codecOf();
    expect(SERVER.map((message) => meaningOf(codec, message))).toEqual(MEANINGS);
  });

  test("utterance and reply of one turn, each whole at its end", () => {
    const codec = codecOf();
    const say = (serverContent: Message) => codec.decode({ serverContent });
    expect(say({ inputTranscription: { text: " open the" } })).toMatchObject([{ text: "open the", final: false }]);
    expect(say({ inputTranscription: { text: " window" } })).toMatchObject([
      { itemId: "speech_1_1", text: "open the window", final: false },
    ]);
    expect(say({ outputTranscription: { text: "Okay" } })).toMatchObject([
      { type: "transcript", itemId: "speech_1_1", text: "open the window", final: true },
      { type: "reply-started" },
      { type: "reply-text", text: "Okay" },
    ]);
    expect(say({ inputTranscription: { text: "s." } })).toMatchObject([
      { itemId: "speech_1_1", text: "open the windows.", final: true },
    ]);
    expect(say({ outputTranscription: { text: ", done." }, turnComplete: true })).toMatchObject([
      { type: "reply-text", text: ", done.", final: false },
      { type: "reply-text", text: "Okay, done.", final: true },
      { type: "reply-ended", status: "completed" },
    ]);
    expect(say({ inputTranscription: { text: "thanks" } })).toMatchObject([{ itemId: "speech_1_3", text: "thanks" }]);
  });

  test("an interruption as the end of the reply, once", () => {
    const codec = codecOf();
    const [started] = codec.decode(SERVER[1]);
    expect(codec.decode({ serverContent: { interrupted: true } })).toEqual([
      { ...started, type: "reply-ended", status: "cancelled" },
    ]);
    expect(codec.decode({ serverContent: { turnComplete: true } })).toEqual([ignored("serverContent.turnComplete")]);
  });

  test("what comes after the results of calls as another reply", () => {
    const codec = codecOf();
    codec.decode(SERVER[1]);
    const calls = codec.decode({ toolCall: { functionCalls: [{ id: "a", name: "x" }] } });
    expect(calls).toMatchObject([
      { type: "tool-call", replyId: "reply_1_1", args: {} },
      { type: "reply-ended", replyId: "reply_1_1", status: "completed" },
    ]);
    expect(codec.decode(SERVER[1])).toMatchObject([{ type: "reply-started", replyId: "reply_1_2" }, {}]);
  });

  test("what is said while tools run as a reply of its own", () => {
    const codec = codecOf();
    const types = (message: unknown) => codec.decode(message).map(({ type }) => type);
    codec.decode({ toolCall: { functionCalls: [{ id: "a", name: "x" }] } });
    expect(types(SERVER[1])).toEqual(["reply-started", "reply-audio"]);
    expect(types({ serverContent: { generationComplete: true } })).toEqual(["reply-ended"]);
    codec.encode({ type: "tool-result", callId: "a", output: {} });
    expect(types(SERVER[1])).toEqual(["reply-started", "reply-audio"]);
    expect(types({ serverContent: { generationComplete: true } })).toEqual(["ignored"]);
    expect(types({ serverContent: { turnComplete: true } })).toEqual(["reply-ended"]);
  });

  test("a call once, however often it is told", () => {
    const codec = codecOf();
    const call = { toolCall: { functionCalls: [{ id: "a", name: "x", args: {} }] } };
    expect(codec.decode(call).filter(({ type }) => type === "tool-call")).toHaveLength(1);
    expect(codec.decode(call)).toEqual([ignored("toolCall")]);
  });

  test("the rest of a reply that we cancelled as still that reply, until its turn is over", () => {
    const codec = codecOf();
    codec.decode(SERVER[1]);
    expect(codec.encode({ type: "cancel-reply", replyId: "reply_1_1" })).toEqual([]);
    expect(codec.decode(SERVER[1])).toMatchObject([{ type: "reply-audio", replyId: "reply_1_1" }]);
    expect(codec.decode({ toolCall: { functionCalls: [{ id: "a", name: "x" }] } })).toMatchObject([
      { type: "tool-call", replyId: "reply_1_1" },
    ]);
    expect(codec.decode(SERVER[1])).toMatchObject([{ type: "reply-audio", replyId: "reply_1_1" }]);
    expect(codec.decode({ serverContent: { turnComplete: true } })).toEqual([
      { type: "reply-ended", replyId: "reply_1_1", status: "cancelled" },
    ]);
    expect(codec.decode(SERVER[1])).toMatchObject([{ type: "reply-started", replyId: "reply_1_2" }, {}]);
  });

  test("thoughts as nothing, and a request that takes several turns as one reply", () => {
    const codec = codecOf();
    const parts = [{ text: "Hm.", thought: true }];
    expect(codec.decode({ serverContent: { modelTurn: { parts } } })).toEqual([ignored("serverContent.modelTurn")]);
    codec.decode(SERVER[1]);
    const turn = (interactionStatus: string) =>
      codec.decode({ serverContent: { turnComplete: true, interactionStatus } }).map(({ type }) => type);
    expect(turn("IN_PROGRESS")).toEqual(["ignored"]);
    expect(turn("IDLE")).toEqual(["reply-ended"]);
  });

  test("a turn that the model broke off as a reply that failed, also when nothing was said", () => {
    const broken = { serverContent: { turnComplete: true, turnCompleteReason: "MALFORMED_FUNCTION_CALL" } };
    expect(codecOf().decode(broken)).toMatchObject([
      { type: "provider-error", code: "MALFORMED_FUNCTION_CALL", severity: "benign" },
      { type: "reply-started" },
      { type: "reply-ended", status: "failed" },
    ]);
  });

  test("names of two conversations as different ones", () => {
    const provider = gemini({ apiKey: "k" });
    const [first, second] = [provider.codec(), provider.codec()].map((codec) => codec.decode(SERVER[1])[0]);
    expect(first).not.toEqual(second);
  });

  test.for([
    ["nothing", {}, /without a key/],
    ["not an object", "hello", /without a key/],
    ["a list", [1], /without a key/],
    ["calls that are none", { toolCall: { functionCalls: [{ name: "x" }] } }, /functionCalls\.0\.id/],
    ["half a sample", audioFrame("audio/pcm;rate=24000", "AAAA"), /16-bit/],
    ["another sound", audioFrame("audio/ogg", AUDIO), /24 kHz/],
    ["another rate", audioFrame("audio/pcm;rate=16000", AUDIO), /24 kHz/],
  ] as const)("a message with %s as a problem, not an error", ([, message, problem]) => {
    expect(codecOf().decode(message)).toEqual([
      expect.objectContaining({ type: "ignored", problem: expect.stringMatching(problem) as string }),
    ]);
  });

  test("unknown and inherited keys by name", () => {
    expect(codecOf().decode({ novelty: {} })).toEqual([ignored("novelty")]);
    expect(codecOf().decode({ toString: 1 })).toEqual([ignored("toString")]);
  });

  test("whatever comes, without throwing", () => {
    const key = fc.constantFrom(...SERVER.flatMap((message) => Object.keys(message)));
    const inner = fc.constantFrom("modelTurn", "inputTranscription", "turnComplete", "functionCalls", "ids", "parts");
    const value = fc.oneof(fc.anything(), fc.dictionary(inner, fc.anything()));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.dictionary(key, value), fc.anything())), (raws) => {
        const codec = codecOf();
        for (const raw of raws) codec.decode(raw);
      }),
    );
  });
});

describe("gemini reads a hang-up", () => {
  const closed = (code: number, reason: string, codec = codecOf()) => codec.closed?.(code, reason);
  const resuming = (): Codec => {
    const codec = codecOf();
    codec.encode({ type: "configure", spec: SPEC, handle: "h" });
    return codec;
  };

  test.for([
    [1007, "API key not valid. Please pass a valid API key.", "invalid-key", "fatal", "check it"],
    [1008, "models/x is not found for API version v1beta", "unknown-model", "fatal", "model.model"],
    [1008, "Requested entity was not found", "unknown-model", "fatal", "model.model"],
    [1011, "You exceeded your current quota, please check your plan", "quota", "retry", "plan and billing"],
    [1007, "User location is not supported for the API use.", "region", "fatal", "another provider"],
    [1007, "Request contains an invalid argument.", "bad-configuration", "fatal", "model.model"],
    [1011, "Deadline expired before operation could complete.", "server-error", "retry", "trying again"],
  ] as const)("%d %j before the session is ready", ([code, reason, name, severity, advice]) => {
    expect(closed(code, reason)).toEqual([
      { type: "provider-error", code: name, severity, message: expect.stringContaining(advice) as string },
    ]);
  });

  test("that refuses to go on with a conversation, but not with the key", () => {
    expect(closed(1007, "invalid argument", resuming())).toEqual([error("handle-refused", "retry")]);
    expect(closed(1011, "internal", resuming())).toEqual([error("handle-refused", "retry")]);
    expect(closed(1007, "API key not valid", resuming())).toEqual([error("invalid-key", "fatal")]);
  });

  test.for([1000, 1001, 1005, 1006])("%d as no more than that", (code) => {
    expect(closed(code, "")).toEqual([]);
  });
});

/** Our commands for the documented client messages, by their number. Those without one are never sent. */
const ENCODINGS: readonly (readonly [number: number, commands: readonly ProviderCommand[]])[] = [
  [2, [{ type: "send-audio", pcm: PCM }]],
  [3, [{ type: "audio-end" }]],
  [6, [{ type: "user-text", text: "Read me the last message." }, { type: "create-reply" }]],
  [7, [{ type: "context", key: "driving", text: "speed 88 km/h, fuel 31 %" }]],
];

describe("gemini writes", () => {
  test.for(ENCODINGS)("the client message %d as documented", ([number, commands]) => {
    const codec = codecOf();
    expect(commands.flatMap((command) => codec.encode(command))).toEqual([CLIENT[number]]);
  });

  test("the setup in the documented shape", () => {
    const documented = CLIENT[0]?.["setup"] as Message;
    const { inputAudioTranscription, generationConfig, tools, systemInstruction, ...alike } = setup();
    expect({ inputAudioTranscription, generationConfig, tools, systemInstruction }).toEqual({
      inputAudioTranscription: {},
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
      },
      tools: [{ functionDeclarations: [expect.objectContaining({ behavior: "BLOCKING" })] }, { googleSearch: {} }],
      systemInstruction: { parts: [{ text: SPEC.instructions }] },
    });
    expect(documented).toMatchObject(alike);
    expect(Object.keys(setup())).toEqual(Object.keys(documented));
  });

  test("tools as other models take them: without behaviour, without empty parameters", () => {
    const tools = [{ name: "stop", description: "Stops.", parameters: { type: "object", properties: {} } }];
    const [update] = codecOf({ model: "gemini-3.1-flash-live-preview" }).encode({
      type: "configure",
      spec: { ...SPEC, tools },
    }) as [{ setup: Message }];
    expect(update.setup["tools"]).toEqual([{ functionDeclarations: [{ name: "stop", description: "Stops." }] }]);
  });

  test("the handle of the conversation that is to go on, with the whole setup", () => {
    const [message] = codecOf().encode({ type: "configure", spec: SPEC, handle: "Cih0" }) as [{ setup: Message }];
    expect(message.setup["sessionResumption"]).toEqual({ handle: "Cih0" });
    expect(Object.keys(message.setup)).toEqual(Object.keys(setup()));
  });

  test("results with the names of their calls, as documented", () => {
    const codec = codecOf();
    codec.decode(SERVER[9]);
    const results = [
      codec.encode({ type: "tool-result", callId: "fc-31", output: { result: "ok", celsius: 22 } }),
      codec.encode({ type: "tool-result", callId: "fc-32", output: { error: "window locked" } }),
    ];
    const documented = CLIENT.flatMap(({ toolResponse }) => (toolResponse === undefined ? [] : [toolResponse]))[0] as {
      functionResponses: unknown[];
    };
    expect(results).toEqual(
      documented.functionResponses.map((response) => [{ toolResponse: { functionResponses: [response] } }]),
    );
    codec.decode({ toolCall: { functionCalls: [{ id: "fc-40", name: "ask" }] } });
    expect(codec.encode({ type: "tool-result", callId: "fc-40", output: "yes" })).toMatchObject([
      { toolResponse: { functionResponses: [{ name: "ask", response: { output: "yes" } }] } },
    ]);
  });

  test("the result of a call that it does not know in words, with the next reply that is asked for", () => {
    const codec = codecOf();
    expect(codec.encode({ type: "tool-result", callId: "old", output: { status: "done" } })).toEqual([]);
    expect(codec.encode({ type: "create-reply" })).toEqual([
      { realtimeInput: { text: '[an earlier call answered {"status":"done"}]' } },
    ]);
  });

  test("all that was written in one turn, and nothing where the model goes on by itself", () => {
    const codec = codecOf();
    expect(codec.encode({ type: "create-reply" })).toEqual([]);
    codec.encode({ type: "user-text", text: "Hello." });
    codec.encode({ type: "note", text: "The window is open." });
    expect(codec.encode({ type: "create-reply" })).toEqual([
      { realtimeInput: { text: "Hello.\nTell the driver: The window is open." } },
    ]);
    expect(codec.encode({ type: "create-reply" })).toEqual([]);
  });

  test("history in one turn, calls and results included, and nobody answers it", () => {
    const entries = [
      { type: "user", text: "Warmer." },
      { type: "call", callId: "c", name: "heat", args: { by: 1 } },
      { type: "result", callId: "c", name: "heat", output: { status: "done" } },
      { type: "assistant", text: "Done." },
    ] as const;
    const [message] = codecOf().encode({ type: "history", entries });
    expect(message).toMatchObject({ clientContent: { turns: [{ role: "user" }], turnComplete: false } });
    expect(JSON.stringify(message)).toMatch(/Driver: Warmer\..*heat was called.*heat answered.*You: Done\./);
    expect(codecOf().encode({ type: "history", entries: [] })).toEqual([]);
  });

  test("no context to models that would hang up on it", () => {
    const command = { type: "context", key: "k", text: "t" } as const;
    expect(codecOf({ model: "gemini-3.1-flash-live-preview" }).encode(command)).toEqual([]);
  });
});

test("gemini connects with the key in a header, never in the URL", () => {
  const { url, headers } = gemini({ apiKey: "a-key" }).connection();
  expect(url).toMatch(
    /^wss:\/\/generativelanguage\.googleapis\.com\/ws\/.*v1beta\.GenerativeService\.BidiGenerateContent$/,
  );
  expect(headers).toEqual({ "x-goog-api-key": "a-key" });
});

describe.skipIf(!haveOrSkip(GEMINI_LOGS))("recorded conversations with gemini", () => {
  test.for(logNames())("%s", (name) => {
    const codec = codecOf();
    const log = readLog(name);
    const events = log.flatMap(({ from, message }) => (from === "server" ? codec.decode(message) : []));
    expect(events[0]).toEqual({ type: "session-ready" });
    expect(events.filter((event) => event.type === "ignored" && event.problem !== undefined)).toEqual([]);
    const texts = events.flatMap((event) => (event.type === "reply-text" && !event.final ? [event.text] : []));
    expect(texts).toEqual(log.flatMap(({ from, message }) => (from === "server" ? textsOf(message) : [])));
    const calls = events.filter((event) => event.type === "tool-call");
    expect(calls.map(({ callId, name: tool, args }) => ({ id: callId, name: tool, args }))).toEqual(
      log.flatMap(
        ({ message }) => (message["toolCall"] as { functionCalls?: unknown[] } | undefined)?.functionCalls ?? [],
      ),
    );
  });
});

interface Said {
  readonly modelTurn?: { readonly parts: readonly { readonly text?: string }[] };
  readonly outputTranscription?: { readonly text: string };
}

function textsOf(message: Message): readonly string[] {
  const { modelTurn, outputTranscription } = (message["serverContent"] ?? {}) as Said;
  return [...(modelTurn?.parts ?? []), outputTranscription ?? {}].flatMap(({ text }) => text ?? []);
}

function meaningOf(codec: Codec, message: Message): readonly SessionEvent[] {
  const hangUp = message["_close"] as { readonly code: number; readonly reason: string } | undefined;
  return hangUp === undefined ? codec.decode(message) : (codec.closed?.(hangUp.code, hangUp.reason) ?? []);
}

function setup(): Message {
  const [message] = codecOf({ webSearch: true }).encode({ type: "configure", spec: SPEC }) as [{ setup: Message }];
  return message.setup;
}

function audioFrame(mimeType: string, data: string): unknown {
  return { serverContent: { modelTurn: { parts: [{ inlineData: { mimeType, data } }] } } };
}
