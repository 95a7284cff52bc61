import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { local } from "../../../src/providers/local.ts";
import { STEPFUN_URLS, stepFun } from "../../../src/providers/stepfun.ts";
import type { ProviderCommand } from "../../../src/session/provider.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { protocolExamples } from "../../support/protocol.ts";
import { SPEC } from "../../support/session.ts";

const provider = stepFun({ apiKey: "a-key" });
const SERVER = protocolExamples("stepfun", "server");
const CLIENT = protocolExamples("stepfun", "client");

const ignored = (wireType: string): SessionEvent => ({ type: "ignored", wireType });
const PCM = Int16Array.of(0, 1, 2, 3, 4, 5, 6, 7);
const CALL = { callId: "call_set_temp_1", name: "set_cabin_temperature", args: { zone: "driver", celsius: 22 } };

/** Every documented server message, in order, and what it means in our words. */
const MEANINGS: readonly (readonly [eventId: string, meaning: readonly SessionEvent[]])[] = [
  ["evt_s_0001", [ignored("session.created")]],
  ["evt_s_0002", [{ type: "session-ready", trace: "sess_7c1e" }]],
  ["evt_s_0003", [ignored("input_audio_buffer.committed")]],
  ["evt_s_0004", [ignored("input_audio_buffer.cleared")]],
  ["evt_s_0005", [{ type: "speech-started" }]],
  ["evt_s_0006", [{ type: "speech-stopped" }]],
  ["evt_s_0007", [{ type: "transcript", itemId: "msg_u2", text: "set the driver side to", final: false }]],
  [
    "evt_s_0008",
    [{ type: "transcript", itemId: "msg_u2", text: "set the driver side to twenty two degrees", final: true }],
  ],
  ["evt_s_0009", [ignored("conversation.item.created")]],
  ["evt_s_0010", [ignored("conversation.item.deleted")]],
  ["evt_s_0011", [{ type: "reply-started", replyId: "resp_01" }]],
  ["evt_s_0012", [ignored("response.output_item.added")]],
  ["evt_s_0013", [ignored("response.content_part.added")]],
  ["evt_s_0014", [{ type: "reply-audio", replyId: "resp_01", itemId: "msg_a1", contentIndex: 0, pcm: PCM }]],
  ["evt_s_0015", [{ type: "reply-text", replyId: "resp_01", itemId: "msg_a1", text: "Okay, ", final: false }]],
  [
    "evt_s_0016",
    [
      {
        type: "reply-text",
        replyId: "resp_01",
        itemId: "msg_a1",
        text: "Okay, twenty two degrees for you.",
        final: true,
      },
    ],
  ],
  ["evt_s_0017", [ignored("response.audio.done")]],
  ["evt_s_0018", [{ type: "reply-text", replyId: "resp_02", itemId: "msg_a2", text: "Sure", final: false }]],
  ["evt_s_0019", [{ type: "reply-text", replyId: "resp_02", itemId: "msg_a2", text: "Sure thing.", final: true }]],
  ["evt_s_0020", [ignored("response.thinking.delta")]],
  ["evt_s_0021", [ignored("response.thinking.done")]],
  ["evt_s_0022", [ignored("conversation.item.created")]],
  ["evt_s_0023", [ignored("response.function_call_arguments.delta")]],
  // Without a response id it belongs to the running reply.
  ["evt_s_0024", [{ type: "tool-call", replyId: "resp_01", ...CALL }]],
  ["evt_s_0025", []],
  ["evt_s_0026", [ignored("response.content_part.done")]],
  ["evt_s_0027", [{ type: "reply-ended", replyId: "resp_04", status: "completed" }]],
  ["evt_s_0028", [{ type: "reply-ended", replyId: "resp_05", status: "cancelled" }]],
  ["evt_s_0029", [{ type: "reply-ended", replyId: "resp_05", status: "cancelled" }]],
  ["evt_s_0030", [ignored("rate_limits.updated")]],
  [
    "evt_s_0031",
    [
      {
        type: "provider-error",
        code: "reply-active",
        message: "ongoing response already exists",
        severity: "benign",
      },
    ],
  ],
  [
    "evt_s_0032",
    [
      {
        type: "provider-error",
        code: "nothing-to-cancel",
        message: "no ongoing response to cancel",
        severity: "benign",
      },
    ],
  ],
];

