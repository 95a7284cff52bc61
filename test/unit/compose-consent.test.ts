import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { PATHS } from "../../src/vehicle/paths.ts";
import { AskingAgent, idOf, openWindow, unlock } from "../support/asking-agent.ts";

const ACK_MS = 500;
const ANSWER_WITHIN_MS = 15_000;
/** Between what the test does and what the agent makes of it. */
const SLACK_MS = 300;

type Step =
  /** The driver wants something that needs a yes. `acknowledge`: the model says something at once. */
  | "ask"
  | "acknowledge"
  | "window"
  /** The same, but the model never puts the question, or only half of it. */
  | "unasked"
  | "half-asked"
  /** The model has an idea of its own. */
  | "idea"
  | "yes"
  | "no"
  | "other"
  | "wake"
  | "type"
  | "drop"
  | "speech-started"
  | "speech-stopped"
  | "moment"
  | "breathe"
  | "wait";

interface Live {
  readonly callId: string;
  readonly replies: number;
}

/** Plays the steps, and keeps by the rules alone, knowing nothing of the agent's insides, which question a yes may be for. */
class Consent {
  readonly agent = new AskingAgent({ car: { [PATHS.rain]: 40 } });
  readonly wrong: string[] = [];
  #live: Live | undefined;
  #calls = 0;
  #events = 0;
  #sent = 0;
  #sessions = 0;

  async play(steps: readonly Step[]): Promise<void> {
    await this.agent.pass(2_000);
    for (const step of steps) {
      const isYes = step === "yes" && this.agent.ear.isListening;
      const due = isYes ? this.#due() : undefined;
      await this.#take(step);
      this.#follow(step, due);
    }
    await this.agent.pass(60_000);
    this.#follow("wait", undefined);
    this.agent.stop();
  }

  /** The call that a yes would be for now: its question has been heard, to the end, at most 15 s ago. */
  #due(): string | undefined {
    if (this.#live === undefined) return undefined;
    const question = this.agent.replies[this.#live.replies];
    if (question?.isWhole !== true) return undefined;
    const sinceMs = performance.now() - question.atMs - question.ms;
    return sinceMs >= 0 && sinceMs <= ANSWER_WITHIN_MS + ACK_MS + SLACK_MS ? this.#live.callId : undefined;
  }

  #follow(step: Step, due: string | undefined): void {
    for (const { id, confirmed } of this.agent.sent.slice(this.#sent)) {
      const isDue = due !== undefined && this.#idsOf(due).includes(id);
      if (step !== "yes" || !isDue || !confirmed) this.wrong.push(`${step}: sent what nobody said yes to`);
    }
    this.#sent = this.agent.sent.length;
  }

  #idsOf(callId: string): readonly string[] {
    return Array.from({ length: this.#sessions + 1 }, (_, session) => idOf(callId, session));
  }

  async #take(step: Step): Promise<void> {
    const { agent } = this;
    const isAnswered = agent.ear.isListening && (step === "no" || step === "other" || step === "yes");
    const isNewWish = (step === "wake" && !agent.ear.isListening) || step === "type" || step === "drop";
    if (isAnswered || isNewWish) this.#live = undefined;
    await this.#act(step);
    for (const event of agent.events.slice(this.#events)) {
      if (event.type === "ready") this.#sessions += 1;
      if (event.type !== "verdict" || event.verdict !== "ask") continue;
      this.#live = { callId: event.callId, replies: agent.replies.length };
    }
    this.#events = agent.events.length;
  }

  async #act(step: Step): Promise<void> {
    const { agent } = this;
    const acts: Partial<Record<Step, () => void | Promise<void>>> = {
      yes: () => agent.ear.hears("yes"),
      no: () => agent.ear.hears("no"),
      other: () => agent.ear.hears("other"),
      wake: () => this.#wake(),
      type: () => agent.type(),
      drop: () => agent.model.drop(),
      "speech-started": () => agent.speechStarted(),
      "speech-stopped": () => agent.speechStopped(),
      moment: () => agent.pass(100, { sound: true }),
      breathe: () => agent.pass(1_000),
      wait: () => agent.pass(16_000),
    };
    await (acts[step] ?? (() => this.#want(step)))();
  }

  /** Whatever waits, whoever says the wake word is listened to. */
  async #wake(): Promise<void> {
    const { agent } = this;
    const isAnswer = agent.ear.isListening;
    agent.wake();
    await agent.pass(20);
    const { length } = agent.model.heard;
    agent.capture();
    const isHeard = isAnswer || !agent.isConnected || agent.model.heard.length > length;
    if (!isHeard) this.wrong.push("wake: nobody listens");
  }

  async #want(step: Step): Promise<void> {
    const { agent } = this;
    if (step !== "idea") {
      // The wake word in a window is heard there.
      if (!agent.ear.isListening) this.#live = undefined;
      agent.speak();
      await agent.pass(20);
    }
    this.#calls += 1;
    const call = (step === "window" ? openWindow : unlock)(`c${this.#calls}`);
    agent.isMute = step === "unasked" || step === "half-asked";
    agent.reply({ ms: step === "acknowledge" || step === "unasked" ? ACK_MS : 0, calls: [call] });
    if (step !== "half-asked") return;
    await agent.pass(50);
    agent.reply({ status: "incomplete" });
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what needs a yes is sent at most once, and only after a yes to its own question, heard in time and last of all", async () => {
  const one = (...steps: Step[]) => fc.constantFrom(...steps).map((step) => [step]);
  const many = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: one("ask", "acknowledge", "window", "unasked", "half-asked", "idea") },
      { weight: 6, arbitrary: one("moment", "breathe", "breathe", "wait") },
      { weight: 6, arbitrary: one("yes", "yes", "no", "other") },
      { weight: 3, arbitrary: one("wake", "type", "drop", "speech-started", "speech-stopped") },
      { weight: 2, arbitrary: fc.constant<Step[]>(["ask", "breathe", "yes"]) },
      { weight: 1, arbitrary: fc.constant<Step[]>(["acknowledge", "breathe", "breathe", "yes", "yes"]) },
    ),
    { minLength: 2, maxLength: 30 },
  );
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(many, async (steps) => {
      const consent = new Consent();
      await consent.play(steps.flat());
      const { agent, wrong } = consent;
      sent += agent.sent.length;
      expect(wrong).toEqual([]);
      expect(new Set(agent.sent.map(({ id }) => id)).size).toBe(agent.sent.length);
      expect(agent.heardItself).toEqual([]);
      // And nothing waits for ever.
      expect([agent.state ?? "asleep", agent.ear.isListening, agent.ear.open]).toEqual(["asleep", false, 0]);
    }),
    { numRuns: 80 },
  );
  expect(sent).toBeGreaterThan(10);
}, 60_000);
