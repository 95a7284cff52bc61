import { NEVER } from "rxjs";
import { describe, expect, test, vi } from "vitest";

import { openAiDialect } from "../../../../src/engine/dialects/openai.ts";
import { dialectSession, examplesOf, soundOf } from "../../../support/dialect-session.ts";
import { fakeSpeech } from "../../../support/engine-fakes.ts";

type Turns = Readonly<Record<string, unknown>> | null;

const TOOL = {
  type: "function",
  name: "set_window",
  description: "Opens or closes a window.",
  parameters: {
    type: "object",
    properties: { zone: { type: "string", enum: ["driver", "passenger"] }, percent: { type: "number" } },
    required: ["zone", "percent"],
  },
};
const WISH = "set the driver window to fifty percent";
const CREATE = { type: "response.create" };
const UTTERANCE = soundOf(24_000).map((audio) => ({ type: "input_audio_buffer.append", audio }));

const update = (session: object) => ({ type: "session.update", session: { type: "realtime", ...session } });
const item = (item: object) => ({ type: "conversation.item.create", item });
const message = (role: string, text: string, more: object = {}) =>
  item({
    type: "message",
    role,
    content: [{ type: role === "assistant" ? "output_text" : "input_text", text }],
    ...more,
  });
const settings = (turns?: Turns) =>
  update({
    tools: [TOOL],
    audio: { input: { transcription: { model: "any" }, ...(turns !== undefined && { turn_detection: turns }) } },
  });
/** A voice that begins and never ends. */
const endlessSpeech = () => ({ ...fakeSpeech(), speak: () => NEVER });

async function session(options: Parameters<typeof dialectSession>[1] = {}, turns?: Turns) {
  const engine = dialectSession(openAiDialect(), options);
  engine.send(settings(turns));
  await engine.listening();
  engine.heard.length = 0;
  const types = () => engine.heard.map((message) => String(message["type"]));
  return {
    ...engine,
    types,
    of: (type: string) => engine.heard.filter((message) => message["type"] === type),
    until: (type: string, times = 1) =>
      vi.waitFor(() => expect(types().filter((one) => one === type)).toHaveLength(times)),
    errors: () => engine.heard.flatMap((message) => (message["type"] === "error" ? [message["error"]] : [])),
  };
}

test("every documented message of a client is understood, or refused by name", () => {
  const dialect = openAiDialect();
  const read = examplesOf("openai", "client").map((message) => {
    const request = dialect.decode(message)[0]?.request;
    return [message["type"], request?.type === "unreadable" ? request.problem : request?.type];
  });
  expect(read).toEqual([
    ["session.update", "configure"],
    ["session.update", "configure"],
    ["session.update", "configure"],
    ["input_audio_buffer.append", "append-audio"],
    ["input_audio_buffer.commit", "commit-audio"],
    ["input_audio_buffer.clear", "clear-audio"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.truncate", "truncate-item"],
    ["conversation.item.delete", "delete-item"],
    ["conversation.item.retrieve", "retrieve-item"],
    ["response.create", "create-reply"],
    ["response.create", "create-reply"],
    ["response.create", "response.conversation: replies outside the conversation are not supported by this engine"],
    ["response.cancel", "cancel-reply"],
    ["conversation.item.create", "add-output"],
    ["response.create", "create-reply"],
  ]);
});

/** Costs, and what a transcriber is sure of, are a cloud's. */
const NOT_OURS = ["usage", "note"];

test("what we say has every field that is documented for it", async () => {
  const engine = await session({ lines: [WISH] });
  engine.send(...UTTERANCE);
  await engine.until("response.done");
  engine.send(CREATE, CREATE, message("user", "hello"), { type: "input_audio_buffer.clear" });
  const documented = new Map(examplesOf("openai", "server").map((example) => [example["type"], example]));
  for (const said of engine.heard) {
    const example = documented.get(said["type"]);
    expect(example, `${String(said["type"])} is no message of this protocol`).toBeDefined();
    const missing = Object.keys(example ?? {}).filter((key) => !(key in said) && !NOT_OURS.includes(key));
    expect(missing, String(said["type"])).toEqual([]);
  }
});

describe("a session", () => {
  test("is told back nested, with what the client left open filled in", () => {
    const engine = dialectSession(openAiDialect());
    expect(engine.heard[0]).toMatchObject({ type: "session.created", session: { id: "sess_1", type: "realtime" } });
    engine.send(update({ tools: [TOOL], audio: { input: { turn_detection: { type: "semantic_vad" } } } }));
    engine.send(update({ instructions: "Be brief.", audio: { output: { voice: "marin" } } }));
    expect(engine.heard.at(-1)).toMatchObject({
      type: "session.updated",
      session: {
        model: "codriver",
        instructions: "Be brief.",
        tools: [TOOL],
        audio: {
          input: {
            format: { type: "audio/pcm", rate: 24_000 },
            turn_detection: { type: "semantic_vad", create_response: true, interrupt_response: true },
          },
          output: { voice: "marin" },
        },
      },
    });
  });

  test.for([
    ["telephone audio", { audio: { input: { format: { type: "audio/pcmu" } } } }, /session\.audio\.input\.format/],
    ["a tool of another server", { tools: [{ type: "mcp", server_label: "x" }] }, /session\.tools\.0\.type/],
    ["both modalities", { output_modalities: ["audio", "text"] }, /session\.output_modalities/],
  ] as const)("refuses %s by name, and says which message it was", ([, wrong, problem]) => {
    const engine = dialectSession(openAiDialect());
    engine.send({ ...update(wrong), event_id: "mine" });
    expect(engine.heard.at(-1)).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", event_id: "mine", message: expect.stringMatching(problem) as string },
    });
  });
});

