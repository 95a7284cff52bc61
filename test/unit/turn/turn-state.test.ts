import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, test } from "vitest";

import { ASLEEP, nextTurn, type TurnEvent, turnEnded, turnState } from "../../../src/turn/turn-state.ts";

const opened: TurnEvent = { type: "gate-opened" };
const closed: TurnEvent = { type: "gate-closed" };
const stopped: TurnEvent = { type: "speech-stopped" };
const started = (replyId: string): TurnEvent => ({ type: "reply-started", replyId });
const ended = (replyId: string): TurnEvent => ({ type: "reply-ended", replyId, status: "completed" });
const call: TurnEvent = { type: "tool-call", replyId: "r1", callId: "c1", name: "window_set", args: {} };
const answered: TurnEvent = { type: "tool-answered", callId: "c1" };
const playing: TurnEvent = { type: "playback-started" };
const silent: TurnEvent = { type: "playback-ended" };

describe("turnState", () => {
  test.for([
    ["a wake listens", [opened], "listening"],
    ["the end of speech thinks", [opened, stopped, closed], "thinking"],
    ["a reply that is heard speaks", [opened, stopped, closed, started("r1"), playing], "speaking"],
    [
      "a reply that has ended still speaks until it was played",
      [opened, stopped, closed, started("r1"), playing, ended("r1")],
      "speaking",
    ],
    [
      "a played reply with an open call thinks",
      [opened, stopped, closed, started("r1"), playing, call, ended("r1"), silent],
      "thinking",
    ],
    [
      "an answered call waits for the reply to it",
      [opened, stopped, closed, started("r1"), call, ended("r1"), answered],
      "thinking",
    ],
    [
      "the whole turn ends asleep",
      [
        opened,
        stopped,
        closed,
        started("r1"),
        call,
        ended("r1"),
        answered,
        started("r2"),
        playing,
        ended("r2"),
        silent,
      ],
      "asleep",
    ],
    ["a wake that nobody follows up ends asleep", [opened, closed], "asleep"],
    [
      "a lost link sleeps",
      [opened, stopped, closed, { type: "session-lost", reason: "gone", retryInMs: 100 }],
      "asleep",
    ],
    [
      "a failed reply sleeps",
      [opened, stopped, closed, { type: "provider-error", code: "x", message: "", severity: "retry" }],
      "asleep",
    ],
    [
      "a benign error changes nothing",
      [opened, stopped, closed, { type: "provider-error", code: "x", message: "", severity: "benign" }],
      "thinking",
    ],
    ["a timeout sleeps", [opened, stopped, closed, { type: "turn-timeout" }], "asleep"],
  ] as [string, TurnEvent[], string][])("%s", ([, events, state]) => {
    expect(events.reduce(nextTurn, ASLEEP).state).toBe(state);
  });

  test("a turn ends once", async () => {
    const events = [opened, stopped, closed, started("r1"), ended("r1"), opened, closed];
    expect(await lastValueFrom(from(events).pipe(turnState(), turnEnded(), toArray()))).toEqual([1, 2]);
  });
});
