import { from, map, NEVER, Subject, throwError } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { stepFunDialect } from "../../../src/engine/dialects/stepfun.ts";
import type { ClientMessage } from "../../../src/engine/engine-event.ts";
import { engineSession } from "../../../src/engine/engine-session.ts";
import { local } from "../../../src/providers/local.ts";
import { FakeHearing, fakeSpeech } from "../../support/engine-fakes.ts";
import { protocolExamples } from "../../support/protocol.ts";
import { SPEC } from "../../support/session.ts";

type Wire = Readonly<Record<string, unknown>> & { readonly type: string };

const CONFIGURE = local({ url: "ws://x", token: "t" }).codec().encode({ type: "configure", spec: SPEC })[0];
const MANUAL = { type: "session.update", session: { turn_detection: null } };
const CREATE = { type: "response.create" };

const typed = (text: string) => ({
  type: "conversation.item.create",
  item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
});
const system = (text: string) => ({
  type: "conversation.item.create",
  item: { type: "message", role: "system", content: [{ type: "input_text", text }] },
});
const output = (call_id: string, value: unknown) => ({
  type: "conversation.item.create",
  item: { type: "function_call_output", call_id, output: JSON.stringify(value) },
});
/** 20 ms at 16 kHz of one sample value. */
const sound = (sample: number, frames = 1) =>
  Array.from({ length: frames }, () => ({
    type: "input_audio_buffer.append",
    audio: Buffer.from(new Int16Array(320).fill(sample).buffer).toString("base64"),
  }));
const UTTERANCE = [...sound(900, 10), ...sound(0, 12)];

/** A voice that begins and never ends. */
const silentSpeech = () => ({ ...fakeSpeech(), speak: () => NEVER });

/** A session with a fake ear and voice, spoken to and heard in StepFun's words. */
function session({
  lines = [],
  speech = fakeSpeech(),
}: {
  lines?: string[];
  speech?: ReturnType<typeof fakeSpeech>;
} = {}) {
  const dialect = stepFunDialect();
  const messages$ = new Subject<ClientMessage>();
  const heard: Wire[] = [];
  const ears: FakeHearing[] = [];
  const running = engineSession(messages$, {
    sessionId: "sess_1",
    speech,
    openHearing: (grammar) => {
      const ear = new FakeHearing(lines, grammar);
      ears.push(ear);
      return Promise.resolve(ear);
    },
  }).subscribe((event) => heard.push(...(dialect.encode(event) as Wire[])));
  onTestFinished(() => running.unsubscribe());
  return {
    heard,
    ears,
    running,
    send: (...messages: unknown[]) =>
      messages.flatMap((message) => dialect.decode(message)).forEach((message) => messages$.next(message)),
    types: () => heard.map(({ type }) => type),
    last: () => heard.at(-1),
    of: (type: string) => heard.filter((message) => message.type === type),
    spoken: () =>
      heard.flatMap((message) => (message.type === "response.audio_transcript.done" ? [message["transcript"]] : [])),
    errors: () => heard.flatMap((message) => (message.type === "error" ? [message["error"]] : [])),
  };
}

/** A configured session whose ear is open. */
async function listening(options: Parameters<typeof session>[0] = {}, ...setup: unknown[]) {
  const engine = session(options);
  engine.send(CONFIGURE, ...setup);
  await vi.waitFor(() => expect(engine.ears).toHaveLength(1));
  engine.heard.length = 0;
  return engine;
}

