import {
  delay,
  filter,
  finalize,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  takeUntil,
  throwError,
  timer,
  timestamp,
} from "rxjs";
import { describe, expect, test } from "vitest";

import type { EarEffect } from "../../../../src/bridge/covo/covo-ear.ts";
import type { Answer } from "../../../../src/bridge/covo/covo-reply.ts";
import { covoSession } from "../../../../src/bridge/covo/covo-session.ts";
import type { Heard } from "../../../../src/bridge/covo/listening.ts";
import type { Prompt } from "../../../../src/bridge/covo/prompt.ts";
import type { Upstream } from "../../../../src/bridge/covo/upstream.ts";
import { UpstreamError } from "../../../../src/bridge/covo/upstream-error.ts";
import { stepFunDialect } from "../../../../src/engine/dialects/stepfun.ts";
import { virtualTime } from "../../../support/virtual-time.ts";

type Wire = Readonly<Record<string, unknown>> & { readonly type: string };
interface Told {
  readonly atMs: number;
  readonly wire: Wire;
}
type Timeline<T> = readonly (readonly [atMs: number, what: T])[];

interface Script {
  readonly sends: Timeline<unknown>;
  readonly hears?: Timeline<Heard>;
  readonly answer?: (prompt: Prompt, count: number) => Observable<Answer>;
  readonly untilMs?: number;
}

const CONFIGURE = {
  type: "session.update",
  session: { instructions: "Be brief.", voice: "xiaoyue", tools: [], turn_detection: { type: "server_vad" } },
};
const MANUAL = { type: "session.update", session: { turn_detection: null } };
const APPEND = { type: "input_audio_buffer.append", audio: "AAAAAA==" };
const COMMIT = { type: "input_audio_buffer.commit" };
const CREATE = { type: "response.create" };
const CANCEL = { type: "response.cancel" };
const message = (role: string, text: string) => ({
  type: "conversation.item.create",
  item: { type: "message", role, content: [{ type: "input_text", text }] },
});
const remove = (item_id: unknown) => ({ type: "conversation.item.delete", item_id });
const truncate = (item_id: string, audio_end_ms: number) => ({
  type: "conversation.item.truncate",
  item_id,
  content_index: 0,
  audio_end_ms,
});

/** An utterance of so many samples that begins and ends at once. */
const said = (samples = 16_000): readonly Heard[] => [
  { type: "speech-started", atMs: 0 },
  { type: "utterance", atMs: 1_000, pcm: new Int16Array(samples).fill(7) },
];
const saidAt = (atMs: number, samples?: number): Timeline<Heard> => said(samples).map((heard) => [atMs, heard]);
const answered = (text: string, ms: number): Observable<Answer> => of({ text, pcm: new Int16Array(24 * ms).fill(5) });

function timelineOf<T>(events: Timeline<T>): Observable<T> {
  return merge(...events.map(([atMs, what]) => timer(atMs).pipe(map(() => what))));
}

/** What a client is told, and what the model is asked, when all this happens. A commit is answered by the ear at once. */
function play({ sends, hears = [], answer = () => answered("Fine.", 300), untilMs = 200_000 }: Script) {
  const told: Told[] = [];
  const prompts: Prompt[] = [];
  const effects: EarEffect["type"][] = [];
  let asking = 0;
  const upstream = {
    ask(prompt: Prompt): Observable<Answer> {
      prompts.push(prompt);
      asking++;
      return answer(prompt, prompts.length).pipe(finalize(() => asking--));
    },
  } satisfies Upstream;
  const ear = (effects$: Observable<EarEffect>): Observable<Heard> =>
    merge(
      timelineOf(hears),
      effects$.pipe(
        filter(({ type }) => effects.push(type) > 0 && type === "commit"),
        map((): Heard => ({ type: "utterance", atMs: 0, pcm: new Int16Array(1_600).fill(3) })),
      ),
    );
  virtualTime(({ flush }) => {
    const dialect = stepFunDialect();
    const messages$ = timelineOf(sends).pipe(mergeMap((raw) => dialect.decode(raw)));
    covoSession(messages$, { sessionId: "sess_1", model: "covo", upstream, ear })
      .pipe(timestamp(), takeUntil(timer(untilMs)))
      .subscribe(({ value, timestamp: atMs }) => {
        for (const wire of dialect.encode(value)) told.push({ atMs, wire: wire as Wire });
      });
    flush();
  });
  const of = (type: string) => told.filter(({ wire }) => wire.type === type);
  const errors = () => of("error").map(({ wire }) => (wire["error"] as { message: string }).message);
  const endings = () => of("response.done").map(({ wire }) => (wire["response"] as { status: string }).status);
  return {
    told,
    prompts,
    effects,
    of,
    errors,
    endings,
    asking: () => asking,
    types: () => told.map(({ wire }) => wire.type),
  };
}

