import { firstValueFrom, lastValueFrom, type Observable, Subscription, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { MissingError, UsageError } from "../../../../src/commands/explain.ts";
import { sayTurn } from "../../../../src/commands/say/say-turn.ts";
import type { TurnProgress } from "../../../../src/commands/say/turn-progress.ts";
import { type MemoryBroker, memoryBroker } from "../../../../src/mqtt/memory-broker.ts";
import { type VehicleLink, vehicleLink } from "../../../../src/mqtt/vehicle-link.ts";

const ROOT = "vehicle/v1/test";

let broker: MemoryBroker;
let running: Subscription;
beforeEach(() => {
  vi.useFakeTimers();
  broker = memoryBroker({ root: ROOT });
  running = new Subscription();
});
afterEach(() => {
  running.unsubscribe();
  vi.useRealTimers();
});

/** An agent that says of itself what a test tells it to, and answers each typed text. */
function agentThat(
  answer: (say: VehicleLink["say"], text: string) => void,
  facts: object = {},
  state: "idle" | "speaking" = "idle",
) {
  const link = vehicleLink({ broker: broker.as("agent"), root: ROOT, clientId: "agent", instance: "i" });
  link.say.status(state, facts as Readonly<Record<string, unknown>>);
  const texts: string[] = [];
  const living = link.say.text$.subscribe(({ text }) => {
    texts.push(text);
    answer(link.say, text);
  });
  running.add(living);
  return { link, texts, living };
}

function answerAndEnd(say: VehicleLink["say"]): void {
  say.turn({ type: "reply", turn: 1 });
  say.turn({ type: "turn-ended", turn: 1 });
}

const typing = (): Observable<TurnProgress> =>
  sayTurn({ broker: broker.as("hmi"), root: ROOT, clientId: "hmi-1", text: "close the window" });

async function after<T>(result: Promise<T>, ms: number): Promise<unknown> {
  const settled = result.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(ms);
  return await Promise.race([settled, Promise.resolve("still waiting")]);
}

const steps = (all: unknown) => (all as readonly TurnProgress[]).map(({ step }) => step?.type);

describe("one typed turn", () => {
  test("is said once, and told until its end; what a voice says meanwhile is another turn", async () => {
    const { texts } = agentThat((say) => {
      say.turn({ type: "phase", turn: 3, phase: "done" });
      say.turn({ type: "turn-ended", turn: 3 });
      say.turn({ type: "gate-opened", turn: 4 });
      say.turn({ type: "heard", turn: 4, text: "what?" });
      say.turn({ type: "call", turn: 5, callId: "c", name: "window_set" });
      say.turn({ type: "reply", turn: 4, text: "Not yours." });
      say.turn({ type: "result", turn: 5, callId: "c", status: "done", say: "Closed." });
      say.turn({ type: "reply", turn: 5, text: "Closed." });
      say.turn({ type: "turn-ended", turn: 5 });
      say.turn({ type: "reply", turn: 6, text: "Too late." });
    });
    await vi.advanceTimersByTimeAsync(10);
    const all = await after(lastValueFrom(typing().pipe(toArray())), 100);
    expect(steps(all)).toEqual(["call", "result", "reply", "turn-ended"]);
    expect((all as TurnProgress[]).at(-1)).toMatchObject({ replies: ["Closed."], results: ["done"], openCalls: [] });
    expect(texts).toEqual(["close the window"]);
  });

  test("is over some seconds after the answer, when nobody says so", async () => {
    agentThat((say) => say.turn({ type: "reply", turn: 1, text: "Hello." }));
    await vi.advanceTimersByTimeAsync(10);
    const all = lastValueFrom(typing().pipe(toArray()));
    expect(await after(all, 2_900)).toBe("still waiting");
    expect(steps(await after(all, 200))).toEqual(["reply"]);
  });

  test("waits for a call without a result longer than for a second reply", async () => {
    agentThat((say) => {
      say.turn({ type: "call", turn: 1, callId: "c" });
      say.turn({ type: "reply", turn: 1, text: "One moment." });
    });
    await vi.advanceTimersByTimeAsync(10);
    const all = lastValueFrom(typing().pipe(toArray()));
    expect(await after(all, 29_000)).toBe("still waiting");
    expect((await after(all, 2_000)) as TurnProgress[]).toHaveLength(2);
  });

  test("is not said before the agent is idle", async () => {
    const { link, texts } = agentThat(answerAndEnd, {}, "speaking");
    await vi.advanceTimersByTimeAsync(10);
    const all = lastValueFrom(typing().pipe(toArray()));
    expect(await after(all, 5_000)).toBe("still waiting");
    expect(texts).toEqual([]);
    link.say.status("idle");
    expect(steps(await after(all, 100))).toEqual(["reply", "turn-ended"]);
  });
});

describe("no turn", () => {
  test("nobody there", async () => {
    const error = await after(firstValueFrom(typing()), 2_100);
    expect(error).toBeInstanceOf(MissingError);
    expect(String(error)).toContain("No agent runs below vehicle/v1/test");
  });

  test("an agent that has gone before, or goes in the middle", async () => {
    const before = agentThat(() => undefined);
    await vi.advanceTimersByTimeAsync(10);
    const said = firstValueFrom(typing());
    await vi.advanceTimersByTimeAsync(10);
    before.living.unsubscribe();
    expect(await after(said, 100)).toBeInstanceOf(MissingError);
    expect(await after(firstValueFrom(typing()), 100)).toBeInstanceOf(MissingError);
  });

  test("an agent that says that it takes no text is not told any", async () => {
    const { texts } = agentThat(() => undefined, { typedTurns: false });
    await vi.advanceTimersByTimeAsync(10);
    const error = await after(firstValueFrom(typing()), 100);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain("codriver run");
    expect(texts).toEqual([]);
  });

  test("one that says nothing and does nothing", async () => {
    agentThat(() => undefined);
    await vi.advanceTimersByTimeAsync(10);
    const error = await after(firstValueFrom(typing()), 8_100);
    expect(error).toBeInstanceOf(MissingError);
    expect(String(error)).toContain("has not taken the text within 8 s");
  });

  test("one that stays busy", async () => {
    agentThat(() => undefined, {}, "speaking");
    await vi.advanceTimersByTimeAsync(10);
    expect(String(await after(firstValueFrom(typing()), 20_100))).toContain("busy");
  });

  test("a user who may not type, or not listen", async () => {
    agentThat(() => undefined);
    await vi.advanceTimersByTimeAsync(10);
    const observer = sayTurn({ broker: broker.as("observer"), root: ROOT, clientId: "observer", text: "hello" });
    const error = await after(firstValueFrom(observer), 100);
    expect(error).toBeInstanceOf(MissingError);
    expect(String(error)).toContain("--user");
  });

  test("payloads of any other kind are as if they were not there", async () => {
    agentThat((say) => {
      say.turn({ type: "reply" });
      say.turn({ type: 7, turn: 1 });
      say.turn({ type: "reply", turn: -1 });
      say.turn({ type: "reply", turn: 1, text: 8 });
      say.turn({ type: "turn-ended", turn: 1 });
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(steps(await after(lastValueFrom(typing().pipe(toArray())), 100))).toEqual(["reply", "turn-ended"]);
  });
});
