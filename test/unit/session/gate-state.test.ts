import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Deadline, type Gate, type GateOptions, OUTSET } from "../../../src/session/gate.ts";
import { nextGate } from "../../../src/session/gate-state.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio } from "../../support/session.ts";

type Input = SessionCommand | SessionEvent | { readonly type: "time-up" };

const READY = { type: "session-ready" } as const;
const CREATE = { type: "create-reply" } as const;
const STOPPED = { type: "speech-stopped" } as const;
const TIME_UP = { type: "time-up" } as const;
const started = (replyId: string) => ({ type: "reply-started", replyId }) as const;
const ended = (replyId: string, status: "completed" | "cancelled" | "failed" = "completed") =>
  ({ type: "reply-ended", replyId, status }) as const;
const call = (replyId: string, callId: string) =>
  ({ type: "tool-call", replyId, callId, name: "window_set", args: {} }) as const;
const result = (callId: string) => ({ type: "tool-result", callId, output: { status: "done" } }) as const;
const sound = (replyId: string, samples = 240) =>
  ({ type: "reply-audio", replyId, itemId: "i", contentIndex: 0, pcm: new Int16Array(samples) }) as const;
const cancel = (replyId: string) => ({ type: "cancel-reply", replyId }) as const;
const text = (words: string) => ({ type: "user-text", text: words }) as const;
const error = (code: string, severity: "benign" | "retry" = "benign") =>
  ({ type: "provider-error", code, message: "", severity }) as const;

/** What the gate lets out, both ways, as one line of words. */
function play(inputs: readonly Input[], options: Partial<GateOptions> = {}): string {
  let gate = OUTSET;
  return inputs
    .map((input) => {
      gate = step(gate, input, options);
      const words = [
        ...gate.emit.map((event) => `<${shortly(event)}`),
        ...gate.send.map((each) => `>${shortly(each)}`),
      ];
      return words.join(" ") || "-";
    })
    .join(" | ");
}

function step(gate: Gate, input: Input, options: Partial<GateOptions> = {}): Gate {
  const deadline: Deadline = { type: "deadline", phase: gate.phase };
  return nextGate(gate, input.type === "time-up" ? deadline : input, { autoReply: true, ...options });
}

function shortly(message: LinkCommand | SessionEvent): string {
  if ("callId" in message) return `${message.type}:${message.callId}`;
  if ("status" in message) return `${message.type}:${message.status}`;
  return message.type;
}

describe("the response gate", () => {
  test.for<[string, readonly Input[], string]>([
    ["asks for a reply in a quiet moment", [READY, CREATE], "<session-ready | >create-reply"],
    [
      "makes one of several wishes while one runs, and asks when it has ended",
      [READY, CREATE, started("a"), CREATE, CREATE, ended("a")],
      "<session-ready | >create-reply | <reply-started | - | - | <reply-ended:completed >create-reply",
    ],
    [
      "sends every result before the one reply they lead to",
      [READY, started("a"), call("a", "1"), call("a", "2"), result("1"), CREATE, ended("a"), result("2"), CREATE],
      "<session-ready | <reply-started | <tool-call:1 | <tool-call:2 | - | - | " +
        "<reply-ended:completed >tool-result:1 | >tool-result:2 >create-reply | -",
    ],
    [
      "lets the server's own reply start first after speech",
      [READY, STOPPED, CREATE, started("a"), ended("a")],
      "<session-ready | <speech-stopped | - | <reply-started | <reply-ended:completed >create-reply",
    ],
    [
      "asks all the same when the server's own reply never starts",
      [READY, STOPPED, CREATE, TIME_UP],
      "<session-ready | <speech-stopped | - | >create-reply",
    ],
    [
      "asks again after a request that met another reply",
      [READY, CREATE, error("reply-active"), started("a"), ended("a")],
      "<session-ready | >create-reply | <provider-error | <reply-started | <reply-ended:completed >create-reply",
    ],
    [
      "is free again when a request fails",
      [READY, CREATE, error("overloaded", "retry"), CREATE],
      "<session-ready | >create-reply | <provider-error | >create-reply",
    ],
    [
      "drops what a cancelled reply still says and calls, and cancels once",
      [READY, started("a"), cancel("a"), cancel("a"), sound("a"), call("a", "1"), ended("a", "cancelled")],
      "<session-ready | <reply-started | >cancel-reply | - | - | - | <reply-ended:cancelled",
    ],
    [
      "does not wait for the end of a cancelled reply for ever",
      [READY, started("a"), cancel("a"), CREATE, TIME_UP],
      "<session-ready | <reply-started | >cancel-reply | - | <reply-ended:cancelled >create-reply",
    ],
    [
      "ends a reply that the server forgot",
      [READY, started("a"), TIME_UP],
      "<session-ready | <reply-started | <reply-ended:failed",
    ],
    [
      "tells of one reply after the other when the server has two",
      [READY, started("a"), started("b"), sound("a"), ended("a"), ended("b")],
      "<session-ready | <reply-started | <reply-ended:cancelled <reply-started | - | - | <reply-ended:completed",
    ],
    ["does not cancel what is over", [READY, cancel("a")], "<session-ready | -"],
    ["ignores sound of a reply that nobody started", [READY, sound("x")], "<session-ready | -"],
    [
      "answers a call once, and never one that was not made here",
      [READY, started("a"), call("a", "1"), call("a", "1"), ended("a"), result("1"), result("1"), result("other")],
      "<session-ready | <reply-started | <tool-call:1 | - | <reply-ended:completed | >tool-result:1 | - | -",
    ],
    [
      "keeps commands until the session is ready",
      [text("hello"), CREATE, cancel("a"), result("1"), READY],
      "- | - | - | - | <session-ready >user-text >create-reply",
    ],
    ["passes speech on at any time", [READY, started("a"), audio(1)], "<session-ready | <reply-started | >send-audio"],
  ])("%s", ([, inputs, expected]) => {
    expect(play(inputs)).toBe(expected);
  });

  test("does not wait for a reply that this server never starts by itself", () => {
    expect(play([READY, STOPPED, CREATE], { autoReply: false })).toBe(
      "<session-ready | <speech-stopped | >create-reply",
    );
  });

  test("cancels a reply that does not end", () => {
    const inputs = [
      READY,
      started("a"),
      ...Array.from({ length: 62 }, () => sound("a", 24_000)),
      ended("a", "cancelled"),
    ];
    expect(play(inputs)).toMatch(/<provider-error >cancel-reply \| - \| <reply-ended:cancelled$/);
  });

  test("answers calls that are too many by itself", () => {
    const many = Array.from({ length: 20 }, (_, index) => call("a", String(index)));
    const line = play([READY, started("a"), ...many, ended("a")]);
    expect(line.match(/<tool-call/g)).toHaveLength(16);
    expect(line.match(/>tool-result/g)).toHaveLength(4);
  });

  test("keeps two seconds of speech, and of what is longer nothing, which it says", () => {
    const after = (frames: number) => {
      const inputs = Array.from({ length: frames }, (_, index) => audio(index));
      return [...inputs, READY].reduce((state, input) => step(state, input), OUTSET);
    };
    expect(after(100).send).toHaveLength(100);
    expect(after(150).send).toEqual([]);
    expect(after(150).emit).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("3000 ms") as string }),
    );
  });
});

