import { randomUUID } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";
import { filter, firstValueFrom, type Observable } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Role } from "../../../src/mqtt/acl.ts";
import { carLink } from "../../../src/mqtt/car-link.ts";
import { mqttConnection } from "../../../src/mqtt/connection.ts";
import { vehicleLink } from "../../../src/mqtt/vehicle-link.ts";
import { ROOT, type RunningBroker, startEmbedded } from "../../support/broker.ts";
import { MOSQUITTO, startMosquitto } from "../../support/mosquitto.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";

const SPEED = "Vehicle.Speed";
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

/** What no well-behaved client would put on a topic: the very bytes. */
const GARBAGE: readonly (readonly [name: string, bytes: string | Buffer])[] = [
  ["nothing", ""],
  ["NaN", "NaN"],
  ["NaN as a value", '{"value":NaN,"status":"valid"}'],
  ["Infinity, as JSON can say it", '{"value":1e999,"status":"valid"}'],
  ["no JSON", "{"],
  ["no UTF-8", Buffer.from('{"value":"\xff","status":"valid"}', "latin1")],
  ["zeros", Buffer.alloc(1_000)],
  ["what is nested too deeply", `{"value":1,"status":"valid","more":${DEEP}}`],
  ["an unknown status", '{"value":1,"status":"perhaps"}'],
  ["a prototype", '{"__proto__":{"value":1},"status":"valid"}'],
];

