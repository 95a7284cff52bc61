import { Subject } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { converse } from "../../src/session/converse.ts";
import { webSockets } from "../../src/session/open-session.ts";
import type { Provider } from "../../src/session/provider.ts";
import type { SessionCommand } from "../../src/session/session-command.ts";
import type { SessionEvent } from "../../src/session/session-event.ts";
import { tapped } from "../support/line.ts";
import { audio, SPEC } from "../support/session.ts";

export interface ProviderSetup {
  /** Words that make this model open the driver window. The first utterance of every session is taken for them. */
  readonly order: string;
  provider(): Provider | Promise<Provider>;
}

/** Nothing that a car can do. */
export const NONSENSE = "sing me a song";

/** Some servers end a reply only when it has been heard. */
const PATIENCE = { timeout: 5_000 };

/** What every provider promises the agent, over a line that can also fail and lie. */
export function providerContract(name: string, setup: ProviderSetup): void {
  const { order } = setup;
  describe(`provider contract: ${name}`, () => {
    test("is ready after its configuration, once", async () => {
      const { events, send, first } = await talking(setup);
      send({ type: "user-text", text: order }, { type: "create-reply" });
      await first("reply-ended");
      expect(events.filter(({ type }) => type === "session-ready")).toHaveLength(1);
    });

    test("hears speech, says what it heard, and answers aloud", async () => {
      const { events, speak, first, capabilities } = await talking(setup);
      speak();
      const ended = await first("reply-ended");
      const types = events.map(({ type }) => type);
      const marks = capabilities.speechEvents ? (["speech-started", "speech-stopped"] as const) : [];
      const places = [...marks, "reply-started", "reply-ended"].map((type) =>
        types.indexOf(type as SessionEvent["type"]),
      );
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(events).toContainEqual(expect.objectContaining({ type: "transcript", text: order, final: true }));
      expect(soundIn(events)).toBeGreaterThan(0);
      expect(ended.status).toBe("completed");
    });

    test("hears the end of speech when the gate closes in the middle of it", async () => {
      const { send, first, capabilities } = await talking(setup);
      send(...Array.from({ length: 5 }, () => audio(900)), { type: "audio-end" });
      await first(capabilities.speechEvents ? "speech-stopped" : "reply-started");
    });

    test("calls a tool, and tells its result in a second reply", async () => {
      const { events, speak, send, first } = await talking(setup);
      speak();
      const call = await first("tool-call");
      expect(call).toMatchObject({ name: "window_set", args: { zone: "driver", percent: 100 } });
      const output = { status: "done", say: "The driver window is open." };
      send({ type: "tool-result", callId: call.callId, output }, { type: "create-reply" });
      await vi.waitFor(() => expect(textsIn(events).at(-1)).toBe("The driver window is open."), PATIENCE);
      const types = events.map(({ type }) => type);
      expect(types.lastIndexOf("reply-started")).toBeGreaterThan(types.indexOf("reply-ended"));
    });

    test("gives calls of two sessions different ids", async () => {
      const { events, speak, drop, first } = await talking(setup);
      speak();
      await first("tool-call");
      drop();
      await vi.waitFor(() => expect(events.filter(({ type }) => type === "session-ready")).toHaveLength(2), PATIENCE);
      speak();
      await vi.waitFor(() => expect(callIdsIn(events)).toHaveLength(2), PATIENCE);
      expect(new Set(callIdsIn(events)).size).toBe(2);
    });

    test("never has two replies at once, however many are asked for", async () => {
      const { events, send } = await talking(setup);
      const ask = { type: "user-text", text: NONSENSE } as const;
      send(ask, { type: "create-reply" }, ask, { type: "create-reply" }, { type: "create-reply" });
      await vi.waitFor(() => expect(events.filter(({ type }) => type === "reply-ended")).toHaveLength(2), PATIENCE);
      const lives = events.map(({ type }) => type).filter((type) => type === "reply-started" || type === "reply-ended");
      expect(lives).toEqual(["reply-started", "reply-ended", "reply-started", "reply-ended"]);
    });

    test("falls silent when a reply is cancelled", async () => {
      const { events, send, first } = await talking(setup);
      send({ type: "user-text", text: NONSENSE }, { type: "create-reply" });
      const { replyId } = await first("reply-started");
      send({ type: "cancel-reply", replyId });
      await first("reply-ended");
      const after = events.slice(events.findIndex(({ type }) => type === "reply-ended"));
      expect(soundIn(after)).toBe(0);
    });

    test("carries on after unknown events and garbage", async () => {
      const { events, inject, speak, first } = await talking(setup);
      inject('{"type":"response.mystery","x":1}');
      inject("not json");
      inject("[".repeat(100_000));
      inject('{"type":"response.done"}');
      await vi.waitFor(() => expect(events.filter(({ type }) => type === "ignored").length).toBeGreaterThan(3));
      speak();
      await first("reply-ended");
    });

    test("comes back after the line is lost, and knows what it was told", async () => {
      const { events, drop, send, speak } = await talking(setup);
      send({ type: "context", key: "speed", text: "The car stands still." });
      drop();
      await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain("session-lost"), PATIENCE);
      await vi.waitFor(() => expect(events.filter(({ type }) => type === "session-ready")).toHaveLength(2), PATIENCE);
      speak();
      await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain("reply-ended"), PATIENCE);
    });
  });
}

async function talking(setup: ProviderSetup) {
  const provider = await setup.provider();
  const line = tapped(provider.dialer ?? webSockets);
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const backoff = { minMs: 1, maxMs: 10 };
  const session = converse(provider, SPEC, commands$, { dialer: line.dialer, backoff }).subscribe((event) =>
    events.push(event),
  );
  onTestFinished(() => session.unsubscribe());
  const send = (...commands: SessionCommand[]): void => {
    for (const command of commands) commands$.next(command);
  };
  /** Waits for the first event of a kind. */
  const first = <Type extends SessionEvent["type"]>(type: Type) =>
    vi.waitFor(() => {
      const event = events.find((each): each is SessionEvent & { type: Type } => each.type === type);
      if (event === undefined) throw new Error(`no ${type} among ${events.map((each) => each.type).join(" ")}`);
      return event;
    }, PATIENCE);
  await first("session-ready");
  const speak = (): void =>
    send(...Array.from({ length: 10 }, () => audio(900)), ...Array.from({ length: 15 }, () => audio(0)));
  return { ...line, events, send, speak, first, capabilities: provider.capabilities };
}

const soundIn = (events: readonly SessionEvent[]): number =>
  events.reduce((sum, event) => sum + (event.type === "reply-audio" ? event.pcm.length : 0), 0);

const textsIn = (events: readonly SessionEvent[]): string[] =>
  events.flatMap((event) => (event.type === "reply-text" && event.final ? [event.text] : []));

const callIdsIn = (events: readonly SessionEvent[]): string[] =>
  events.flatMap((event) => (event.type === "tool-call" ? [event.callId] : []));