describe("stepfun reads", () => {
  test("every documented message, in one session", () => {
    const codec = provider.codec();
    expect([...SERVER].map(([id, event]) => [id, codec.decode(event)])).toEqual(MEANINGS);
  });

  test.for([
    ["its arguments alone", ["evt_s_0022", "evt_s_0024"]],
    ["the finished item alone", ["evt_s_0025"]],
    ["the finished reply alone", ["evt_s_0027"]],
    ["all of them", ["evt_s_0022", "evt_s_0023", "evt_s_0024", "evt_s_0025", "evt_s_0027"]],
  ] as const)("a call once, from %s", ([, ids]) => {
    const codec = provider.codec();
    const events = ids.flatMap((id) => codec.decode(SERVER.get(id)));
    expect(events.filter(({ type }) => type === "tool-call")).toEqual([expect.objectContaining(CALL)]);
  });

  test("a call whose arguments come without the name, from what was said about it before", () => {
    const codec = provider.codec();
    codec.decode(SERVER.get("evt_s_0022"));
    expect(codec.decode({ ...SERVER.get("evt_s_0024"), name: undefined })).toEqual([expect.objectContaining(CALL)]);
  });

  test.for([
    ["{", "{"],
    ["", {}],
    [" ", {}],
    ['{"a":1}', { a: 1 }],
    ["[".repeat(64), "[".repeat(64)],
  ] as const)("arguments %j", ([text, args]) => {
    const raw = { ...SERVER.get("evt_s_0024"), arguments: text };
    expect(provider.codec().decode(raw)).toEqual([expect.objectContaining({ args })]);
  });

  test("a second session.created as the answer to our configuration, as the reference prints it", () => {
    const codec = provider.codec();
    codec.decode(SERVER.get("evt_s_0001"));
    expect(codec.decode(SERVER.get("evt_s_0001"))).toEqual([{ type: "session-ready", trace: "sess_7c1e" }]);
  });

  test("errors without their wrapper", () => {
    const event = { type: "error", message: "voice foo is not valid" };
    expect(provider.codec().decode(event)).toEqual([
      {
        type: "provider-error",
        code: "invalid-voice",
        message: expect.stringMatching(/voices\.stepfun .*voice foo is not valid/) as string,
        severity: "fatal",
      },
    ]);
  });

  test.for([
    ["no ongoing response to cancel", "nothing-to-cancel", "benign"],
    ["ongoing response already exists", "reply-active", "benign"],
    ["no speech found", "no-speech", "benign"],
    ["append is not called", "no-speech", "benign"],
    ["commit when server vad", "commit-with-vad", "benign"],
    ["cannot find previous item", "no-previous-item", "benign"],
    ["continue_final_message needs a message", "empty-history", "benign"],
    ["invalid event format", "invalid-event", "benign"],
    ["voice xiaoyue is not valid", "invalid-voice", "fatal"],
    ["Incorrect API key provided", "invalid-key", "fatal"],
    ["your quota is used up", "no-balance", "fatal"],
    ["rate limit reached", "rate-limited", "retry"],
    ["model step-9 not found", "unknown-model", "fatal"],
    ["the session has expired", "session-expired", "retry"],
    ["something else", "42", "benign"],
  ] as const)("the error %j", ([message, code, severity]) => {
    const error = { type: "invalid_request_error", code: 42, message };
    expect(provider.codec().decode({ type: "error", error })).toMatchObject([{ code, severity }]);
  });

  test("an error of the server's own as worth another connection", () => {
    const error = { type: "server_error", message: "busy" };
    expect(provider.codec().decode({ type: "error", error })).toMatchObject([{ severity: "retry" }]);
  });

  test.for([
    ["no type", {}, "", /without a type/],
    ["not an object", "hello", "", /without a type/],
    ["a field missing", { type: "response.created" }, "response.created", /^response: /],
    ["a field of the wrong type", { type: "response.audio.delta", delta: 1 }, "response.audio.delta", /^delta: /],
    ["sound that is not base64", { type: "response.audio.delta", delta: "!!" }, "response.audio.delta", /16-bit/],
    ["half a sample", { type: "response.audio.delta", delta: "AAAA" }, "response.audio.delta", /16-bit/],
    ["an inherited name", { type: "toString" }, "toString", undefined],
    ["a prototype", { type: "__proto__" }, "__proto__", undefined],
  ] as const)("a message with %s as a problem, not an error", ([, message, wireType, problem]) => {
    const [event] = provider.codec().decode(message);
    expect(event).toMatchObject({ type: "ignored", wireType });
    if (problem !== undefined) expect(event).toHaveProperty("problem", expect.stringMatching(problem));
  });

  test("whatever comes, without throwing", () => {
    const types = [...SERVER.values()].map((message) => message["type"]);
    const message = fc.record({ type: fc.constantFrom(...types), item: fc.anything(), response: fc.anything() });
    fc.assert(
      fc.property(fc.oneof(message, fc.anything()), (raw) => {
        provider.codec().decode(raw);
      }),
    );
  });
});