const textsOf = ({ said }: Prompt): readonly string[] =>
  said.map(({ role, text, sound }) => `${role}: ${sound === undefined ? text : `${sound.length} samples`}`);

describe("a session of the bridge", () => {
  test("says at once what it cannot do, and tells back what is so, not what was asked for", () => {
    const { told } = play({ sends: [[0, CONFIGURE]] });
    expect(told[0]?.wire).toMatchObject({
      type: "session.created",
      session: {
        id: "sess_1",
        model: "covo",
        voice: "default_female",
        capabilities: { full_duplex: false, tools: "none", user_transcript: false, streaming: false },
        licence: expect.stringContaining("academic purposes only") as unknown,
      },
    });
    expect(told[1]?.wire).toMatchObject({
      type: "session.updated",
      session: {
        voice: "default_female",
        tools: [],
        turn_detection: { type: "server_vad", silence_duration_ms: 500, prefix_padding_ms: 300 },
      },
    });
  });

  test("answers a spoken turn in the order that clients know", () => {
    const { types, prompts } = play({ sends: [[0, CONFIGURE]], hears: saidAt(1_000) });
    expect(types().slice(2)).toEqual([
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.created",
      "response.created",
      "response.output_item.added",
      "response.content_part.added",
      "response.audio_transcript.delta",
      "response.audio.delta",
      "response.audio.delta",
      "response.audio.delta",
      "response.audio_transcript.done",
      "response.audio.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.done",
    ]);
    expect(prompts[0]?.system).toMatch(/^Be brief\.\nYou cannot operate the car/);
    expect(prompts[0]?.system.endsWith("default_female")).toBe(true);
  });

  test("sends two seconds at once and the rest a little faster than it is played", () => {
    const { of } = play({ sends: [], hears: saidAt(1_000), answer: () => answered("A story.", 30_000) });
    const sent = of("response.audio.delta").map(({ atMs }) => atMs - 1_000);
    expect(sent).toHaveLength(300);
    expect(sent.filter((atMs) => atMs === 0)).toHaveLength(20);
    const leads = sent.map((atMs, index) => (index + 1) * 100 - atMs);
    expect(Math.min(...leads.slice(19))).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...leads)).toBeLessThan(10_000);
  });

  test("is silent from the moment of a cancel on, and remembers what was sent until then", () => {
    const text = "one two three four five six seven eight nine ten";
    const { told, of, prompts, endings } = play({
      sends: [[3_850, CANCEL]],
      hears: [...saidAt(1_000), ...saidAt(10_000)],
      answer: (_prompt, count) => answered(count === 1 ? text : "Fine.", count === 1 ? 10_000 : 100),
    });
    expect(endings()).toEqual(["cancelled", "completed"]);
    expect(of("response.audio.delta").filter(({ atMs }) => atMs > 3_850 && atMs < 10_000)).toEqual([]);
    expect(told.filter(({ atMs }) => atMs === 3_850).map(({ wire }) => wire.type)).toEqual([
      "response.cancelled",
      "response.done",
    ]);
    expect(prompts[1] && textsOf(prompts[1])).toEqual([
      "user: 16000 samples",
      "assistant: one two three four five",
      "user: 16000 samples",
    ]);
  });

  test("gives up the question when the answer is not wanted any more, and asks both when more was said", () => {
    const { asking, prompts, endings } = play({
      sends: [[2_000, CANCEL]],
      hears: [...saidAt(1_000), ...saidAt(3_000, 8_000)],
      answer: (_prompt, count) => (count === 1 ? NEVER : answered("Fine.", 100)),
    });
    expect(asking()).toBe(0);
    expect(endings()).toEqual(["cancelled", "completed"]);
    expect(prompts[1] && textsOf(prompts[1])).toEqual(["user: 16000 samples", "user: 8000 samples"]);
  });

  test("lets a new turn silence the answer to the one before", () => {
    const { endings, of } = play({
      sends: [],
      hears: [...saidAt(1_000), ...saidAt(2_000)],
      answer: (_prompt, count) => answered(`Answer ${count}.`, 5_000),
    });
    expect(endings()).toEqual(["cancelled", "completed"]);
    const [first, second] = of("response.created").map(({ wire }) => (wire["response"] as { id: string }).id);
    const afterwards = of("response.audio.delta").filter(({ atMs }) => atMs >= 2_000);
    expect(first).not.toBe(second);
    expect(afterwards.every(({ wire }) => wire["response_id"] === second)).toBe(true);
  });

  test("does not wait for a model for ever, and forgets what it could not answer", () => {
    const { endings, errors, prompts, asking } = play({
      sends: [],
      hears: [...saidAt(1_000), ...saidAt(40_000, 8_000)],
      answer: (_prompt, count) => (count === 1 ? NEVER : answered("Fine.", 100)),
    });
    expect(errors()).toEqual(["Covo-Audio did not answer within 30 s"]);
    expect(endings()).toEqual(["failed", "completed"]);
    expect(asking()).toBe(0);
    expect(prompts[1] && textsOf(prompts[1])).toEqual(["user: 8000 samples"]);
  });

  test("tells what is wrong with the server in its words, and nothing of an error of ours", () => {
    const { errors, endings } = play({
      sends: [],
      hears: [...saidAt(1_000), ...saidAt(2_000)],
      answer: (_prompt, count) =>
        throwError(() =>
          count === 1 ? new UpstreamError("The server is full.") : new TypeError("x is not a function"),
        ),
    });
    expect(errors()).toEqual(["The server is full.", "the bridge failed to ask Covo-Audio"]);
    expect(endings()).toEqual(["failed", "failed"]);
  });

  test("gives an answer without sound as text, and says that nothing is heard", () => {
    const { of, errors, endings } = play({ sends: [], hears: saidAt(1_000), answer: () => answered("Only text.", 0) });
    expect(of("response.text.done").map(({ wire }) => wire["text"])).toEqual(["Only text."]);
    expect(errors()).toEqual([expect.stringContaining("without speech")]);
    expect(endings()).toEqual(["failed"]);
  });

  test("asks for text alone where the client wants no sound", () => {
    const { of, prompts, endings } = play({
      sends: [[0, { type: "session.update", session: { modalities: ["text"] } }]],
      hears: saidAt(1_000),
      answer: () => answered("Only text.", 0),
    });
    expect(prompts[0]?.textOnly).toBe(true);
    expect(prompts[0]?.system).not.toContain("default_female");
    expect(of("response.text.done")).toHaveLength(1);
    expect(endings()).toEqual(["completed"]);
  });

  test("ends a turn whose microphone closed without silence", () => {
    const { endings, effects } = play({
      sends: Array.from({ length: 10 }, (_, index) => [index * 20, APPEND] as const),
      hears: [[100, { type: "speech-started", atMs: 0 }]],
    });
    expect(effects.filter((type) => type === "commit")).toHaveLength(1);
    expect(endings()).toEqual(["completed"]);
  });

  test("forgets speech that is cleared", () => {
    const { types, prompts } = play({
      sends: [[200, { type: "input_audio_buffer.clear" }]],
      hears: [[100, { type: "speech-started", atMs: 0 }]],
    });
    expect(types()).toEqual(["session.created", "input_audio_buffer.speech_started", "input_audio_buffer.cleared"]);
    expect(prompts).toEqual([]);
  });

  test("says so when it cannot hear", () => {
    const { errors } = play({ sends: [], hears: [[1, { type: "failed", reason: "no model" }]] });
    expect(errors()).toEqual(["the bridge cannot hear: no model"]);
  });
});

