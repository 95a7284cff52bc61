import { describe, expect, test } from "vitest";

import { NOTHING_SAID, nextLog } from "../../../src/session/conversation-log.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import { type Retelling, retell } from "../../../src/session/retell.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";

type Input = LinkCommand | SessionEvent;

const STOPPED = { type: "speech-stopped" } as const;
const typed = (text: string) => ({ type: "user-text", text }) as const;
const heard = (itemId: string, text: string, final = true) => ({ type: "transcript", itemId, text, final }) as const;
const words = (itemId: string, text: string, final = false) =>
  ({ type: "reply-text", replyId: "r", itemId, text, final }) as const;
const sound = (itemId: string, ms: number) =>
  ({ type: "reply-audio", replyId: "r", itemId, contentIndex: 0, pcm: new Int16Array(ms * 24) }) as const;
const cut = (itemId: string, playedMs: number) => ({ type: "truncate", itemId, contentIndex: 0, playedMs }) as const;
const call = (callId: string) => ({ type: "tool-call", replyId: "r", callId, name: "window_set", args: {} }) as const;
const result = (callId: string, output: unknown = { status: "done" }) =>
  ({ type: "tool-result", callId, output }) as const;

const logOf = (inputs: readonly Input[]) => inputs.reduce(nextLog, NOTHING_SAID);
const story = (inputs: readonly Input[], how: Retelling = {}) =>
  retell(logOf(inputs), how).map((entry) =>
    "text" in entry ? `${entry.type}: ${entry.text}` : `${entry.type}: ${entry.callId}`,
  );

describe("what a new session is told", () => {
  test.for<[string, readonly Input[], readonly string[]]>([
    [
      "who said what",
      [heard("u", "hello"), words("a", "Good "), words("a", "day."), words("a", "Good day.", true), typed("bye")],
      ["user: hello", "assistant: Good day.", "user: bye"],
    ],
    ["no words that were not final", [heard("u", "hel", false)], []],
    [
      "a transcript that comes late where it was said",
      [STOPPED, words("a", "Yes?", true), heard("u", "hello"), STOPPED, heard("v", "bye")],
      ["user: hello", "assistant: Yes?", "user: bye"],
    ],
    [
      "no more than the driver heard",
      [words("a", "one two three four", true), sound("a", 400), cut("a", 200), words("a", "one two three four", true)],
      ["assistant: one two"],
    ],
    ["nothing of what was not heard at all", [words("a", "one two", true), sound("a", 400), cut("a", 0)], []],
    [
      "all of what was heard to the end",
      [words("a", "one two", true), sound("a", 400), cut("a", 400)],
      ["assistant: one two"],
    ],
    [
      "calls with their results",
      [call("1"), result("1"), words("a", "Okay.", true)],
      ["call: 1", "result: 1", "assistant: Okay."],
    ],
    ["the first result of a call", [call("1"), result("1"), result("1"), result("x")], ["call: 1", "result: 1"]],
    [
      "what an earlier session was told",
      [{ type: "history", entries: [{ type: "user", text: "hello" }] }, typed("bye")],
      ["user: hello", "user: bye"],
    ],
  ])("%s", ([, inputs, expected]) => {
    expect(story(inputs)).toEqual(expected);
  });

  test("the newest that fits the budget, and never half of a call", () => {
    const inputs = [typed("x".repeat(400)), call("1"), result("1"), typed("y".repeat(40))];
    expect(story(inputs, { tokens: 40 })).toEqual(["call: 1", "result: 1", `user: ${"y".repeat(40)}`]);
    expect(story(inputs, { tokens: 20 })).toEqual([`user: ${"y".repeat(40)}`]);
  });

  test("that a call without a result is under way, so that it is not made again", () => {
    const [made, answer] = retell(logOf([call("1"), words("a", "Okay.", true)]));
    expect(made).toMatchObject({ type: "call", callId: "1" });
    expect(answer).toMatchObject({ type: "result", callId: "1", output: { status: "begun" } });
  });

  test("no result that costs more than it says", () => {
    const [, told] = retell(logOf([call("1"), result("1", { list: "x".repeat(5_000) })]));
    expect(JSON.stringify(told)).toContain("too long to be repeated");
  });

  test("what is new since a line", () => {
    const before = [typed("one"), typed("two")];
    expect(story([...before, typed("three")], { since: logOf(before).next })).toEqual(["user: three"]);
  });

  test("a drive of two hours costs no more than the budget", () => {
    const drive = Array.from({ length: 2_000 }, (_, turn) => [
      typed(`turn ${turn}`),
      words(`a${turn}`, "All right.", true),
    ]);
    const log = logOf(drive.flat());
    expect(log.lines.length).toBeLessThanOrEqual(256);
    expect(JSON.stringify(retell(log, { tokens: 500 })).length).toBeLessThan(500 * 16);
    expect(retell(log, { tokens: 500 }).at(-2)).toEqual({ type: "user", text: "turn 1999" });
  });
});
