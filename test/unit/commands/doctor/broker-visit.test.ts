import { concat, NEVER, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type BrokerVisit, visitBroker } from "../../../../src/commands/doctor/probes/broker-visit.ts";
import { BrokerError } from "../../../../src/mqtt/broker-error.ts";
import type { Broker, BrokerClient, BrokerEvent } from "../../../../src/mqtt/broker-link.ts";

const ROOT = "vehicle/v1/test";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (topic: string, payload: unknown, retained = true): BrokerEvent => ({
  type: "message",
  message: { topic: `${ROOT}/${topic}`, payload: Buffer.from(JSON.stringify(payload)), retained, userProperties: {} },
});
const publish = vi.fn();
const UP: BrokerEvent = { type: "up", publish };
const CATALOGUE = message("meta/catalog", { profile: "p", signals: {}, services: [] });
const GATEWAY = message("presence/gateway", { state: "online", role: "gateway" });
const BEAT = message("meta/clock", { at: "2026-05-01T12:00:00Z" }, false);

async function visit(connect: Broker["connect"], waitMs: number): Promise<BrokerVisit | "listening"> {
  const visiting = visitBroker({ connect }, ROOT);
  await vi.advanceTimersByTimeAsync(waitMs);
  return await Promise.race([visiting, Promise.resolve("listening" as const)]);
}

describe("a visit to a broker", () => {
  test("ends as soon as nothing more is to be learnt, and has said nothing", async () => {
    let asked: BrokerClient | undefined;
    const seen = await visit((client) => {
      asked = client;
      return concat(of(UP, CATALOGUE, GATEWAY, BEAT), NEVER);
    }, 0);
    expect(seen).toMatchObject({ up: true, beats: true, catalogue: { profile: "p" }, gateway: { role: "gateway" } });
    expect(publish).not.toHaveBeenCalled();
    expect(asked?.will).toBeUndefined();
    expect(asked?.farewell).toBeUndefined();
    expect(asked?.clientId).toBe("agent-doctor");
  });

  test("listens for a heartbeat for 2.5 s after it got in; a stored one is none", async () => {
    const stored = message("meta/clock", { mode: "real", rate: 1, at: "2026-05-01T12:00:00Z" });
    const connect = () => concat(of(UP, CATALOGUE, GATEWAY, stored), NEVER);
    expect(await visit(connect, 2_400)).toBe("listening");
    expect(await visit(connect, 2_500)).toMatchObject({ beats: false, lastBeatAt: "2026-05-01T12:00:00Z" });
  });

  test("what cannot be read is told, or as if it were not there", async () => {
    const bad = [message("meta/catalog", { profile: 7 }), message("presence/gateway", "x"), message("meta/clock", 3)];
    const seen = await visit(() => concat(of(UP, ...bad), NEVER), 2_500);
    expect(seen).toEqual({
      up: true,
      denied: [],
      beats: false,
      badCatalogue: expect.stringContaining("profile") as string,
    });
  });

  test("what is denied is collected", async () => {
    const denied: BrokerEvent = { type: "denied", reason: "not-authorized", topic: `${ROOT}/state/#`, detail: "" };
    expect(await visit(() => concat(of(UP, denied), NEVER), 2_500)).toMatchObject({ denied: [`${ROOT}/state/#`] });
  });

  test("a broker that is not there, a connection that breaks, an error of any kind", async () => {
    const error = new BrokerError("refused", "no");
    const down: BrokerEvent = { type: "down", error };
    expect(await visit(() => throwError(() => error), 0)).toMatchObject({ up: false, error });
    expect(await visit(() => concat(of(UP, down), NEVER), 0)).toMatchObject({ error });
    expect(await visit(() => throwError(() => new Error("x")), 0)).toMatchObject({ error: { code: "unreachable" } });
  });
});
