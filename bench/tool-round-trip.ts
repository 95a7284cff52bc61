import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
  concatMap,
  defer,
  filter,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  type Observable,
  of,
  range,
  skip,
  switchMap,
  take,
  tap,
  toArray,
} from "rxjs";
import type { Role } from "../src/mqtt/acl.ts";
import { carLink } from "../src/mqtt/car-link.ts";
import { mqttConnection } from "../src/mqtt/connection.ts";
import { embeddedBroker } from "../src/mqtt/embedded-broker.ts";
import { vehicleLink } from "../src/mqtt/vehicle-link.ts";
import { commandId } from "../src/policy/command-id.ts";
import { judge } from "../src/policy/judge.ts";
import { loadPolicy } from "../src/policy/load-policy.ts";
import { createOutbox, type Outbox } from "../src/policy/outbox.ts";
import type { Behavior } from "../src/shared/behavior.ts";
import { callMemory } from "../src/tools/call-memory.ts";
import { callTool } from "../src/tools/call-tool.ts";
import { TOOLS } from "../src/tools/index.ts";
import type { VehicleSnapshot } from "../src/vehicle/signal.ts";
import type { CarCatalogue } from "../src/vehicle/vehicle-bus.ts";
import { vehicleState } from "../src/vehicle/vehicle-state.ts";
import { ROOT, type RunningBroker } from "../test/support/broker.ts";
import { MOSQUITTO, startMosquitto } from "../test/support/mosquitto.ts";
import type { Car, CarStep } from "../vehicle-sim/gateway/car.ts";
import { executor } from "../vehicle-sim/gateway/executor.ts";
import { catalogueOf, loadProfile } from "../vehicle-sim/profile.ts";
import { type Benchmark, type Figure, p50p99 } from "./figures.ts";

const CALLS = 500;
const WARM_UP = 20;

/** A car that does everything at once, so that only the way there and back is measured. */
const INSTANT: Car = {
  execute: (command) =>
    of<CarStep[]>(
      { phase: "accepted", final: false },
      {
        phase: "done",
        final: true,
        ops: command.type === "set-signals" ? command.ops.map(({ path, value }) => ({ path, value })) : [],
      },
    ),
};

/** A model's call → parse, plan, policy, outbox, MQTT, executor, MQTT, result. The socket to the model is not part of it. */
export const toolRoundTrip: Benchmark = {
  name: "tool-round-trip",
  about: "tool call → car's final answer → result, loopback broker, instant actuator",
  run: async () => [
    ...(existsSync(MOSQUITTO) ? [await measured("Mosquitto", () => startMosquitto())] : []),
    await measured("embedded broker", () => embeddedBroker({ root: ROOT })),
  ],
};

type Running = Pick<RunningBroker, "port" | "credentials" | "close">;

async function measured(name: string, start: () => Promise<Running>): Promise<Figure> {
  const broker = await start();
  try {
    const samples = await roundTrips(broker);
    return { what: `${name}, p50 / p99`, target: "p99 15 ms", measured: p50p99(samples), n: samples.length };
  } finally {
    await broker.close();
  }
}

async function roundTrips({ port, credentials }: Running): Promise<readonly number[]> {
  const as = (role: Role) => mqttConnection({ url: `mqtt://127.0.0.1:${port}`, ...credentials(role) });
  const catalogue = catalogueOf(loadProfile("hatchback-ev"));
  const car = carLink({
    broker: as("gateway"),
    root: ROOT,
    clientId: "gateway",
    instance: randomUUID(),
    simulated: false,
  });
  car.publishCatalogue(catalogue);
  const { bus, link } = vehicleLink({
    broker: as("agent"),
    root: ROOT,
    clientId: "agent",
    instance: randomUUID(),
  });
  const driving$ = car.commands$.pipe(
    executor({ car: INSTANT, catalogue, limits: { perSecond: Infinity, perSecondAndTarget: Infinity } }),
    tap(({ replyTo, update }) => car.respond(replyTo, update)),
    ignoreElements(),
  );
  const samples$ = link.ready$.pipe(
    filter(Boolean),
    take(1),
    switchMap(() => calls(vehicleState(bus), createOutbox({ link }), catalogue)),
  );
  return firstValueFrom(merge(driving$, samples$));
}

/** One call after the other; the agent's own limits, which would slow them down, are left out. */
function calls(
  vehicle$: Behavior<VehicleSnapshot>,
  outbox: Outbox,
  catalogue: CarCatalogue,
): Observable<readonly number[]> {
  const instance = randomUUID();
  const policy = loadPolicy();
  const tool = TOOLS.find(({ name }) => name === "climate_set_temperature");
  const one = (index: number) =>
    defer(() => {
      const startedAt = performance.now();
      const callId = `call-${index}`;
      const args = { celsius: 18 + (index % 17) / 2 };
      return callTool(
        tool,
        { callId, name: "climate_set_temperature", args },
        {
          memory: callMemory(),
          snapshot: () => vehicle$.value,
          catalogue: () => catalogue,
          judge: (command) =>
            judge(command, { vehicle: vehicle$.value, seat: "Row1.DriverSide", origin: "voice" }, policy),
          send: (command) => {
            const id = commandId({ instance, session: "1", call: callId, index: 0 });
            const author = { agent: instance, seat: "Row1.DriverSide", turn: "1", origin: "voice" } as const;
            return { commandId: id, updates$: outbox.send(command, { id, author }) };
          },
          onError: (error) => {
            throw error;
          },
        },
      ).pipe(
        filter((event) => event.type === "result"),
        map(({ result }) => {
          if (result.status !== "done") throw new Error(`the call ended as ${result.status}: ${result.say}`);
          return performance.now() - startedAt;
        }),
        take(1),
      );
    });
  return range(0, WARM_UP + CALLS).pipe(concatMap(one), skip(WARM_UP), toArray());
}