/** Our commands for the documented client messages. Those without one are never sent. */
const ENCODINGS: readonly (readonly [eventId: string, command: ProviderCommand])[] = [
  ["evt_c_0003", { type: "send-audio", pcm: PCM }],
  ["evt_c_0006", { type: "user-text", text: "What is the tyre pressure?" }],
  [
    "evt_c_0007",
    {
      type: "context",
      key: "state",
      text: "[vehicle state] speed 88 km/h; fuel 31 %; cabin 24.5 C; headlights on",
    },
  ],
  ["evt_c_0011", { type: "create-reply" }],
  ["evt_c_0014", { type: "tool-result", callId: "call_set_temp_1", output: { ok: true, celsius: 22 } }],
  ["evt_c_0016", { type: "cancel-reply", replyId: "resp_05" }],
];

describe("stepfun writes", () => {
  test.for(ENCODINGS)("%s as documented", ([id, command]) => {
    expect(provider.codec().encode(command)).toEqual([CLIENT.get(id)]);
  });

  test("the configuration in the documented shape: flat, nested tools, a patient voice activity detector", () => {
    const documented = CLIENT.get("evt_c_0001")?.["session"] as Record<string, unknown>;
    const [update] = provider.codec().encode({ type: "configure", spec: SPEC }) as [
      { session: Record<string, unknown> },
    ];
    expect(Object.keys(update.session)).toEqual(Object.keys(documented));
    expect(update.session["turn_detection"]).toEqual(documented["turn_detection"]);
    expect(update.session["tools"]).toEqual([{ type: "function", function: SPEC.tools[0] }]);
    expect(JSON.stringify(update)).not.toContain("codriver");
  });

  test("new context in place of the old, once the server has named the old", () => {
    const codec = provider.codec();
    const system = (id: string) => ({ type: "conversation.item.created", item: { id, role: "system" } });
    expect(codec.encode({ type: "context", key: "speed", text: "50" })).toHaveLength(1);
    codec.encode({ type: "context", key: "fuel", text: "half" });
    codec.decode(system("srv_1"));
    codec.decode(system("srv_2"));
    expect(codec.encode({ type: "context", key: "speed", text: "60" })).toMatchObject([
      { type: "conversation.item.delete", item_id: "srv_1" },
      { type: "conversation.item.create", item: { role: "system" } },
    ]);
  });
});

