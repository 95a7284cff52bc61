import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { openAi } from "../../../src/providers/openai.ts";
import type { Codec, ProviderCommand } from "../../../src/session/provider.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { protocolExamples } from "../../support/protocol.ts";
import { SPEC } from "../../support/session.ts";

const provider = openAi({ apiKey: "a-key" });
const SERVER = protocolExamples("openai", "server");
const CLIENT = protocolExamples("openai", "client");

const ignored = (wireType: string): SessionEvent => ({ type: "ignored", wireType });
const PCM = Int16Array.of(0, 1, 2, 3, 4, 5, 6, 7);
const CALL = { callId: "call_9k", name: "set_cabin_temperature", args: { zone: "driver", celsius: 22 } };
const A1 = { replyId: "resp_1", itemId: "item_A1" };
const A2 = { replyId: "resp_2", itemId: "item_A2" };
const failure = (code: string, severity: string, message: unknown) => ({
  type: "provider-error",
  code,
  severity,
  message,
});

/** Every documented server message, in order, and what it means in our words. */
const MEANINGS: readonly (readonly [eventId: string, meaning: readonly unknown[]])[] = [
  ["event_A1", [ignored("session.created")]],
  ["event_A2", [{ type: "session-ready", trace: "sess_Q1" }]],
  ["event_A3", [ignored("input_audio_buffer.committed")]],
  ["event_A4", [ignored("input_audio_buffer.cleared")]],
  ["event_A5", [{ type: "speech-started" }]],
  ["event_A6", [{ type: "speech-stopped" }]],
  ["event_A7", [ignored("input_audio_buffer.timeout_triggered")]],
  ["event_A8", [ignored("conversation.item.added")]],
  ["event_A9", [ignored("conversation.item.done")]],
  ["event_B1", [{ type: "transcript", itemId: "item_U2", text: "How far", final: false }]],
  ["event_B2", [{ type: "transcript", itemId: "item_U2", text: "How far can we still drive?", final: true }]],
  ["event_B3", [failure("audio_unintelligible", "benign", "The audio could not be transcribed.")]],
  ["event_B4", [ignored("conversation.item.truncated")]],
  ["event_B5", [ignored("conversation.item.deleted")]],
  ["event_C1", [{ type: "reply-started", replyId: "resp_1" }]],
  ["event_C2", [ignored("response.output_item.added")]],
  ["event_C3", [ignored("response.content_part.added")]],
  ["event_C4", [{ type: "reply-audio", ...A1, contentIndex: 0, pcm: PCM }]],
  ["event_C5", [{ type: "reply-text", ...A1, text: "About ", final: false }]],
  ["event_C6", [ignored("response.output_audio.done")]],
  ["event_C7", [{ type: "reply-text", ...A1, text: "About 178 kilometres.", final: true }]],
  ["event_C8", [{ type: "reply-text", ...A2, text: "Range", final: false }]],
  ["event_C9", [{ type: "reply-text", ...A2, text: "Range 178 km.", final: true }]],
  ["event_D1", [ignored("response.content_part.done")]],
  ["event_D2", []],
  ["event_D3", [{ type: "reply-ended", replyId: "resp_1", status: "completed" }]],
  ["event_D4", [{ type: "reply-ended", replyId: "resp_3", status: "cancelled" }]],
  [
    "event_D5",
    [
      failure("insufficient_quota", "fatal", expect.stringContaining("quota is used up: add credit")),
      { type: "reply-ended", replyId: "resp_4", status: "failed" },
    ],
  ],
  ["event_E1", [ignored("response.output_item.added")]],
  ["event_E2", [ignored("response.function_call_arguments.delta")]],
  ["event_E3", [{ type: "tool-call", replyId: "resp_5", ...CALL }]],
  ["event_F1", [ignored("rate_limits.updated")]],
  ["event_F2", [failure("reply-active", "benign", expect.stringContaining("active response"))]],
  ["event_F3", [failure("nothing-to-cancel", "benign", expect.any(String))]],
  ["event_F4", [failure("input_audio_buffer_commit_empty", "benign", expect.any(String))]],
  ["event_F5", [failure("session_expired", "retry", expect.stringContaining("60 minutes"))]],
];

