import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { scripted } from "../../../src/providers/scripted.ts";
import { failover } from "../../../src/session/failover.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { tapped } from "../../support/line.ts";
import { SPEC } from "../../support/session.ts";

const SONG = { heard: "sing", says: "La la la." };
const WINDOW = { heard: "open the window", says: "Okay.", calls: [{ name: "window_set", args: {} }] };

async function conversation() {
  const [first, second] = [scripted([SONG]), scripted([WINDOW, SONG])];
  if (first.dialer === undefined || second.dialer === undefined)
    throw new Error("scripted providers bring their lines");
  const lines = { primary: tapped(first.dialer), fallback: tapped(second.dialer) };
  const backoff = { minMs: 1, maxMs: 4 };
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const running = failover(first, second, SPEC, commands$, {
    primary: { dialer: lines.primary.dialer, backoff },
    fallback: { dialer: lines.fallback.dialer, backoff },
    notice: "I am offline.",
  }).subscribe((event) => events.push(event));
  onTestFinished(() => running.unsubscribe());
  const say = (...commands: SessionCommand[]): void => commands.forEach((command) => commands$.next(command));
  const seen = (event: object, timeout = 4_000) =>
    vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining(event)), { timeout });
  await seen({ type: "session-ready" });
  return { ...lines, events, say, seen };
}

describe("two models in one conversation", () => {
  test("when the line of the first is cut the second goes on, with the whole story", async () => {
    const { primary, fallback, events, say, seen } = await conversation();
    say({ type: "context", key: "speed", text: "The car stands." });
    say({ type: "user-text", text: "sing" }, { type: "create-reply" });
    await seen({ type: "reply-text", text: "La la la.", final: true });
    await seen({ type: "reply-ended" });
    expect(fallback.sent).toEqual([]);
    primary.cut();
    await seen({ type: "failover", to: "fallback" });
    say({ type: "user-text", text: "open the window" }, { type: "create-reply" });
    await seen({ type: "tool-call", name: "window_set" });
    const told = fallback.sent.join("\n");
    for (const text of ["sing", "La la la.", "The car stands.", "I am offline.", "open the window"]) {
      expect(told).toContain(`"${text === "I am offline." ? `Tell the driver: ${text}` : text}"`);
    }
    expect(events.map(({ type }) => type)).not.toContain("session-lost");
  });

  test("a question that was asked when the line was cut is answered", async () => {
    const { primary, say, seen } = await conversation();
    primary.cut();
    say({ type: "user-text", text: "open the window" }, { type: "create-reply" });
    await seen({ type: "tool-call", name: "window_set" });
  });

  test("the first has the word again when its line has held, and knows what it missed", async () => {
    const { primary, say, seen } = await conversation();
    primary.cut();
    say({ type: "user-text", text: "sing" }, { type: "create-reply" });
    await seen({ type: "reply-ended" });
    primary.sent.length = 0;
    primary.mend();
    await seen({ type: "failover", to: "primary" }, 15_000);
    await vi.waitFor(() => expect(primary.sent.join("\n")).toContain('"La la la."'));
  }, 20_000);
});