describe("an engine session", () => {
  test("greets, and confirms its configuration", async () => {
    const engine = session();
    expect(engine.last()).toMatchObject({ type: "session.created", session: { id: "sess_1", voice: "slt" } });
    engine.send(CONFIGURE);
    expect(engine.last()).toMatchObject({
      type: "session.updated",
      session: { instructions: SPEC.instructions, turn_detection: { type: "server_vad", silence_duration_ms: 500 } },
    });
    expect(JSON.stringify(engine.last())).not.toContain("phrases");
    await vi.waitFor(() => expect(engine.ears[0]?.grammars.at(-1)?.wakeWord).toBe("jarvis"));
  });

  test("renders beforehand what it will say without thinking", () => {
    const speech = fakeSpeech();
    session({ speech }).send(CONFIGURE);
    expect(speech.warmed).toContain("Okay.");
    expect(speech.warmed.join()).not.toContain("{");
  });

  test("plays a spoken turn in the documented order", async () => {
    const engine = await listening({ lines: ["open the driver window"] });
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.types()).toContain("response.done"));
    expect([...new Set(engine.types())]).toEqual([
      "input_audio_buffer.speech_started",
      "conversation.item.input_audio_transcription.delta",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.created",
      "conversation.item.input_audio_transcription.completed",
      "response.created",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.content_part.added",
      "response.audio_transcript.delta",
      "response.audio.delta",
      "response.audio_transcript.done",
      "response.audio.done",
      "response.content_part.done",
      "response.done",
    ]);
    expect(engine.of("input_audio_buffer.speech_started")[0]).toMatchObject({
      audio_start_ms: expect.any(Number) as number,
    });
    expect(engine.of("response.done")[0]).toMatchObject({
      response: {
        status: "completed",
        output: [{ type: "message" }, { type: "function_call", name: "window_set", status: "completed" }],
      },
    });
  });

  test("numbers what was said: each item names the one before it, the first none", async () => {
    const engine = await listening({ lines: ["sing", "dance"] });
    const previous = () => engine.of("input_audio_buffer.committed").map((event) => event["previous_item_id"]);
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.types()).toContain("response.done"));
    expect(previous()).toEqual([undefined]);
    const reply = engine.of("response.output_item.done")[0]?.["item"] as { id: string };
    engine.send(...UTTERANCE);
    expect(previous()[1]).toBe(reply.id);
  });

  test("sends sound in pieces of at most 100 ms", async () => {
    const engine = await listening();
    engine.send(typed("tell me a long story"), CREATE);
    const sizes = engine
      .of("response.audio.delta")
      .map((each) => Buffer.from(each["delta"] as string, "base64").length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBe(4_800);
  });

  test("speaks the results of its calls in a second reply", async () => {
    const engine = await listening();
    engine.send(typed("open the driver window and close the passenger window"), CREATE);
    const calls = engine.of("response.function_call_arguments.done");
    expect(calls.map((call) => JSON.parse(call["arguments"] as string) as unknown)).toEqual([
      { percent: 100, zone: "driver" },
      { percent: 0, zone: "passenger" },
    ]);
    const [first, second] = calls.map((call) => call["call_id"] as string);
    engine.send(output(first ?? "", { status: "done", say: "The driver window is open." }));
    engine.send(output(second ?? "", { status: "refused", say: "Not at this speed." }), CREATE);
    expect(engine.spoken().at(-1)).toBe(
      "The driver window is open, but I couldn't close the passenger window: Not at this speed.",
    );
    expect(engine.errors()).toEqual([]);
  });

  test("takes one output for each call, and none for others", async () => {
    const engine = await listening();
    engine.send(typed("open the driver window"), CREATE);
    const id = engine.of("response.function_call_arguments.done")[0]?.["call_id"] as string;
    engine.send(output(id, {}), output(id, {}), output("call_of_yesterday", {}));
    expect(engine.errors()).toMatchObject([
      { message: `no function call ${id} waits for an output` },
      { message: "no function call call_of_yesterday waits for an output" },
    ]);
  });

  test("tells the driver what it is asked to tell, and keeps the rest to itself", async () => {
    const engine = await listening();
    engine.send(system("Speed 88 kilometres per hour."), CREATE);
    expect(engine.last()).toMatchObject({ type: "response.done", response: { status: "completed", output: [] } });
    engine.send(system("Tell the driver: The window is stuck."), CREATE);
    expect(engine.spoken()).toEqual(["The window is stuck."]);
  });

  test("answers in text alone where that is wanted", async () => {
    const engine = await listening();
    engine.send(typed("sing"), { type: "response.create", response: { modalities: ["text"] } });
    expect(engine.of("response.text.done")).toHaveLength(1);
    expect(engine.of("response.audio.delta")).toEqual([]);
  });

  test("says that it did not understand, and claims no words that were not said", async () => {
    const engine = await listening({ lines: ["?"] });
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.spoken()).toEqual(["I can't do that."]));
    expect(engine.of("conversation.item.input_audio_transcription.completed")[0]).toMatchObject({ transcript: "" });
  });

  test("a new utterance takes the turn from the reply before", async () => {
    const engine = await listening({
      lines: ["open the driver window", "close the driver window"],
      speech: silentSpeech(),
    });
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.of("response.created")).toHaveLength(1));
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.of("response.created")).toHaveLength(2));
    expect(engine.of("response.done")).toMatchObject([{ response: { status: "cancelled" } }]);
  });

  test("is silent at once when a reply is cancelled", async () => {
    const engine = await listening({ speech: silentSpeech() });
    engine.send(typed("sing"), CREATE, { type: "response.cancel" });
    expect(engine.types().slice(-2)).toEqual(["response.cancelled", "response.done"]);
    engine.send(typed("sing"), CREATE);
    expect(engine.last()?.type).toBe("response.audio_transcript.delta");
  });

  test("goes on with a voice that fails", async () => {
    const broken = { ...fakeSpeech(), speak: () => throwError(() => new Error("no voice today")) };
    const engine = await listening({ speech: broken });
    engine.send(typed("open the driver window"), CREATE);
    expect(engine.errors()).toMatchObject([{ type: "server_error", message: "the voice failed: no voice today" }]);
    expect(engine.last()).toMatchObject({ type: "response.done", response: { status: "failed" } });
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(1);
  });

  test("goes on with an ear that fails", async () => {
    const engine = await listening();
    engine.ears[0]?.fail("its thread ended");
    expect(engine.errors()).toMatchObject([
      { type: "server_error", message: "the recogniser failed: its thread ended" },
    ]);
    engine.send(typed("open the driver window"), CREATE);
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(1);
  });

  test("listens to a client that never set anything up", async () => {
    const engine = session({ lines: ["hello"] });
    engine.send(...UTTERANCE, ...sound(0, 10));
    await vi.waitFor(() => expect(engine.types()).toContain("response.done"));
  });

  test("closes its ear when the client leaves", async () => {
    const engine = await listening();
    engine.running.unsubscribe();
    expect(engine.ears[0]?.closed).toBe(true);
  });
});