describe("a spoken turn", () => {
  test("is played in the documented order", async () => {
    const engine = await session({ lines: [WISH] });
    engine.send(...UTTERANCE);
    await engine.until("response.done");
    expect([...new Set(engine.types())]).toEqual([
      "input_audio_buffer.speech_started",
      "conversation.item.input_audio_transcription.delta",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "conversation.item.input_audio_transcription.completed",
      "response.created",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.content_part.added",
      "response.output_audio_transcript.delta",
      "response.output_audio.delta",
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "response.done",
    ]);
    expect(engine.of("response.function_call_arguments.done")).toMatchObject([
      { name: "set_window", arguments: JSON.stringify({ zone: "driver", percent: 50 }) },
    ]);
  });

  test("is transcribed by what each guess adds, and can be asked for again", async () => {
    const engine = await session({ lines: [WISH] });
    engine.send(...UTTERANCE);
    await engine.until("conversation.item.input_audio_transcription.completed");
    const deltas = engine.of("conversation.item.input_audio_transcription.delta").map((message) => message["delta"]);
    expect(deltas).toEqual(["set", WISH.slice("set".length)]);
    const item_id = engine.of("conversation.item.input_audio_transcription.completed")[0]?.["item_id"];
    engine.send({ type: "conversation.item.retrieve", item_id });
    expect(engine.heard.at(-1)).toMatchObject({
      type: "conversation.item.retrieved",
      item: { id: item_id, role: "user", content: [{ type: "input_audio", transcript: WISH }] },
    });
  });

  test("is not transcribed where nobody asked", async () => {
    const engine = await session({ lines: [WISH] });
    engine.send(update({ audio: { input: { transcription: null } } }), ...UTTERANCE);
    await engine.until("response.done");
    expect(engine.types().filter((type) => type.includes("transcription"))).toEqual([]);
  });

  test("silences the reply that is being given, which is told as cut off", async () => {
    const engine = await session({ speech: endlessSpeech(), lines: [WISH] });
    engine.send(message("user", WISH), CREATE, ...UTTERANCE.slice(0, 10));
    await engine.until("response.done");
    expect(engine.of("response.done")[0]?.["response"]).toMatchObject({
      status: "cancelled",
      status_details: { reason: "turn_detected" },
      output: [
        { type: "message", status: "incomplete" },
        { type: "function_call", status: "completed" },
      ],
    });
    expect(engine.types().indexOf("input_audio_buffer.speech_started")).toBeLessThan(
      engine.types().indexOf("response.done"),
    );
  });

  test("lets the reply go on where the client wants to decide, and tells who cancelled it", async () => {
    const turns = { type: "server_vad", interrupt_response: false };
    const engine = await session({ speech: endlessSpeech(), lines: [WISH] }, turns);
    engine.send(message("user", WISH), CREATE, ...UTTERANCE.slice(0, 10));
    await engine.until("input_audio_buffer.speech_started");
    expect(engine.types()).not.toContain("response.done");
    engine.send({ type: "response.cancel" });
    expect(engine.heard.at(-1)).toMatchObject({ response: { status_details: { reason: "client_cancelled" } } });
  });

  test("waits for the client where that wants to ask for replies", async () => {
    const engine = await session({ lines: [WISH] }, { type: "server_vad", create_response: false });
    engine.send(...UTTERANCE);
    await engine.until("conversation.item.input_audio_transcription.completed");
    expect(engine.types()).not.toContain("response.created");
    engine.send(CREATE);
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(1);
  });
});

describe("a history that is told again", () => {
  const CALL = { type: "function_call", call_id: "old_1", name: "set_window", arguments: "{}" };

  test("is not acted on again", async () => {
    const engine = await session();
    engine.send(
      message("user", WISH),
      item(CALL),
      item({ type: "function_call_output", call_id: "old_1", output: '"ok"' }),
      message("user", WISH),
      message("assistant", "The window is half open."),
      CREATE,
    );
    await engine.until("response.done");
    expect(engine.errors()).toEqual([]);
    expect(engine.types()).not.toContain("response.function_call_arguments.done");
  });

  test("keeps the client's own ids, each once", async () => {
    const engine = await session();
    engine.send(message("user", "hello", { id: "mine" }), message("user", "hello", { id: "mine" }));
    expect(engine.of("conversation.item.added")).toMatchObject([{ item: { id: "mine" } }]);
    expect(engine.errors()).toMatchObject([{ code: "item_already_exists" }]);
  });
});

test.for([
  ["two replies at once", [CREATE, CREATE], "conversation_already_has_active_response"],
  ["cancelling nothing", [{ type: "response.cancel" }], "response_cancel_not_active"],
  ["an item that is not there", [{ type: "conversation.item.retrieve", item_id: "x" }], "item_not_found"],
  ["an output of no call", [item({ type: "function_call_output", call_id: "x", output: "" })], "invalid_tool_call_id"],
  ["no type", [{}], "invalid_value"],
] as const)("%s is refused in GA's words", async ([, messages, code]) => {
  const engine = await session({ speech: endlessSpeech() });
  engine.send(message("user", WISH), ...messages);
  expect(engine.errors()).toMatchObject([{ type: "invalid_request_error", code, param: null }]);
});