describe("a client that ends its turns itself", () => {
  test("is answered when it asks, also before its sound has been gone through", () => {
    const { types, endings, prompts } = play({
      sends: [
        [0, MANUAL],
        [10, APPEND],
        [20, COMMIT],
        [20, CREATE],
      ],
    });
    expect(types()).not.toContain("input_audio_buffer.speech_started");
    expect(endings()).toEqual(["completed"]);
    expect(prompts.map(textsOf)).toEqual([["user: 1600 samples"]]);
  });

  test("is refused what makes no sense", () => {
    const { errors } = play({
      sends: [
        [0, CONFIGURE],
        [1, COMMIT],
        [2, MANUAL],
        [3, COMMIT],
        [4, CANCEL],
        [5, remove("item_99")],
        [6, truncate("item_99", 10)],
        [7, { type: "conversation.item.create", item: { type: "function_call_output", call_id: "c", output: "{}" } }],
        [8, { type: "response.mystery" }],
      ],
    });
    expect(errors()).toEqual([
      "commit when server vad",
      "append is not called",
      "no ongoing response to cancel",
      "cannot find item item_99",
      "cannot find spoken item item_99",
      "no function call c waits for an output",
      'invalid event format: unknown type "response.mystery"',
    ]);
  });
});

describe("what the model is told", () => {
  test("of the conversation: what was typed, spoken and answered, and what an earlier session left", () => {
    const { prompts } = play({
      sends: [
        [0, message("user", "Is it far?")],
        [0, message("assistant", "Ten minutes.")],
        [0, message("user", "By car, I mean.")],
      ],
      hears: [...saidAt(1_000), ...saidAt(5_000, 100)],
    });
    expect(prompts.map(textsOf).at(-1)).toEqual([
      "user: Is it far?",
      "assistant: Ten minutes.",
      "user: By car, I mean.",
      "user: 16000 samples",
      "assistant: Fine.",
      "user: 100 samples",
    ]);
  });

  test("of the car: what stands now, and what the driver is to hear only once", () => {
    const { prompts } = play({
      sends: [
        [0, message("system", "speed 50")],
        [1, message("system", "Tell the driver: the window is stuck.")],
        [2_000, remove("item_1")],
        [2_001, message("system", "speed 60")],
      ],
      hears: [...saidAt(1_000), ...saidAt(5_000)],
    });
    expect(prompts.map(({ system }) => system.split("\n").slice(0, 2))).toEqual([
      ["speed 50", "Tell the driver: the window is stuck."],
      ["speed 60", expect.stringContaining("You cannot operate the car")],
    ]);
  });

  test("of an answer: the words until it was cut", () => {
    const { prompts, of } = play({
      sends: [[3_000, truncate("item_3", 500)]],
      hears: [...saidAt(1_000), ...saidAt(5_000)],
      answer: () => answered("left right left right", 1_000),
    });
    expect(of("conversation.item.truncated")).toHaveLength(1);
    expect(prompts[1]?.said[1]?.text).toBe("left right");
  });

  test("nothing, where nobody spoke: what was typed waits for the next spoken turn", () => {
    const { errors, endings, prompts } = play({
      sends: [
        [0, message("user", "Hello?")],
        [1, CREATE],
      ],
      hears: saidAt(1_000),
    });
    expect(errors()).toEqual([expect.stringContaining("answers speech only")]);
    expect(endings()).toEqual(["failed", "completed"]);
    expect(prompts.map(textsOf)).toEqual([["user: Hello?", "user: 16000 samples"]]);
  });

  test("while it thinks nothing else is asked", () => {
    const { errors, prompts } = play({
      sends: [[1_500, CREATE]],
      hears: saidAt(1_000),
      answer: () => answered("Fine.", 100).pipe(delay(2_000)),
    });
    expect(errors()).toEqual(["ongoing response already exists"]);
    expect(prompts).toHaveLength(1);
  });
});