const context = (key: string, text: string) => ({ type: "context", key, text }) as const;
const ITSELF = { createAfterToolResult: false } as const;
const MUTE = { cancel: "mute-only" } as const;
const WHEN_IDLE = { context: "when-idle" } as const;
const ANY_TIME = { resultsWhileReplying: true } as const;
const END = { type: "audio-end" } as const;
const truncated = (itemId: string) => ({ type: "truncate", itemId, contentIndex: 0, playedMs: 1 }) as const;

describe("the response gate, for a server that", () => {
  test.for<[string, Partial<GateOptions>, readonly Input[], string]>([
    [
      "takes results at any time, gives it them while it speaks",
      ANY_TIME,
      [READY, started("a"), call("a", "1"), result("1"), CREATE, ended("a")],
      "<session-ready | <reply-started | <tool-call:1 | >tool-result:1 | - | <reply-ended:completed >create-reply",
    ],
    [
      "answers results by itself, is asked for nothing",
      ITSELF,
      [READY, started("a"), call("a", "1"), ended("a"), result("1"), CREATE, started("b"), ended("b")],
      "<session-ready | <reply-started | <tool-call:1 | <reply-ended:completed | >tool-result:1 | - | " +
        "<reply-started | <reply-ended:completed",
    ],
    [
      "answers results by itself, is given them in the middle of the reply that waits for them",
      ITSELF,
      [READY, started("a"), call("a", "1"), result("1"), CREATE, sound("a"), ended("a"), TIME_UP],
      "<session-ready | <reply-started | <tool-call:1 | >tool-result:1 | - | <reply-audio | <reply-ended:completed | -",
    ],
    [
      "should have answered by itself and does not, is asked",
      ITSELF,
      [READY, started("a"), call("a", "1"), ended("a"), result("1"), CREATE, TIME_UP],
      "<session-ready | <reply-started | <tool-call:1 | <reply-ended:completed | >tool-result:1 | - | >create-reply",
    ],
    [
      "answers results by itself, is asked for what it was told beside them, afterwards",
      ITSELF,
      [
        READY,
        started("a"),
        call("a", "1"),
        ended("a"),
        result("1"),
        text("and sing"),
        CREATE,
        started("b"),
        ended("b"),
      ],
      "<session-ready | <reply-started | <tool-call:1 | <reply-ended:completed | >tool-result:1 | >user-text | - | " +
        "<reply-started | <reply-ended:completed >create-reply",
    ],
    [
      "cannot be silenced, is not heard until it has ended, also past the deadline",
      MUTE,
      [READY, started("a"), cancel("a"), TIME_UP, sound("a"), started("a"), CREATE, sound("a"), ended("a")],
      "<session-ready | <reply-started | >cancel-reply | <reply-ended:cancelled | - | - | - | - | >create-reply",
    ],
    [
      "cannot be silenced, is heard when it says something new",
      MUTE,
      [READY, started("a"), cancel("a"), TIME_UP, started("b"), sound("b"), sound("a")],
      "<session-ready | <reply-started | >cancel-reply | <reply-ended:cancelled | <reply-started | <reply-audio | -",
    ],
    [
      "is interrupted by context, is told it when nobody speaks",
      WHEN_IDLE,
      [READY, context("k", "1"), audio(1), context("k", "2"), context("k", "3"), END, started("a"), ended("a")],
      "<session-ready | >context | >send-audio | - | - | >audio-end >context | <reply-started | <reply-ended:completed",
    ],
    [
      "is interrupted by context, is told it neither in a reply nor while a call is open",
      WHEN_IDLE,
      [READY, started("a"), context("k", "1"), call("a", "1"), ended("a"), result("1")],
      "<session-ready | <reply-started | - | <tool-call:1 | <reply-ended:completed | >tool-result:1 >context",
    ],
    [
      "has never said an item, is not told to cut it",
      {},
      [READY, truncated("i"), started("a"), sound("a"), truncated("i")],
      "<session-ready | - | <reply-started | <reply-audio | >truncate",
    ],
  ])("%s", ([, options, inputs, expected]) => {
    expect(play(inputs, options)).toBe(expected);
  });

  test("is told the newest of each key only", () => {
    let gate = [READY, audio(1), context("k", "1"), context("k", "2")].reduce(
      (state, each) => step(state, each, WHEN_IDLE),
      OUTSET,
    );
    gate = step(gate, END, WHEN_IDLE);
    expect(gate.send).toEqual([END, context("k", "2")]);
  });
});

