import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { scripted } from "../../../src/providers/scripted.ts";
import { converse } from "../../../src/session/converse.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { tapped } from "../../support/line.ts";
import { audio, SPEC } from "../../support/session.ts";

const OPEN = { heard: "open the window", calls: [{ name: "window_set", args: {} }] };
const SONG = { heard: "sing", says: "La la la." };

async function conversation() {
  const provider = scripted([OPEN, SONG]);
  if (provider.dialer === undefined) throw new Error("a scripted provider brings its own line");
  const line = tapped(provider.dialer);
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const running = converse(provider, SPEC, commands$, {
    dialer: line.dialer,
    backoff: { minMs: 1, maxMs: 4 },
  }).subscribe((event) => events.push(event));
  onTestFinished(() => running.unsubscribe());
  const say = (...commands: SessionCommand[]): void => commands.forEach((command) => commands$.next(command));
  const seen = (type: SessionEvent["type"], times = 1) =>
    vi.waitFor(() => expect(events.filter((event) => event.type === type)).toHaveLength(times));
  await seen("session-ready");
  const outage = async (during: () => void): Promise<void> => {
    line.cut();
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe("session-lost"));
    line.sent.length = 0;
    during();
    line.mend();
    await seen("session-ready", 2);
  };
  return { events, sent: line.sent, say, seen, outage };
}

const typesOf = (sent: readonly string[]) => sent.map((text) => (JSON.parse(text) as { type: string }).type);

describe("what an outage does to a conversation", () => {
  test("a typed wish is answered when the link is back", async () => {
    const { events, say, seen, outage } = await conversation();
    await outage(() => say({ type: "user-text", text: "sing" }, { type: "create-reply" }));
    await seen("reply-ended");
    expect(events).toContainEqual(expect.objectContaining({ type: "reply-text", text: "La la la." }));
  });

  test("what the driver should hear is told when the link is back", async () => {
    const { sent, say, outage } = await conversation();
    await outage(() => say({ type: "note", text: "The window is stuck." }, { type: "create-reply" }));
    expect(typesOf(sent)).toEqual(["session.update", "conversation.item.create", "response.create"]);
    expect(sent[1]).toContain("The window is stuck.");
  });

  test("two seconds of speech arrive late", async () => {
    const { sent, say, outage } = await conversation();
    await outage(() => say(...Array.from({ length: 100 }, () => audio(900))));
    expect(typesOf(sent).filter((type) => type === "input_audio_buffer.append")).toHaveLength(100);
  });

  test("a sentence that is longer does not, nor does its end: it is counted", async () => {
    const { events, sent, say, outage } = await conversation();
    await outage(() => say(...Array.from({ length: 150 }, () => audio(900))));
    say(audio(900));
    expect(typesOf(sent).filter((type) => type === "input_audio_buffer.append")).toHaveLength(0);
    expect(events).toContainEqual(
      expect.objectContaining({
        code: "audio-dropped",
        message: "3000 ms of microphone audio dropped: there was no connection",
      }),
    );
  });

  test("the new session is told the newest context of each key, before anything else", async () => {
    const { sent, say, outage } = await conversation();
    const context = (key: string, text: string) => ({ type: "context", key, text }) as const;
    say(context("speed", "50"), context("fuel", "half"), context("speed", "60"));
    await outage(() => say({ type: "user-text", text: "sing" }, context("fuel", "low")));
    const said = sent.join("\n").match(/"(50|60|half|low|sing)"/g);
    expect(said).toEqual(['"60"', '"low"', '"sing"']);
  });

  test("what came of a call of the old session is told to the new one, once, and not as a result", async () => {
    const { events, sent, say, seen, outage } = await conversation();
    say({ type: "user-text", text: "open the window" }, { type: "create-reply" });
    await seen("tool-call");
    const call = events.find((event) => event.type === "tool-call");
    const output = { status: "done", say: "The window is open." };
    await outage(() => say({ type: "tool-result", callId: call?.callId ?? "", output }, { type: "create-reply" }));
    say({ type: "tool-result", callId: call?.callId ?? "", output }, { type: "audio-end" });
    const told = sent.filter((text) => text.includes("The window is open."));
    expect(told).toEqual([expect.stringContaining("Tell the driver")]);
    expect(typesOf(sent).filter((type) => type === "response.create")).toHaveLength(1);
    expect(sent.join()).not.toContain("function_call");
  });

  test("a result that the old session was given, and the driver was never told of, is told by the new one", async () => {
    const { events, sent, say, seen, outage } = await conversation();
    say({ type: "user-text", text: "open the window" }, { type: "create-reply" });
    await seen("reply-ended");
    const call = events.find((event) => event.type === "tool-call");
    const output = { status: "done", say: "The window is open." };
    say({ type: "tool-result", callId: call?.callId ?? "", output });
    await outage(() => undefined);
    expect(sent.filter((text) => text.includes("Tell the driver: The window is open."))).toHaveLength(1);
  });

  test("the new session is told what was said before, as history", async () => {
    const { sent, say, seen, outage } = await conversation();
    say({ type: "user-text", text: "sing" }, { type: "create-reply" });
    await seen("reply-ended");
    await outage(() => say({ type: "user-text", text: "again" }));
    const texts = sent.join("\n").match(/"(sing|La la la\.|again)"/g);
    expect(texts).toEqual(['"sing"', '"La la la."', '"again"']);
  });
});
