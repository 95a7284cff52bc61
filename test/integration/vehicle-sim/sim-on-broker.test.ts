import { randomUUID } from "node:crypto";
import { filter, firstValueFrom, Subscription, take, timeout, toArray } from "rxjs";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { carLink } from "../../../src/mqtt/car-link.ts";
import { mqttConnection } from "../../../src/mqtt/connection.ts";
import { type EmbeddedBroker, embeddedBroker } from "../../../src/mqtt/embedded-broker.ts";
import { topicRoot } from "../../../src/mqtt/topics.ts";
import { vehicleLink } from "../../../src/mqtt/vehicle-link.ts";
import type { ApprovedCommand } from "../../../src/policy/command-link.ts";
import type { CommandUpdate, VehicleCommand } from "../../../src/vehicle/command.ts";
import { vehicleState } from "../../../src/vehicle/vehicle-state.ts";
import { loadProfile } from "../../../vehicle-sim/profile.ts";
import { type SimOptions, simulateCar } from "../../../vehicle-sim/sim.ts";

const root = topicRoot({ vid: "sim-1" });
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked";

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await embeddedBroker({ root });
  return () => broker.close();
});

/** A simulated car and an agent's end of the contract, on a broker with users and access rules. */
async function drive(options: Partial<SimOptions> = {}) {
  const connect = (role: "simulator" | "agent") => mqttConnection({ url: broker.url, ...broker.credentials(role) });
  const agent = vehicleLink({ broker: connect("agent"), root, clientId: "agent", instance: randomUUID() });
  const vehicle$ = vehicleState(agent.bus);
  const updates: CommandUpdate[] = [];
  const running = new Subscription();
  onTestFinished(() => running.unsubscribe());
  running.add(vehicle$.subscribe());
  running.add(agent.link.updates$.subscribe((update) => updates.push(update)));
  const catalogue = firstValueFrom(agent.bus.catalogue$.pipe(timeout(10_000)));
  const online = firstValueFrom(agent.link.ready$.pipe(filter((ready) => ready)));
  running.add(
    simulateCar({
      link: (clock) =>
        carLink({
          broker: connect("simulator"),
          root,
          clientId: "simulator",
          instance: randomUUID(),
          simulated: true,
          clock,
        }),
      profile: loadProfile("hatchback-ev"),
      seed: 1,
      ...options,
    }).subscribe(),
  );
  await online;
  const announced = await catalogue;
  const ask = (command: VehicleCommand): string => {
    const id = randomUUID();
    const author = { agent: "agent", seat: "Row1.DriverSide", turn: "1", origin: "test" } as const;
    agent.link.publish({ id, command: command as ApprovedCommand, author, deadlineMs: 5_000 }, 5_000);
    return id;
  };
  const final = async (id: string): Promise<CommandUpdate | undefined> => {
    await expect.poll(() => updates.some((update) => update.id === id && update.final), { timeout: 10_000 }).toBe(true);
    return updates.find((update) => update.id === id && update.final);
  };
  return { agent, announced, vehicle$, updates, ask, final, read: (path: string) => vehicle$.value.read(path) };
}

describe("the simulated car on a broker", () => {
  test("is known to an agent: what it is, what it can do, how it stands", async () => {
    const { announced, read } = await drive();
    expect(announced).toMatchObject({ profile: "hatchback-ev", services: ["nav.start", "nav.cancel"] });
    await expect.poll(() => read(LOCK)).toMatchObject({ value: true, status: "valid", simulated: true });
    await expect.poll(() => read("Vehicle.Speed")).toMatchObject({ value: 0, status: "valid" });
  });

  test("beats, and keeps its readings valid for longer than they would last", async () => {
    const { agent, read } = await drive();
    await firstValueFrom(agent.bus.heartbeat$.pipe(take(5), toArray(), timeout(15_000)));
    expect(read("Vehicle.Speed").status).toBe("valid");
  });

  test("closes a window in phases, and the signal is there before the answer", async () => {
    const { ask, final, updates, read } = await drive({ start: { [WINDOW]: 30 } });
    const id = ask({ type: "set-signals", ops: [{ path: WINDOW, value: 0 }], wait: "accepted" });
    expect((await final(id))?.phase).toBe("done");
    expect(updates.map(({ phase }) => phase)).toEqual(["accepted", "progress", "progress", "done"]);
    expect(read(WINDOW).value).toBe(0);
  });

  test("does not unlock while it drives", async () => {
    const { ask, final, read } = await drive({ start: { "Vehicle.Speed": 50 } });
    const answer = await final(ask({ type: "set-signals", ops: [{ path: LOCK, value: false }] }));
    expect(answer).toMatchObject({
      phase: "rejected",
      error: { code: "PRECONDITION_FAILED", say: "not_while_driving" },
    });
    expect(read(LOCK).value).toBe(true);
  });

  test("knows the way", async () => {
    const { ask, final, read } = await drive();
    const answer = await final(ask({ type: "call-service", service: "nav.start", args: { name: "airport" } }));
    expect(answer).toMatchObject({ phase: "done", result: { name: "airport" } });
    await expect.poll(() => read("Vehicle.Private.Navigation.DestinationName").value).toBe("airport");
  });

  test("lives faster than time when told to", async () => {
    const { read } = await drive({ speed: 20, drive: [{ atMs: 0, speedKmh: 100 }] });
    const before = Number(read("Vehicle.TraveledDistance").value);
    await expect
      .poll(() => Number(read("Vehicle.TraveledDistance").value) - before, { timeout: 10_000 })
      .toBeGreaterThan(500);
    expect(read("Vehicle.Speed").status).toBe("valid");
  });
});