describe("a turn that the client ends", () => {
  test("is answered when asked, with all that was heard in it", async () => {
    const engine = await listening({ lines: ["open the driver window", "and close the passenger window"] }, MANUAL);
    engine.send(...UTTERANCE, ...sound(900, 5), { type: "input_audio_buffer.commit" }, CREATE);
    await vi.waitFor(() => expect(engine.types()).toContain("response.done"));
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(2);
    expect(engine.of("conversation.item.input_audio_transcription.completed")[0]).toMatchObject({
      transcript: "open the driver window and close the passenger window",
    });
    expect(engine.types()).not.toContain("input_audio_buffer.speech_started");
  });

  test("that goes on for ever is known by its newest words", async () => {
    const lines = [...Array<string>(300).fill("sing"), "open the driver window"];
    const engine = await listening({ lines }, MANUAL);
    const blip = [...sound(900), ...sound(0, 11)];
    engine.send(...lines.slice(1).flatMap(() => blip));
    engine.send(...sound(900), { type: "input_audio_buffer.commit" });
    const [completed] = engine.of("conversation.item.input_audio_transcription.completed");
    const transcript = completed?.["transcript"];
    expect(String(transcript).split("sing")).toHaveLength(256);
    expect(transcript).toMatch(/ open the driver window$/);
  });

  test("is answered also when nothing was said in it", async () => {
    const engine = await listening({}, MANUAL);
    engine.send(...sound(0), { type: "input_audio_buffer.commit" }, CREATE);
    await vi.waitFor(() => expect(engine.types()).toContain("response.done"), { timeout: 5_000 });
  });
});