describe("openai reads", () => {
  test("every documented message, in one session", () => {
    const codec = provider.codec();
    expect([...SERVER].map(([id, event]) => [id, codec.decode(event)])).toEqual(MEANINGS);
  });

  test("what was heard piece by piece as the whole so far, per utterance", () => {
    const codec = provider.codec();
    const heard = (item_id: string, delta: string) =>
      codec.decode({ type: "conversation.item.input_audio_transcription.delta", item_id, delta })[0];
    heard("a", "open ");
    expect(heard("b", "what")).toMatchObject({ itemId: "b", text: "what" });
    expect(heard("a", "the window")).toMatchObject({ itemId: "a", text: "open the window", final: false });
    codec.decode({ type: "conversation.item.input_audio_transcription.completed", item_id: "a", transcript: "x" });
    expect(heard("a", "again")).toMatchObject({ text: "again" });
    expect(heard("c", "z".repeat(10_000))).toHaveProperty("text", "z".repeat(4_096));
  });

  const item = { type: "function_call", call_id: CALL.callId, name: CALL.name, arguments: JSON.stringify(CALL.args) };
  const done = { type: "response.output_item.done", response_id: "resp_5", item };
  const reply = { type: "response.done", response: { id: "resp_5", status: "completed", output: [item] } };
  const told = SERVER.get("event_E3");

  test.for([
    ["its arguments", [told]],
    ["the finished item", [done]],
    ["the finished reply", [reply]],
    ["all of them", [told, done, reply]],
    ["arguments whose name came before", [SERVER.get("event_E1"), { ...told, name: undefined }]],
  ] as const)("a call once, from %s", ([, messages]) => {
    expect(calls(provider.codec(), messages)).toEqual([{ type: "tool-call", replyId: "resp_5", ...CALL }]);
  });

  test("two calls of one reply, both", () => {
    const second = { ...item, call_id: "call_2" };
    const both = { ...reply, response: { ...reply.response, output: [item, second] } };
    expect(calls(provider.codec(), [both]).map(({ callId }) => callId)).toEqual(["call_9k", "call_2"]);
  });

  test("no call whose arguments were cut off", () => {
    const half = { ...item, status: "incomplete", arguments: '{"zone":' };
    const cancelled = { type: "response.done", response: { id: "resp_5", status: "cancelled", output: [half] } };
    expect(calls(provider.codec(), [{ ...done, item: half }, cancelled])).toEqual([]);
  });

  test.for([
    ["invalid_api_key", "invalid_request_error", "fatal", "check it"],
    ["model_not_found", "invalid_request_error", "fatal", "model.model"],
    ["account_deactivated", "invalid_request_error", "fatal", "another one"],
    ["billing_hard_limit_reached", "invalid_request_error", "fatal", "billing"],
    ["rate_limit_exceeded", "requests", "retry", "too many requests"],
    [null, "server_error", "retry", "busy"],
    ["item_truncate_invalid_item_id", "invalid_request_error", "benign", "the server's words"],
    ["never_heard_of", "invalid_request_error", "benign", "the server's words"],
    ["__proto__", "constructor", "benign", "the server's words"],
  ] as const)("the error %s of the type %s as %s", ([code, type, severity, message]) => {
    const error = { type, code, message: "the server's words", param: null };
    expect(provider.codec().decode({ type: "error", error })).toEqual([
      failure(code ?? type, severity, expect.stringContaining(message)),
    ]);
  });

  test("a configuration that is refused as something that only a person can mend", () => {
    const error = { code: "invalid_value", message: "Supported values are", param: "session.audio.output.voice" };
    expect(provider.codec().decode({ type: "error", error })).toMatchObject([
      { severity: "fatal", message: expect.stringContaining("voices.openai") as string },
    ]);
  });

  test.for([
    [1001, "Your session hit the maximum duration of 60 minutes.", [{ code: "session_expired", severity: "retry" }]],
    [3000, "invalid_request_error.invalid_api_key", [{ code: "invalid_api_key", severity: "fatal" }]],
    [4000, "invalid_request_error.invalid_model", [{ code: "invalid_model", severity: "fatal" }]],
    [1000, "", []],
    [1006, "", []],
    [1001, "going away", []],
  ] as const)("a hang-up with %d %j", ([code, reason, events]) => {
    expect(provider.codec().closed?.(code, reason)).toMatchObject(events);
  });

  test.for([
    ["no type", {}, "", /without a type/],
    ["a field missing", { type: "response.created" }, "response.created", /^response: /],
    ["sound that is not base64", { type: "response.output_audio.delta", delta: "!!" }, undefined, /16-bit/],
    ["half a sample", { type: "response.output_audio.delta", delta: "AAAA" }, undefined, /16-bit/],
    ["a prototype", { type: "__proto__" }, "__proto__", undefined],
  ] as const)("a message with %s as a problem, not an error", ([, message, wireType, problem]) => {
    const [event] = provider.codec().decode(message);
    expect(event).toMatchObject({ type: "ignored", ...(wireType !== undefined && { wireType }) });
    if (problem !== undefined) expect(event).toHaveProperty("problem", expect.stringMatching(problem));
  });

  test("whatever comes, without throwing", () => {
    const types = [...SERVER.values()].map((message) => message["type"]);
    const message = fc.record({
      type: fc.constantFrom(...types),
      item: fc.anything(),
      response: fc.anything(),
      error: fc.anything(),
      delta: fc.anything(),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.anything())), (raws) => {
        const codec = provider.codec();
        for (const raw of raws) codec.decode(raw);
      }),
    );
  });
});

