import { distinctUntilChanged, from, lastValueFrom, map, toArray } from "rxjs";
import { describe, expect, test } from "vitest";

import { nextTurn } from "../../../src/turn/next-turn.ts";
import { ASLEEP, type ListeningWindow, type Turn, type TurnEvent } from "../../../src/turn/turn.ts";
import { turnEnded, turnState } from "../../../src/turn/turn-state.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const opened: TurnEvent = { type: "gate-opened", reason: "wake" };
const closed: TurnEvent = { type: "gate-closed" };
const stopped: TurnEvent = { type: "speech-stopped" };
const started = (replyId: string): TurnEvent => ({ type: "reply-started", replyId });
const ended = (replyId: string): TurnEvent => ({ type: "reply-ended", replyId, status: "completed" });
const call: TurnEvent = { type: "tool-call", replyId: "r1", callId: "c1", name: "window_set", args: {} };
const answered: TurnEvent = { type: "tool-answered", callId: "c1" };
const plays = (replyId: string): TurnEvent => ({ type: "playback-started", replyId });
const played = (replyId: string): TurnEvent => ({ type: "playback-ended", replyId });
const playing = plays("r1");
const silent = played("r1");
const typed: TurnEvent = { type: "typed" };
const ids = map(({ turn }: Turn) => turn);
const failed: TurnEvent = { type: "provider-error", code: "x", message: "", severity: "retry" };
const broken = (replyId: string): TurnEvent => ({ type: "reply-ended", replyId, status: "incomplete" });
const called: readonly TurnEvent[] = [started("r2"), plays("r2"), call, ended("r2"), played("r2")];
const lost: TurnEvent = { type: "session-lost", reason: "gone", retryInMs: 100 };

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
        plays("r2"),
        ended("r2"),
        played("r2"),
      ],
      "asleep",
    ],
    ["a wake that nobody follows up ends asleep", [opened, closed], "asleep"],
    ["a lost link sleeps", [opened, stopped, closed, lost], "asleep"],
    [
      "a result for a lost session keeps nobody waiting",
      [opened, stopped, closed, started("r1"), call, ended("r1"), lost, answered],
      "asleep",
    ],
    [
      "a reply that is given to the device before the last has ended is still heard",
      [opened, stopped, closed, started("r1"), playing, ended("r1"), started("r2"), plays("r2"), ended("r2"), silent],
      "speaking",
    ],
    [
      "a reply without sound does not end the one that is heard",
      [opened, stopped, closed, started("r1"), playing, ended("r1"), started("r2"), ended("r2"), played("r2")],
      "speaking",
    ],
    [
      "an interruption ends all that is heard",
      [
        opened,
        stopped,
        closed,
        started("r1"),
        playing,
        ended("r1"),
        started("r2"),
        plays("r2"),
        ended("r2"),
        { type: "playback-cut" },
      ],
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

  test.for([
    ["a wake while typed words wait for their reply", [typed, opened]],
    ["a wake while the call of typed words runs", [typed, started("r1"), call, ended("r1"), opened]],
    ["a lost session, over which typed words are kept", [typed, lost]],
  ] as [string, TurnEvent[]][])("%s does not make them the driver's voice", ([, events]) => {
    expect(events.reduce(nextTurn, ASLEEP).origin).toBe("hmi");
  });

  test("a wake after typed words were answered is the driver's voice", () => {
    expect([typed, started("r1"), ended("r1"), opened].reduce(nextTurn, ASLEEP).origin).toBe("voice");
  });

  test("a reply that never begins is not waited for", () => {
    virtualTime(({ hot, expectObservable }) => {
      const events = { o: opened, s: stopped, c: closed, r: started("r1"), e: ended("r1") };
      const states$ = hot<TurnEvent>("o-(sc)", events).pipe(
        turnState(),
        map(({ state }) => state),
        distinctUntilChanged(),
      );
      expectObservable(states$).toBe("l-t 9999ms a", { l: "listening", t: "thinking", a: "asleep" });
      const answered$ = hot<TurnEvent>("o-(sc) 8s r 15s e", events).pipe(turnState(), turnEnded());
      expectObservable(answered$.pipe(map(({ turn }) => turn))).toBe("23s 7ms e", { e: 1 });
    });
  });

  test("a turn ends once", async () => {
    const events = [opened, stopped, closed, started("r1"), ended("r1"), opened, closed];
    expect(await lastValueFrom(from(events).pipe(turnState(), turnEnded(), ids, toArray()))).toEqual([1, 2]);
  });

  describe("without a wake word", () => {
    const window = (reason: ListeningWindow): TurnEvent => ({ type: "gate-opened", reason });
    const speaks: TurnEvent = { type: "speech-started" };
    const spoke = [opened, stopped, closed, started("r1"), playing, ended("r1"), silent];
    const after = (...events: TurnEvent[]): Turn => [...spoke, ...events].reduce(nextTurn, ASLEEP);

    test.for([
      ["what is said next, though the server did not say that it began", [window("follow-up"), stopped]],
      ["a lost link, though a call still runs", [window("follow-up"), speaks, stopped, closed, ...called, lost]],
      ["a reply that fails while it is heard", [opened, stopped, closed, started("r2"), plays("r2"), failed]],
      ["one that was not said to its end", [opened, stopped, closed, started("r2"), plays("r2"), broken("r2")]],
      ["one that is cut short", [opened, stopped, closed, started("r2"), plays("r2"), { type: "playback-cut" }]],
    ] as [string, TurnEvent[]][])("%s is no answer that one could go on from", ([, events]) => {
      expect(after(...events)).toMatchObject({ turn: 2, replied: false, owedReply: undefined });
    });

    test("what is heard late of a reply that led to a call is not the answer to what came of it", () => {
      const turn = [opened, stopped, closed, started("r1"), call, answered, playing].reduce(nextTurn, ASLEEP);
      expect(turn).toMatchObject({ state: "speaking", replied: false });
    });

    test("an answer that was heard is one, though something unasked after it came to nothing", () => {
      expect(after(started("r2"), broken("r2"))).toMatchObject({ turn: 1, replied: true });
    });

    test("a window that nobody speaks in listens, is no turn, and ends no second one", async () => {
      expect(after(window("follow-up"))).toMatchObject({ state: "listening", turn: 1, open: false });
      const events = [...spoke, window("follow-up"), closed];
      expect(await lastValueFrom(from(events).pipe(turnState(), turnEnded(), ids, toArray()))).toEqual([1]);
      expect(after(window("follow-up"), closed)).toMatchObject({ state: "asleep", window: undefined });
    });

    test.for([
      ["speech in a follow-up window", speaks],
      ["the wake word in one", { type: "woke" }],
    ] as [string, TurnEvent][])("%s begins the driver's next turn, once", ([, event]) => {
      const turn = after(window("follow-up"), event, speaks, { type: "woke" });
      expect(turn).toMatchObject({ turn: 2, open: true, origin: "voice", window: undefined, replied: false });
    });

    test("a wake word begins no turn of its own where the gate is open for an answer", () => {
      expect(after(window("confirmation"), { type: "woke" })).toMatchObject({ turn: 1, window: "confirmation" });
    });

    test("a yes owes the outcome of the call, and the turn ends when it has been told", () => {
      const yes: TurnEvent = { type: "answered", answer: "yes", callId: "c1" };
      expect(after(window("confirmation"), closed, yes)).toMatchObject({
        turn: 2,
        state: "thinking",
        openCalls: ["c1"],
      });
      const told = after(window("confirmation"), closed, yes, answered, started("r2"), ended("r2"));
      expect(told).toMatchObject({ state: "asleep", openCalls: [] });
    });

    test("a new wish instead of an answer is a turn that waits for its reply", () => {
      const turn = after(window("confirmation"), closed, { type: "answered", answer: "other", callId: "c1" });
      expect(turn).toMatchObject({ turn: 2, state: "thinking", openCalls: [] });
    });
  });
});
