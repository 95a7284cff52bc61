import { describe, expect, test } from "vitest";

import { BEFORE, type Kept, nextKept, type Stale } from "../../../src/session/kept.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { LinkEvent } from "../../../src/session/link-event.ts";
import { audio } from "../../support/session.ts";

type Input = LinkCommand | LinkEvent | Stale;

const READY = { type: "session-ready" } as const;
const LOST = { type: "session-lost", reason: "gone", retryInMs: 100 } as const;
const OPENING = { type: "link-opening", resumed: false } as const;
const RESUMING = { type: "link-opening", resumed: true } as const;
const text = (words: string) => ({ type: "user-text", text: words }) as const;
const context = (words: string) => ({ type: "context", key: "k", text: words }) as const;
const handle = (name: string) => ({ type: "session-handle", handle: name }) as const;

const after = (inputs: readonly Input[]): Kept => inputs.reduce(nextKept, BEFORE);
const sent = (inputs: readonly Input[]) => after(inputs).send.map(({ type }) => type);

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

  test("is no audio that has waited too long, which is counted", () => {
    const [old, young] = [audio(1), audio(2)];
    const { send, emit } = after([LOST, old, young, { type: "stale", command: old }, READY]);
    expect(send).toEqual([young]);
    expect(emit).toContainEqual(
      expect.objectContaining({ code: "audio-dropped", message: expect.stringMatching(/^20 ms/) as string }),
    );
  });

  test("audio that was sent is not stale", () => {
    const frame = audio(1);
    const { emit } = after([READY, frame, { type: "stale", command: frame }, LOST, READY]);
    expect(emit).toEqual([READY]);
  });
});