function calls(codec: Codec, messages: readonly unknown[]) {
  return messages.flatMap((message) => codec.decode(message)).filter((event) => event.type === "tool-call");
}

/** Our commands for the documented client messages. Those without one are never sent. */
const ENCODINGS: readonly (readonly [eventId: string, command: ProviderCommand])[] = [
  ["audio", { type: "send-audio", pcm: PCM }],
  ["clear", { type: "forget-audio" }],
  ["cli_6", { type: "history", entries: [{ type: "assistant", text: "About 178 kilometres." }] }],
  ["cli_7", { type: "truncate", itemId: "item_A1", contentIndex: 0, playedMs: 1_480.9 }],
  ["cli_8", { type: "truncate", itemId: "item_X1", contentIndex: 0, playedMs: 0 }],
  ["cli_10", { type: "create-reply" }],
  ["cli_13", { type: "cancel-reply", replyId: "resp_1" }],
  ["cli_14", { type: "tool-result", callId: "call_9k", output: { ok: true } }],
  ["cli_15", { type: "create-reply" }],
];

/** The two documented client messages that come without an id. */
const UNNAMED: Readonly<Record<string, unknown>> = {
  audio: { type: "input_audio_buffer.append", audio: "AAABAAIAAwAEAAUABgAHAA==" },
  clear: { type: "input_audio_buffer.clear" },
};