describe("what makes sense after what was said", () => {
  const grammars = (engine: Awaited<ReturnType<typeof listening>>) => engine.ears[0]?.grammars ?? [];
  const namesIn = (engine: Awaited<ReturnType<typeof listening>>) =>
    Object.keys(grammars(engine).at(-1)?.phrases ?? {});

  test("is listened for as soon as it was said, and forgotten half a minute later", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const engine = await listening();
    const [before] = grammars(engine);
    engine.send(typed("open the driver window"), CREATE);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(namesIn(engine)).toContain("codriver.also:window_set");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(grammars(engine).at(-1)).toBe(before);
    engine.send(typed("and the passenger too"), CREATE);
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(1);
  });

  test("is heard", async () => {
    const engine = await listening({ lines: ["open the driver window", "and the passenger too", "no the driver"] });
    for (const count of [1, 2, 3]) {
      engine.send(...UTTERANCE);
      await vi.waitFor(() => expect(engine.of("response.function_call_arguments.done")).toHaveLength(count));
    }
    const args = engine.of("response.function_call_arguments.done").map((call) => call["arguments"]);
    expect(args.map((text) => JSON.parse(String(text)) as unknown)).toEqual([
      { percent: 100, zone: "driver" },
      { percent: 100, zone: "passenger" },
      { percent: 100, zone: "driver" },
    ]);
  });

  test("costs no other grammar while nothing else makes sense", async () => {
    const engine = await listening();
    engine.send(typed("open the driver window"), CREATE);
    const known = grammars(engine).length;
    engine.send(typed("close the driver window"), CREATE, typed("sing"), CREATE);
    expect(grammars(engine)).toHaveLength(known);
  });
});

describe("a client that listens without a wake word", () => {
  const state = (listening: string) => ({ type: "session.update", session: { codriver: { state: { listening } } } });

  test("gets an empty reply to what was not meant for us, and nothing else for saying so", async () => {
    const engine = await listening({ lines: ["?", "sing", "open the driver window", "?"] });
    engine.send(state("follow-up"));
    expect(engine.heard).toEqual([]);
    for (const count of [1, 2]) {
      engine.send(...UTTERANCE);
      await vi.waitFor(() => expect(engine.of("response.done")).toHaveLength(count));
    }
    expect(engine.of("response.done")).toMatchObject([
      { response: { status: "completed", output: [] } },
      { response: { status: "completed", output: [] } },
    ]);
    engine.send(...UTTERANCE);
    await vi.waitFor(() => expect(engine.of("response.function_call_arguments.done")).toHaveLength(1));
    engine.send(state("wake"), ...UTTERANCE);
    await vi.waitFor(() => expect(engine.spoken().at(-1)).toBe("I can't do that."));
  });

  test("keeps its tools and phrases, and the conversation", async () => {
    const engine = await listening();
    engine.send(typed("open the driver window"), CREATE, state("follow-up"), typed("and the passenger too"), CREATE);
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(2);
  });

  test.for<[string, object]>([
    ["no strings", { listening: 7 }],
    ["too many keys", Object.fromEntries(Array.from({ length: 65 }, (_, key) => [`key${key}`, "x"]))],
  ])("cannot tell %s", async ([, told]) => {
    const engine = await listening();
    engine.send({ type: "session.update", session: { codriver: { state: told } } });
    expect(engine.errors()).toMatchObject([{ type: "invalid_request_error" }]);
  });
});

describe("an interrupted message", () => {
  const TEXT = "The window is open. It is warm outside, and the range is fine.";
  /** 10 ms a letter, and 200 ms of pause behind each clause. */
  const clausewise = () => ({
    ...fakeSpeech(),
    speak: ({ text }: { text: string }) =>
      from(text.split(/(?<=[.,]) /)).pipe(
        map((clause) => {
          const pcm = new Int16Array((clause.length + 20) * 240);
          return pcm.fill(1, 0, clause.length * 240);
        }),
      ),
  });
  const spokenItem = async () => {
    const engine = await listening({ speech: clausewise() });
    engine.send(system(`Tell the driver: ${TEXT}`), CREATE);
    const itemId = engine.of("response.output_item.added")[0]?.["item"] as { id: string };
    const cut = (ms: number, more: object = {}) =>
      engine.send({
        type: "conversation.item.truncate",
        item_id: itemId.id,
        content_index: 0,
        audio_end_ms: ms,
        ...more,
      });
    return { engine, cut, heard: () => engine.of("conversation.item.truncated").map((event) => event["transcript"]) };
  };

  test.for<[number, string]>([
    [0, ""],
    [20, ""],
    [110, "The window"],
    [150, "The window is"],
    [190, "The window is open."],
    [350, "The window is open."],
    [460, "The window is open. It is"],
    [9_000, TEXT],
  ])("after %i ms has been heard as %j", async ([ms, text]) => {
    const { cut, heard } = await spokenItem();
    cut(ms);
    expect(heard()).toEqual([text]);
  });

  test("does not grow again, can be repeated whole, and gone on with", async () => {
    const { engine, cut, heard } = await spokenItem();
    cut(460);
    cut(9_000);
    expect(heard()).toEqual(["The window is open. It is", "The window is open. It is"]);
    engine.send(typed("go on"), CREATE);
    expect(engine.spoken().at(-1)).toBe("It is warm outside, and the range is fine.");
    engine.send(system(`Tell the driver: ${TEXT}`), CREATE);
    engine.send(typed("what did you say"), CREATE);
    expect(engine.spoken().at(-1)).toBe(TEXT);
  });

  test("must be one that was spoken, and have that part", async () => {
    const { engine, cut } = await spokenItem();
    cut(100, { item_id: "item_of_yesterday" });
    cut(100, { content_index: 1 });
    cut(-1);
    expect(engine.errors()).toMatchObject([
      { message: "cannot find item item_of_yesterday" },
      { message: expect.stringMatching(/content_index must be 0/) as string },
      { message: expect.stringMatching(/^invalid event format: audio_end_ms/) as string },
    ]);
  });
});

