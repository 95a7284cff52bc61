import { BehaviorSubject, Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { nullSpeaker } from "../../src/audio/null-speaker.ts";
import type { SpeakerDevice } from "../../src/audio/speaker.ts";
import type { VoiceEvent } from "../../src/turn/voice-detector.ts";
import { PATHS } from "../../src/vehicle/paths.ts";
import { AskingAgent, type AskingAgentOptions, openWindow, unlock } from "../support/asking-agent.ts";

describe("an agent that asks its driver", () => {
  let agent: AskingAgent;
  const started = async (options?: AskingAgentOptions): Promise<AskingAgent> => {
    agent = new AskingAgent(options);
    await agent.pass(2_000);
    return agent;
  };

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    agent.stop();
    vi.useRealTimers();
  });

  test("sends what needs a yes once, with the policy's nonce, after the yes", async () => {
    await started();
    await agent.ask();
    expect(agent.sent).toEqual([]);
    expect(agent.ear.isListening).toBe(true);
    agent.ear.hears("yes");
    agent.ear.hears("yes");
    await agent.pass(2_000);
    expect(agent.sent).toMatchObject([{ confirmed: true }]);
    // The answer is a turn of its own.
    expect(agent.events).toContainEqual(expect.objectContaining({ type: "command", turn: 2 }));
    expect(agent.openings.at(-1)).toBe("follow-up");
    await agent.pass(20_000);
    expect(agent.state).toBe("asleep");
    expect(agent.ear.open).toBe(0);
  });

  test("a question that is never asked aloud is answered by nobody, though the model said something before", async () => {
    await started();
    agent.isMute = true;
    await agent.ask(unlock("c1"), { ackMs: 500 });
    await agent.pass(25_000);
    expect(agent.openings).toEqual(["wake"]);
    expect(agent.ear.heard).toEqual([]);
  });

  test.for([0, 500])(
    "a link that is lost in the question (%d ms acknowledged) opens no window, and ends the question",
    async (ackMs) => {
      await started();
      agent.speak();
      agent.reply({ ms: ackMs, calls: [unlock("c1")] });
      await agent.pass(ackMs + 300);
      agent.model.drop();
      expect(agent.events).toContainEqual(expect.objectContaining({ type: "answered", answer: "silence" }));
      await agent.pass(5_000);
      expect(agent.openings).toEqual(["wake"]);
      expect(agent.ear.heard).toEqual([]);
      expect(agent.ear.open).toBe(0);
    },
  );

  test("a speaker that is replaced in the middle of the question leaves it half heard: no window opens", async () => {
    const device: SpeakerDevice = { name: "test", latencyMs: 0, write: () => undefined, flush: () => undefined };
    const speaker$ = new BehaviorSubject(device);
    await started({ speaker$ });
    agent.speak();
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(300);
    speaker$.next({ ...device, name: "another" });
    await agent.pass(5_000);
    expect(agent.openings).toEqual(["wake"]);
  });

  test("a question that the model did not get to the end of opens no window", async () => {
    await started();
    agent.isMute = true;
    agent.speak();
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(100);
    agent.reply({ status: "incomplete" });
    await agent.pass(5_000);
    expect(agent.openings).toEqual(["wake"]);
  });

  test("who speaks over a question does not end it, though the reply before it could have been interrupted", async () => {
    const voice$ = new Subject<VoiceEvent>();
    await started({ voice: { detect: () => voice$ } });
    agent.speak();
    agent.reply({ ms: 1_000, calls: [unlock("c1")] });
    await agent.pass(1_100);
    voice$.next({ type: "onset", atMs: performance.now() });
    voice$.next({ type: "voiced", ms: 400, atMs: performance.now() });
    await agent.pass(1_000);
    expect(agent.openings).toEqual(["wake", "confirmation"]);
  });

  test("what is typed takes the place of the answer: the reply to it opens no window for a yes", async () => {
    await started();
    agent.speak();
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(300);
    agent.type();
    await agent.pass(5_000);
    expect(agent.ear.heard).toEqual([]);
    agent.ear.hears("yes");
    expect(agent.sent).toEqual([]);
  });

  test("who says the wake word before the question has been heard is listened to", async () => {
    await started();
    agent.speak();
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(300);
    agent.wake();
    const before = agent.captured;
    await agent.pass(200, { sound: true });
    expect(agent.model.heard.filter((frame) => frame > before)).toHaveLength(10);
    expect(agent.events).toContainEqual({ type: "gate-opened", turn: 2, reason: "wake", preRollBytes: 0 });
    agent.speechStopped();
    agent.reply({ calls: [unlock("c2")] });
    expect(agent.events).toContainEqual(expect.objectContaining({ type: "call", turn: 2 }));
  });

  test("what is typed while the answer is listened for ends the listening before the agent speaks", async () => {
    await started();
    await agent.ask();
    await agent.pass(200, { sound: true });
    expect(agent.ear.heard).toHaveLength(1);
    agent.type();
    const before = agent.captured;
    await agent.pass(2_000, { sound: true });
    expect(Math.max(...agent.ear.heard.flat())).toBeLessThanOrEqual(before + 1);
    expect(agent.ear.isListening).toBe(false);
    expect(agent.events.filter(({ type }) => type === "gate-closed")).toHaveLength(2);
  });

  test("nobody is listened to after a reply to what was typed, nor where that is not wanted", async () => {
    await started();
    agent.speak();
    agent.reply();
    await agent.pass(10_000);
    agent.type();
    await agent.pass(5_000);
    agent.stop();
    const typed = agent.openings;
    await started({ followUpMs: 0 });
    agent.speak();
    agent.reply();
    await agent.pass(5_000);
    expect([typed, agent.openings]).toEqual([["wake", "follow-up"], ["wake"]]);
  });

  test("what is typed in a follow-up window does not make it hear the agent itself", async () => {
    await started();
    agent.speak();
    agent.reply();
    await agent.pass(1_000);
    expect(agent.openings).toEqual(["wake", "follow-up"]);
    agent.type();
    await agent.pass(100);
    const before = agent.captured;
    await agent.pass(400, { sound: true });
    expect(agent.state).toBe("speaking");
    expect(agent.model.heard.filter((frame) => frame > before + 2)).toEqual([]);
  });

  test("a question that a yes leads to, because the car is not as it was, is asked and answered like any other", async () => {
    const car: Record<string, unknown> = { [PATHS.rain]: 40 };
    await started({ car });
    await agent.ask(openWindow("c1"));
    car[PATHS.rain] = 0;
    car[PATHS.airConditioning] = true;
    agent.ear.hears("yes");
    await agent.pass(2_000);
    expect(agent.sent).toEqual([]);
    expect(agent.openings).toEqual(["wake", "confirmation", "confirmation"]);
    expect(agent.ear.isListening).toBe(true);
    agent.ear.hears("yes");
    await agent.pass(100);
    expect(agent.sent).toHaveLength(1);
  });

  test("who says something new in an open window takes the place of a question that came up meanwhile", async () => {
    await started();
    agent.speak();
    agent.reply();
    await agent.pass(1_000);
    agent.isMute = true;
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(100);
    agent.speechStarted();
    agent.speechStopped();
    agent.reply();
    await agent.pass(2_000);
    expect(agent.ear.heard).toEqual([]);
    expect(agent.openings.at(-1)).toBe("follow-up");
  });

  test.for(["wake", "typed", "unheard"])("the recogniser is not left open when nobody answers (%s)", async (how) => {
    await started();
    agent.isMute = how === "unheard";
    agent.speak();
    agent.reply({ ms: 0, calls: [unlock("c1")] });
    await agent.pass(200);
    expect(agent.ear.open).toBe(1);
    if (how === "wake") agent.wake();
    else if (how === "typed") agent.type();
    else await agent.pass(31_000);
    expect(agent.ear.open).toBe(0);
  });

  test("a server that never says that speech began, and answers nothing, does not open window after window", async () => {
    await started({ speaker$: nullSpeaker() });
    agent.speak();
    agent.reply();
    await agent.pass(1_000);
    agent.speechStopped();
    await agent.pass(30_000);
    expect(agent.openings).toEqual(["wake", "follow-up"]);
    expect(agent.state).toBe("asleep");
  });
});