describe("openai writes", () => {
  test.for(ENCODINGS)("%s as documented", ([id, command]) => {
    expect(provider.codec().encode(command)).toEqual([CLIENT.get(id) ?? UNNAMED[id]]);
  });

  test("what was typed as documented, at the end of the conversation", () => {
    const { previous_item_id, ...documented } = CLIENT.get("cli_4") ?? {};
    expect(previous_item_id).toBeNull();
    expect(provider.codec().encode({ type: "user-text", text: "How far can we still drive?" })).toEqual([documented]);
  });

  test("the configuration in the documented shape", () => {
    const documented = CLIENT.get("cli_1")?.["session"] as Session;
    const semantic = (CLIENT.get("cli_2")?.["session"] as Session).audio.input["turn_detection"];
    const session = configured();
    expect(Object.keys(session)).toEqual(Object.keys(documented));
    expect(session.audio).toEqual({
      input: {
        ...documented.audio.input,
        transcription: { model: "gpt-4o-mini-transcribe" },
        turn_detection: semantic,
      },
      output: { format: documented.audio.output.format, voice: "marin" },
    });
    expect(session.tools).toEqual([{ type: "function", ...SPEC.tools[0] }]);
    expect(JSON.stringify(session)).not.toContain("codriver");
    expect(configured("alloy", "server").audio.input["turn_detection"]).toEqual(
      documented.audio.input["turn_detection"],
    );
  });

  test.for([
    ["cedar", "cedar"],
    ["slt", "marin"],
    ["voice_42", { id: "voice_42" }],
  ] as const)("the voice %s as %j", ([voice, sent]) => {
    expect(configured(voice).audio.output.voice).toEqual(sent);
  });

  test("new context before the old of the same key is taken away", () => {
    const codec = provider.codec();
    const [first] = codec.encode({ type: "context", key: "speed", text: "50" }) as [{ item: { id: string } }];
    codec.encode({ type: "context", key: "fuel", text: "half" });
    const replaced = codec.encode({ type: "context", key: "speed", text: "60" });
    expect(first.item).toMatchObject({ role: "system", content: [{ type: "input_text", text: "50" }] });
    expect(replaced).toMatchObject([
      { type: "conversation.item.create", item: { role: "system", content: [{ text: "60" }] } },
      { type: "conversation.item.delete", item_id: first.item.id },
    ]);
    const shape = CLIENT.get("cli_5")?.["item"] ?? {};
    expect(Object.keys(first.item)).toEqual(["id", ...Object.keys(shape)]);
  });

  test("history with its calls and results, oldest first", () => {
    const entries = [
      { type: "user", text: "Warmer." },
      { type: "call", callId: "c", name: "heat", args: { by: 1 } },
      { type: "result", callId: "c", name: "heat", output: { status: "done" } },
      { type: "assistant", text: "Done." },
    ] as const;
    expect(provider.codec().encode({ type: "history", entries })).toMatchObject([
      { item: { type: "message", role: "user", content: [{ type: "input_text", text: "Warmer." }] } },
      { item: { type: "function_call", call_id: "c", name: "heat", arguments: '{"by":1}' } },
      { item: { type: "function_call_output", call_id: "c", output: '{"status":"done"}' } },
      { item: { type: "message", role: "assistant", content: [{ type: "output_text", text: "Done." }] } },
    ]);
  });

  test("never to cut an item behind the end of what was received of it", () => {
    const codec = provider.codec();
    const delta = Buffer.alloc(2 * 24 * 100).toString("base64");
    codec.decode({ type: "response.output_audio.delta", response_id: "r", item_id: "i", delta });
    const cut = (playedMs: number) => codec.encode({ type: "truncate", itemId: "i", contentIndex: 0, playedMs });
    expect(cut(100.4)).toMatchObject([{ audio_end_ms: 100 }]);
    expect(cut(500)).toMatchObject([{ audio_end_ms: 100 }]);
    expect(cut(0.4)).toMatchObject([{ type: "conversation.item.delete", item_id: "i" }]);
  });
});

interface Session {
  readonly audio: {
    readonly input: Record<string, unknown>;
    readonly output: { readonly format: unknown; readonly voice: unknown };
  };
  readonly tools: readonly unknown[];
}

function configured(voice = "marin", vad?: "semantic" | "server"): Session {
  const codec = openAi({ apiKey: "k", ...(vad && { vad }) }).codec();
  const [update] = codec.encode({ type: "configure", spec: { ...SPEC, voice } }) as [{ session: Session }];
  return update.session;
}

test("openai connects with the key in a header, to an endpoint that may have a query of its own", () => {
  expect(provider.connection()).toEqual({
    url: "wss://api.openai.com/v1/realtime?model=gpt-realtime",
    headers: { Authorization: "Bearer a-key" },
  });
  const own = openAi({ apiKey: "k", url: "wss://gate.example/rt?region=eu", model: "gpt-realtime-2" });
  expect(own.connection().url).toBe("wss://gate.example/rt?region=eu&model=gpt-realtime-2");
});