describe("an engine session refuses", () => {
  const busy = [typed("sing"), CREATE, { ...CREATE, event_id: "mine" }];
  test.for<[string, unknown[], string]>([
    ["a reply while one is running", busy, "ongoing response already exists"],
    ["to cancel nothing", [{ type: "response.cancel" }], "no ongoing response to cancel"],
    ["a commit while it listens for the end itself", [{ type: "input_audio_buffer.commit" }], "commit when server vad"],
    ["a commit of nothing", [MANUAL, { type: "input_audio_buffer.commit" }], "append is not called"],
    ["to delete what is not there", [{ type: "conversation.item.delete", item_id: "x" }], "cannot find item x"],
    ["an unknown type", [{ type: "toString" }], 'invalid event format: unknown type "toString"'],
    ["what is no object", ["hello"], "invalid event format: an object with a type is expected"],
    ["an item before all others", [{ ...typed("hi"), previous_item_id: "root" }], "cannot find previous item"],
    [
      "a field of the wrong type",
      [{ type: "session.update", session: { voice: 7 } }],
      "invalid event format: session.voice: Invalid input: expected string, received number",
    ],
  ])("%s", async ([, messages, message]) => {
    const engine = await listening({ speech: silentSpeech() });
    engine.send(...messages);
    expect(engine.errors()).toMatchObject([{ type: "invalid_request_error", message }]);
  });

  test("with the client's own id of what it refuses", async () => {
    const engine = await listening({ speech: silentSpeech() });
    engine.send(...busy);
    expect(engine.errors()).toMatchObject([{ event_id: "mine" }]);
  });

  test("phrases that nobody can say, and keeps the ones before", async () => {
    const engine = await listening();
    const codriver = { phrases: { window_set: { en: ["open {nowhere"] } }, wake_word: "jarvis" };
    engine.send({ type: "session.update", session: { codriver } });
    expect(JSON.stringify(engine.errors())).toMatch(/nowhere/);
    expect(engine.types()).not.toContain("session.updated");
    engine.send(typed("open the driver window"), CREATE);
    expect(engine.of("response.function_call_arguments.done")).toHaveLength(1);
  });
});

test("every documented message of a client is understood", () => {
  const decode = (message: unknown) => stepFunDialect().decode(message)[0]?.request.type;
  const types = [...protocolExamples("stepfun", "client").values()].map((message) => [
    message["type"],
    decode(message),
  ]);
  expect(types).toEqual([
    ["session.update", "configure"],
    ["session.update", "configure"],
    ["input_audio_buffer.append", "append-audio"],
    ["input_audio_buffer.commit", "commit-audio"],
    ["input_audio_buffer.clear", "clear-audio"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.create", "add-message"],
    ["conversation.item.delete", "delete-item"],
    ["conversation.item.truncate", "truncate-item"],
    ["response.create", "create-reply"],
    ["response.create", "create-reply"],
    ["response.create", "create-reply"],
    ["conversation.item.create", "add-output"],
    ["response.create", "create-reply"],
    ["response.cancel", "cancel-reply"],
  ]);
});