function hostileBytes(name: string, start: () => Promise<RunningBroker>): void {
  describe(`raw bytes on ${name}`, () => {
    async function setUp() {
      const broker = await start();
      onTestFinished(() => broker.close());
      const url = `mqtt://127.0.0.1:${broker.port}`;
      const as = (role: Role) => mqttConnection({ url, ...broker.credentials(role), random: () => 0 });
      const rogue = async (role: Role): Promise<MqttClient> => {
        const client = await connectAsync(url, { protocolVersion: 5, clientId: role, ...broker.credentials(role) });
        onTestFinished(() => client.endAsync(true));
        return client;
      };
      const agent = vehicleLink({ broker: as("agent"), root: ROOT, clientId: "agent", instance: randomUUID() });
      const faults = collect(agent.faults$);
      await firstValueFrom(agent.broker$.pipe(filter(({ up }) => up)));
      return { as, rogue, agent, faults };
    }

    test("on a state topic: that signal is faulty, keeps its last good value, and is well again with the next", async () => {
      const { agent, rogue, faults } = await setUp();
      const signals = collect(agent.bus.signals$);
      const gateway = await rogue("gateway");
      const topic = `${ROOT}/state/Vehicle/Speed`;
      const say = (bytes: string | Buffer) => gateway.publishAsync(topic, bytes, { qos: 1 });
      for (const [, bytes] of GARBAGE) {
        await say('{"value":42,"status":"valid"}');
        await say(bytes);
      }
      await say('{"value":43,"status":"valid"}');
      await vi.waitFor(() => expect(signals.at(-1)?.reading.value).toBe(43));
      const bad = signals.filter(({ reading }) => reading.status !== "valid");
      expect(bad.map(({ reading: { value, status } }) => [value, status])).toEqual(GARBAGE.map(() => [42, "fault"]));
      // A reading without a value is a fault of the car, not of the wire.
      expect(faults).toHaveLength(GARBAGE.length - 1);
      for (const fault of faults) {
        expect(fault).toMatchObject({ reason: "bad-payload", topic });
        expect(fault.detail.length).toBeLessThanOrEqual(240);
      }
      expect(signals.every(({ path }) => path === SPEED)).toBe(true);
    });

    test("on every other topic the agent hears: named, dropped, and the next message counts", async () => {
      const { agent, rogue, faults } = await setUp();
      const texts = collect(agent.say.text$);
      const gateways = collect(agent.bus.gateway$);
      const [gateway, hmi] = await Promise.all([rogue("gateway"), rogue("hmi")]);
      const aims = ["rsp/agent", "meta/catalog", "presence/gateway", "agent/text", "agent/ptt"] as const;
      for (const aim of aims) {
        const from = aim.startsWith("agent/") ? hmi : gateway;
        for (const [, bytes] of GARBAGE) await from.publishAsync(`${ROOT}/${aim}`, bytes, { qos: 1 });
      }
      await gateway.publishAsync(`${ROOT}/presence/gateway`, '{"state":"online","role":"gateway"}', { qos: 1 });
      await hmi.publishAsync(`${ROOT}/agent/text`, '{"text":"hello"}', { qos: 1 });
      await vi.waitFor(() => expect(texts).toEqual([{ text: "hello" }]));
      await vi.waitFor(() => expect(gateways.at(-1)?.state).toBe("online"));
      for (const aim of aims) {
        expect(faults.filter(({ topic }) => topic === `${ROOT}/${aim}`)).toHaveLength(GARBAGE.length);
      }
      expect(faults.every(({ reason }) => reason === "bad-payload")).toBe(true);
    });

    test("on a command topic: nothing is executed, and the car goes on", async () => {
      const { as, rogue } = await setUp();
      const car = carLink({
        broker: as("simulator"),
        root: ROOT,
        clientId: "simulator",
        instance: randomUUID(),
        simulated: true,
      });
      const [commands, stage, faults] = [collect(car.commands$), collect(car.stage$), collect(car.faults$)];
      await firstValueFrom(car.broker$);
      const tester = await rogue("tester");
      const properties = { responseTopic: `${ROOT}/rsp/tester`, messageExpiryInterval: 5 };
      const agent = await rogue("agent");
      for (const [, bytes] of GARBAGE) {
        await agent.publishAsync(`${ROOT}/cmd/signal/set`, bytes, { qos: 1, properties });
        await agent.publishAsync(`${ROOT}/cmd/nav/start`, bytes, { qos: 1, properties });
      }
      await tester.publishAsync(`${ROOT}/sim/cmd/set`, "NaN", { qos: 1 });
      await tester.publishAsync(`${ROOT}/sim/cmd/set`, '{"speed":1}', { qos: 1 });
      await vi.waitFor(() => expect(stage).toMatchObject([{ name: "set", payload: { speed: 1 } }]));
      await vi.waitFor(() => expect(faults).toHaveLength(2 * GARBAGE.length + 1));
      expect(commands).toEqual([]);
    });

    test("in a topic's own name: no signal comes of it, and the name is told", async () => {
      const { agent, rogue, faults } = await setUp();
      const signals = collect(agent.bus.signals$);
      const gateway = await rogue("gateway");
      const names = ["Vehicle//Speed", "Vehicle/Speed/", "Vehicle.Speed", "Vehicle/Sp eed", "Vehicle/$Speed", "Ünit"];
      for (const name of names) await gateway.publishAsync(`${ROOT}/state/${name}`, '{"value":1}', { qos: 1 });
      await gateway.publishAsync(`${ROOT}/state/Vehicle/Speed`, '{"value":2}', { qos: 1 });
      await vi.waitFor(() => expect(signals.map(({ path, reading }) => [path, reading.value])).toEqual([[SPEED, 2]]));
      expect(faults.map(({ reason, topic }) => [reason, topic])).toEqual(
        names.map((name) => ["unknown-topic", `${ROOT}/state/${name}`]),
      );
    });
  });
}

function collect<T>(source$: Observable<T>): T[] {
  const seen: T[] = [];
  const running = source$.subscribe((value) => seen.push(value));
  onTestFinished(() => running.unsubscribe());
  return seen;
}

hostileBytes("the embedded broker", startEmbedded);

describe.skipIf(!haveOrSkip(MOSQUITTO))("with Debian's mosquitto (skipped where the package is missing)", () => {
  hostileBytes("Mosquitto", startMosquitto);
});
