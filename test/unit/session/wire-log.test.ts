import fc from "fast-check";
import { Subject } from "rxjs";
import { expect, test, vi } from "vitest";

import { scripted } from "../../../src/providers/scripted.ts";
import { converse } from "../../../src/session/converse.ts";
import type { Provider } from "../../../src/session/provider.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import { numbers, recorded } from "../../../src/session/recorded.ts";
import { replayed } from "../../../src/session/replayed.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { parseEntry, redacted, restored, type WireEntry } from "../../../src/session/wire-log.ts";
import { tapped } from "../../support/line.ts";
import { audio, SPEC } from "../../support/session.ts";

const SCRIPT = [
  { heard: "open the window", calls: [{ name: "window_set", args: { zone: "driver", percent: 100 } }] },
  { heard: "thank you", says: "You are welcome." },
];
const SOUND = Buffer.alloc(1_920, 7).toString("base64");

/** A conversation of two turns over a line that is lost between them; all that its codecs said, and its log as text. */
async function conversation() {
  const provider = scripted(SCRIPT);
  if (provider.dialer === undefined) throw new Error("the script is reached by itself");
  const line = tapped(provider.dialer);
  const decoded: SessionEvent[] = [];
  const listening: Provider = {
    ...provider,
    codec: () => {
      const codec = provider.codec();
      return { ...codec, decode: (raw) => codec.decode(raw).map((event) => (decoded.push(event), event)) };
    },
  };
  const log: string[] = [];
  let ms = 0;
  const kept = recorded(listening, {
    dialer: line.dialer,
    now: () => (ms += 10),
    write: (entry) => void log.push(JSON.stringify(entry)),
    number: numbers(),
    audio: false,
  });
  const commands$ = new Subject<SessionCommand>();
  const events: SessionEvent[] = [];
  const session = converse(kept, SPEC, commands$, { backoff: { minMs: 1, maxMs: 1 } }).subscribe((event) =>
    events.push(event),
  );
  const count = (type: SessionEvent["type"]): number => events.filter((event) => event.type === type).length;
  const speak = (): void => {
    for (let index = 0; index < 25; index += 1) commands$.next(audio(index < 10 ? 900 : 0));
  };
  await vi.waitFor(() => expect(count("session-ready")).toBe(1));
  speak();
  await vi.waitFor(() => expect(count("tool-call")).toBe(1));
  line.drop();
  await vi.waitFor(() => expect(count("session-ready")).toBe(2));
  speak();
  await vi.waitFor(() => expect(count("reply-ended")).toBe(2));
  session.unsubscribe();
  return { decoded, log };
}

function entriesIn(log: readonly string[]): readonly WireEntry[] {
  return log.map((line) => {
    const entry = parseEntry(line);
    if ("problem" in entry) throw new Error(`${entry.problem} in ${line}`);
    return entry;
  });
}

const silenced = (event: SessionEvent): unknown =>
  event.type === "reply-audio" ? { ...event, pcm: event.pcm.length } : event;

test("a recorded conversation gives the same events when it is read again, sound as silence of the same length", async () => {
  const { decoded, log } = await conversation();
  const again = replayed(entriesIn(log), () => scripted(SCRIPT).codec());
  expect(again.map(({ event }) => silenced(event))).toEqual(decoded.map(silenced));
  expect(new Set(again.map(({ connection }) => connection))).toEqual(new Set([1, 2]));
  expect(again.flatMap(({ event }) => (event.type === "reply-audio" ? [...event.pcm] : [])).every((s) => s === 0)).toBe(
    true,
  );
});

test("the log says when a line was dialled, opened and lost, and holds no sample and no URL", async () => {
  const { log } = await conversation();
  const entries = entriesIn(log);
  expect(entries.map(({ what }) => what)).toEqual(expect.arrayContaining(["dialled", "opened", "lost"]));
  const times = entries.map(({ ms }) => ms);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(log.join("\n")).not.toMatch(/[A-Za-z0-9+/]{64,}/);
  expect(log.join("\n")).not.toContain("ws://");
});

test("what leads into a conversation is a secret, and sound is kept only when it is asked for", () => {
  const message = { setup: { sessionResumption: { handle: "abc" } }, audio: SOUND, text: "audio", delta: "Open" };
  expect(redacted(message, { audio: false })).toEqual({
    setup: { sessionResumption: { handle: "(secret)" } },
    audio: "(audio of 1920 bytes)",
    text: "audio",
    delta: "Open",
  });
  expect(redacted(message, { audio: true })).toMatchObject({
    audio: SOUND,
    setup: { sessionResumption: { handle: "(secret)" } },
  });
  expect(restored({ audio: "(audio of 6 bytes)" })).toEqual({ audio: Buffer.alloc(6).toString("base64") });
});

test("any message without sound and secrets survives the log unchanged", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const message: unknown = { type: "x", value };
      const clean = JSON.stringify(redacted(message, { audio: false })) === JSON.stringify(message);
      fc.pre(clean);
      expect(restored(JSON.parse(JSON.stringify(message)))).toEqual(JSON.parse(JSON.stringify(message)));
    }),
  );
});

test("what is not JSON is counted, not kept; a line that cannot be dialled is lost with its reason", () => {
  const log: WireEntry[] = [];
  const provider = recorded(scripted(SCRIPT), {
    dialer: {
      dial: () => {
        throw new ProviderError("connection-failed", "scripted", "nobody there");
      },
    },
    now: () => 0,
    write: (entry) => log.push(entry),
    number: numbers(),
    audio: false,
  });
  expect(() => provider.dialer?.dial({ url: "wss://model.example/v1?key=secret", headers: {} }, "scripted")).toThrow(
    "nobody",
  );
  expect(JSON.stringify(log)).not.toContain("secret");
  expect(log[0]).toMatchObject({ what: "dialled", host: "model.example" });
});

test.each([
  ["not json", /not JSON/],
  ['{"ms":1}', /what/],
  ['{"ms":1,"connection":0,"what":"opened"}', /connection/],
])("a line %s is refused with what is wrong", (line, reason) => {
  expect(parseEntry(line)).toMatchObject({ problem: expect.stringMatching(reason) as string });
});
