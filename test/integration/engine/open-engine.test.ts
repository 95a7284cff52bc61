import { firstValueFrom, lastValueFrom, NEVER, Subject, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { joined } from "../../../src/audio/resample.ts";
import { type Engine, openEngine } from "../../../src/engine/open-engine.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../../../src/engine/speak/speech.ts";
import { local } from "../../../src/providers/local.ts";
import { converse } from "../../../src/session/converse.ts";
import { openSession } from "../../../src/session/open-session.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio, SPEC } from "../../support/session.ts";

/** The engine as it is shipped, models and all, and somebody who talks to it. */
let engine: Engine;
let driver: Speech;

beforeAll(async () => {
  [engine, driver] = await Promise.all([openEngine({ instance: "test" }), openSpeech()]);
}, 60_000);

afterAll(async () => {
  driver.close();
  await engine.close();
});

async function conversation() {
  const events: SessionEvent[] = [];
  const commands$ = new Subject<SessionCommand>();
  const running = converse(local(engine), SPEC, commands$).subscribe((event) => events.push(event));
  onTestFinished(() => running.unsubscribe());
  const until = (type: SessionEvent["type"], times = 1) =>
    vi.waitFor(() => expect(events.filter((event) => event.type === type)).toHaveLength(times), { timeout: 20_000 });
  await until("session-ready");
  const say = async (text: string, voice: Voice): Promise<void> => {
    const clauses = await lastValueFrom(driver.speak({ text, voice, rateHz: 16_000 }).pipe(toArray()));
    const pcm = joined([new Int16Array(4_800), ...clauses, new Int16Array(16_000)]);
    for (let at = 0; at < pcm.length; at += 320) {
      const frame = audio(0);
      frame.frame.pcm.set(pcm.subarray(at, at + 320));
      commands$.next(frame);
    }
  };
  return { events, say, until, send: (command: SessionCommand) => commands$.next(command) };
}

describe("the embedded engine", () => {
  test("hears a spoken order, calls the tool, and says what came of it", async () => {
    const { events, say, until, send } = await conversation();
    await say("jarvis, open the driver window", "slt");
    await until("reply-ended");
    const call = events.find((event) => event.type === "tool-call");
    expect(call).toMatchObject({ name: "window_set", args: { zone: "driver", percent: 100 } });
    send({ type: "tool-result", callId: call?.callId ?? "", output: { status: "done", say: "The window is open." } });
    send({ type: "create-reply" });
    await until("reply-ended", 2);
    const texts = events.flatMap((event) => (event.type === "reply-text" && event.final ? [event.text] : []));
    expect(texts).toEqual(["Okay.", "The window is open."]);
    const seconds =
      events.reduce((sum, event) => sum + (event.type === "reply-audio" ? event.pcm.length : 0), 0) / 24_000;
    expect(seconds).toBeGreaterThan(1);
  });

  test("serves two conversations at once", async () => {
    const [ada, kai] = [await conversation(), await conversation()];
    await Promise.all([ada.say("close the passenger window", "slt"), kai.say("open the passenger window", "rms")]);
    await Promise.all([ada.until("reply-ended"), kai.until("reply-ended")]);
    const percentOf = ({ events }: typeof ada) => events.find((event) => event.type === "tool-call")?.args;
    expect([percentOf(ada), percentOf(kai)]).toMatchObject([{ percent: 0 }, { percent: 100 }]);
  });

  test("asks in each run for a token of that run", async () => {
    const other = await openEngine();
    onTestFinished(() => other.close());
    expect(other.token).toMatch(/^[\w-]{32}$/);
    const error = firstValueFrom(openSession(local({ url: other.url, token: engine.token }), SPEC, NEVER));
    await expect(error).rejects.toMatchObject({ code: "refused", status: 401 });
  });

  test("does not start twice on one port, and says which", async () => {
    const { port } = new URL(engine.url);
    await expect(openEngine({ port: Number(port) })).rejects.toThrow(`port ${port} on 127.0.0.1 is already in use`);
  });

  test("names the model that is not there", async () => {
    await expect(openEngine({ hearingModel: "/no/such/model" })).rejects.toMatchObject({
      code: "models-missing",
      message: expect.stringContaining("/no/such/model") as string,
    });
  });
});