const REPLIES = ["a", "b", "c"];
const CALLS = ["1", "2", "3", "4"];
const anyInput = fc.oneof(
  fc.constantFrom<Input>(READY, CREATE, STOPPED, TIME_UP, text("hello"), error("reply-active"), error("x", "retry")),
  fc.constantFrom(...REPLIES).map(started),
  fc.constantFrom(...REPLIES).map((replyId) => ended(replyId)),
  fc.constantFrom(...REPLIES).map(cancel),
  fc.constantFrom(...REPLIES).map((replyId) => sound(replyId)),
  fc.constantFrom(...CALLS).map(result),
  fc.tuple(fc.constantFrom(...REPLIES), fc.constantFrom(...CALLS)).map(([replyId, callId]) => call(replyId, callId)),
);

const anyOptions = fc.record<Partial<GateOptions>>({
  autoReply: fc.boolean(),
  createAfterToolResult: fc.boolean(),
  resultsWhileReplying: fc.boolean(),
  cancel: fc.constantFrom("event", "mute-only"),
  context: fc.constantFrom("silent", "when-idle"),
});

describe("the response gate, for any schedule", () => {
  test("never has two replies, asks only in silence, and answers every call at most once", () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), anyOptions, (inputs, options) => {
        let gate = OUTSET;
        let active: string | undefined;
        const made = new Set<string>();
        const answered: string[] = [];
        for (const input of inputs) {
          gate = step(gate, input, options);
          for (const event of gate.emit) {
            if (event.type === "reply-started") {
              expect(active).toBeUndefined();
              active = event.replyId;
            }
            if (event.type === "reply-audio" || event.type === "tool-call") expect(event.replyId).toBe(active);
            if (event.type === "tool-call") {
              expect(made).not.toContain(event.callId);
              made.add(event.callId);
            }
            if (event.type === "reply-ended") active = undefined;
          }
          for (const command of gate.send) {
            if (command.type === "create-reply") expect(active).toBeUndefined();
            if (command.type === "tool-result") answered.push(command.callId);
          }
        }
        expect(new Set(answered).size).toBe(answered.length);
        for (const callId of answered) expect(made).toContain(callId);
      }),
      { numRuns: 1_000 },
    );
  });

  test("sends every result in the end, and then the reply that was wanted", () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
        const sent: LinkCommand[] = [];
        const made: string[] = [];
        let gate = OUTSET;
        const feed = (input: Input): void => {
          gate = step(gate, input);
          sent.push(...gate.send);
          made.push(...gate.emit.flatMap((event) => (event.type === "tool-call" ? [event.callId] : [])));
        };
        for (const input of [READY, ...inputs]) feed(input);
        for (const callId of CALLS) feed(result(callId));
        const before = sent.length;
        feed(CREATE);
        // Every phase ends by itself: at most one after the other.
        for (let phase = 0; phase < 4; phase++) feed(TIME_UP);
        const results = sent.flatMap((command) => (command.type === "tool-result" ? [command.callId] : []));
        expect([...results].sort()).toEqual([...made].sort());
        expect(sent.slice(before).map(({ type }) => type)).toContain("create-reply");
      }),
      { numRuns: 1_000 },
    );
  });
});