describe("stepfun writes, where the reference has no sample,", () => {
  interface Update {
    readonly session: { readonly tools: readonly unknown[] };
  }

  test("the tools that its own server runs", () => {
    const withTools = stepFun({
      apiKey: "k",
      serverTools: {
        webSearch: { topK: 5, timeoutSeconds: 3 },
        retrieval: [{ description: "The manual", vectorStoreId: "vs_1", promptTemplate: "{{knowledge}} {{query}}" }],
      },
    });
    const [update] = withTools.codec().encode({ type: "configure", spec: SPEC }) as [Update];
    const documented = (CLIENT.get("evt_c_0001") as unknown as Update).session.tools[1];
    expect(update.session.tools.slice(1)).toEqual([
      documented,
      {
        type: "retrieval",
        function: {
          description: "The manual",
          options: { vector_store_id: "vs_1", prompt_template: "{{knowledge}} {{query}}" },
        },
      },
    ]);
  });

  test("history, with calls in words: the server takes no calls from a client", () => {
    const entries = [
      { type: "assistant", text: "The left front tyre is at 2.4 bar." },
      { type: "call", callId: "c", name: "heat", args: { by: 1 } },
      { type: "result", callId: "c", name: "heat", output: { status: "done" } },
    ] as const;
    const said = provider.codec().encode({ type: "history", entries });
    expect(said[0]).toEqual(CLIENT.get("evt_c_0008"));
    expect(said.slice(1)).toMatchObject([
      { item: { role: "system", content: [{ text: '[heat was called with {"by":1}]' }] } },
      { item: { role: "system", content: [{ text: '[heat answered {"status":"done"}]' }] } },
    ]);
  });

  test("context in place of the old, also past notes and when names come late", () => {
    const codec = provider.codec();
    const named = (id: string) => codec.decode({ type: "conversation.item.created", item: { id, role: "system" } });
    const speed = (text: string) => codec.encode({ type: "context", key: "speed", text });
    codec.encode({ type: "note", text: "The window is open." });
    speed("50");
    speed("60");
    named("a_note");
    named("speed_50");
    named("speed_60");
    const deleted = speed("70").slice(0, -1);
    expect(deleted).toMatchObject([{ item_id: "speed_50" }, { item_id: "speed_60" }]);
  });
});

describe("stepfun connects", () => {
  test("with the key, and knows the other spelling of the model", () => {
    expect(provider.connection()).toEqual({
      url: "wss://api.stepfun.com/v1/realtime?model=stepaudio-2.5-realtime",
      headers: { Authorization: "Bearer a-key" },
    });
    const otherUrl = (model?: string) => stepFun({ apiKey: "k", ...(model && { model }) }).fallback?.().url;
    expect(otherUrl()).toContain("?model=step-2.5-realtime");
    expect(otherUrl("step-2.5-realtime")).toContain("?model=stepaudio-2.5-realtime");
    expect(otherUrl("step-audio-2")).toBeUndefined();
  });

  test("to its other sites", () => {
    const at = (url: string) => stepFun({ apiKey: "k", url }).connection().url;
    expect(at(STEPFUN_URLS.international)).toBe("wss://api.stepfun.ai/v1/realtime?model=stepaudio-2.5-realtime");
    expect(at(STEPFUN_URLS.plan)).toBe("wss://api.stepfun.com/step_plan/v1/realtime?model=stepaudio-2.5-realtime");
  });
});

test("local is told what only our engine understands", () => {
  const engine = local({ url: "ws://127.0.0.1:1/v1/realtime", token: "t" });
  expect(engine.codec().encode({ type: "configure", spec: SPEC })).toMatchObject([
    {
      session: {
        codriver: {
          phrases: SPEC.engine.phrases,
          lists: SPEC.engine.lists,
          wake_word: "jarvis",
          input_rate_hz: 16_000,
        },
      },
    },
  ]);
});
