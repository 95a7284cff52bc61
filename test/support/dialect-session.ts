import { readFileSync } from "node:fs";
import { Subject } from "rxjs";
import { onTestFinished, vi } from "vitest";

import type { Dialect, HangUp } from "../../src/engine/dialects/dialect.ts";
import type { ClientMessage } from "../../src/engine/engine-event.ts";
import { engineSession } from "../../src/engine/engine-session.ts";
import type { Speech } from "../../src/engine/speak/speech.ts";
import { FakeHearing, fakeSpeech } from "./engine-fakes.ts";

export type Message = Readonly<Record<string, unknown>>;

interface Example {
  readonly direction: "client" | "server";
  readonly event: Message;
}

/** The documented messages of a dialect, in their order. */
export function examplesOf(dialect: string, direction: Example["direction"]): readonly Message[] {
  const path = new URL(`../fixtures/providers/${dialect}/protocol.jsonl`, import.meta.url);
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Example)
    .flatMap((line) => (line.direction === direction ? [line.event] : []));
}

/** A session with an ear that hears these lines, spoken to and heard in a dialect. */
export function dialectSession(
  dialect: Dialect,
  { lines = [], speech = fakeSpeech() }: { lines?: string[]; speech?: Speech } = {},
) {
  const messages$ = new Subject<ClientMessage>();
  const heard: Message[] = [];
  const ends: HangUp[] = [];
  const ears: FakeHearing[] = [];
  const ports = {
    sessionId: "sess_1",
    speech,
    openHearing: (grammar: ConstructorParameters<typeof FakeHearing>[1]) => {
      const ear = new FakeHearing(lines, grammar);
      ears.push(ear);
      return Promise.resolve(ear);
    },
  };
  const running = engineSession(messages$, ports, dialect.defaults).subscribe((event) => {
    heard.push(...(dialect.encode(event) as Message[]));
    const end = dialect.hangUp?.(event);
    if (end !== undefined) ends.push(end);
  });
  onTestFinished(() => running.unsubscribe());
  return {
    heard,
    ends,
    ears,
    send: (...messages: unknown[]) => {
      for (const message of messages.flatMap((one) => dialect.decode(one))) messages$.next(message);
    },
    /** The ear is opened in the background. */
    listening: () =>
      vi.waitFor(() => {
        if (ears.length === 0) throw new Error("no ear yet");
      }),
  };
}

/** 10 frames of 20 ms of a sound at 16 kHz, and enough silence to end it; as base64. */
export function soundOf(rateHz: number): readonly string[] {
  const frame = (sample: number): string =>
    Buffer.from(new Int16Array(rateHz / 50).fill(sample).buffer).toString("base64");
  return [...Array.from({ length: 10 }, () => frame(900)), ...Array.from({ length: 12 }, () => frame(0))];
}
