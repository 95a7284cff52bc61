import { describe, expect, test } from "vitest";

import { BEFORE, type Kept, nextKept, type Stale } from "../../../src/session/kept.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { LinkEvent } from "../../../src/session/link-event.ts";
import { audio } from "../../support/session.ts";

type Input = LinkCommand | LinkEvent | Stale;

const END = { type: "audio-end" } as const;
const READY = { type: "session-ready" } as const;
const LOST = { type: "session-lost", reason: "gone", retryInMs: 100 } as const;
const OPENING = { type: "link-opening", resumed: false } as const;
const RESUMING = { type: "link-opening", resumed: true } as const;
const text = (words: string) => ({ type: "user-text", text: words }) as const;
const context = (words: string) => ({ type: "context", key: "k", text: words }) as const;
const handle = (name: string) => ({ type: "session-handle", handle: name }) as const;

const after = (inputs: readonly Input[], truncates = true): Kept =>
  inputs.reduce((kept, input) => nextKept(kept, input, { truncates }), BEFORE);
const sent = (inputs: readonly Input[]) => after(inputs).send.map(({ type }) => type);

describe("a reply that was interrupted", () => {
  const pcm = new Int16Array(24_000);
  const spoken = (itemId: string, said: string): readonly Input[] => [
    { type: "reply-audio", replyId: "r", itemId, contentIndex: 0, pcm },
    { type: "reply-text", replyId: "r", itemId, text: said, final: true },
  ];
  const cut = (itemId: string, playedMs: number) => ({ type: "truncate", itemId, contentIndex: 0, playedMs }) as const;

  test("is cut by who can cut", () => {
    expect(after([OPENING, READY, ...spoken("a", "one two three four"), cut("a", 500)]).send).toEqual([cut("a", 500)]);
  });

  test("is corrected in words for who cannot: what was heard, over all its items, and no more", () => {
    const items = [...spoken("a", "Opening the window."), ...spoken("b", "And now it is raining in here.")];
    const told = after([OPENING, READY, ...items, cut("a", 1_000), cut("b", 500)], false).send;
    expect(told).toEqual([
      cut("b", 500),
      expect.objectContaining({
        type: "context",
        key: "heard",
        text: expect.stringContaining('"Opening the window. And now it is"') as string,
      }),
    ]);
  });

  test("of which nothing was heard is said not to have been heard", () => {
    const told = after([OPENING, READY, ...spoken("a", "Opening."), cut("a", 0)], false).send;
    expect(JSON.stringify(told)).toContain("heard nothing");
  });
});

describe("what outlives a link", () => {
  test("is told to the next one: the past, the present of the car, then what has waited", () => {
    expect(sent([OPENING, READY, text("hello"), context("50"), LOST, text("again"), OPENING, READY])).toEqual([
      "history",
      "context",
      "user-text",
    ]);
  });

  test("is not told again to a server that remembers it", () => {
    expect(sent([OPENING, READY, text("hello"), context("50"), LOST, RESUMING, READY])).toEqual(["context"]);
  });

  test("is told to a server that does not remember it after all", () => {
    const { handle: kept, send } = after([
      OPENING,
      READY,
      handle("h"),
      text("hello"),
      LOST,
      RESUMING,
      { type: "handle-rejected" },
      LOST,
      OPENING,
      READY,
    ]);
    expect(kept).toBeUndefined();
    expect(send.map(({ type }) => type)).toEqual(["history"]);
  });

  test("is the newest handle", () => {
    expect(after([READY, handle("a"), handle("b"), LOST]).handle).toBe("b");
  });

  test("waits while one link is put in the place of another", () => {
    const before = [OPENING, READY, { type: "link-closed" }, text("hello")] as const;
    expect(sent(before)).toEqual([]);
    expect(sent([...before, OPENING, READY])).toEqual(["user-text"]);
  });

  test("is no sentence that has waited too long, which is counted, but the next one is", () => {
    const [old, young, next] = [audio(1), audio(2), audio(3)];
    const { send, emit } = after([LOST, old, young, END, next, { type: "stale", command: old }, READY]);
    expect(send).toEqual([next]);
    expect(emit).toContainEqual(
      expect.objectContaining({ code: "audio-dropped", message: expect.stringMatching(/^40 ms/) as string }),
    );
  });

  test("is no end of a sentence whose beginning has waited too long, not even when the link is there", () => {
    const old = audio(1);
    const spoilt = [LOST, old, { type: "stale", command: old }, audio(2), READY, audio(3)] as const;
    expect(sent(spoilt)).toEqual([]);
    expect(after([...spoilt, END]).send).toEqual([]);
    expect(after([...spoilt, END]).emit).toContainEqual(expect.objectContaining({ code: "audio-dropped" }));
    expect(sent([...spoilt, END, audio(4)])).toEqual(["send-audio"]);
  });

  test("audio that was sent is not stale", () => {
    const frame = audio(1);
    const { emit } = after([READY, frame, { type: "stale", command: frame }, LOST, READY]);
    expect(emit).toEqual([READY]);
  });
});
