import { randomUUID } from "node:crypto";
import {
  filter,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  Subscription,
  toArray,
} from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Role } from "../../src/mqtt/acl.ts";
import type { BrokerEvent, Denied, IncomingMessage, OutgoingMessage } from "../../src/mqtt/broker-link.ts";
import { type CarLink, carLink } from "../../src/mqtt/car-link.ts";
import type { LinkFault } from "../../src/mqtt/link-fault.ts";
import { type VehicleLink, vehicleLink } from "../../src/mqtt/vehicle-link.ts";
import type { ApprovedCommand } from "../../src/policy/command-link.ts";
import { createOutbox, type Outbox } from "../../src/policy/outbox.ts";
import type { CommandUpdate, VehicleCommand } from "../../src/vehicle/command.ts";
import type { SignalUpdate } from "../../src/vehicle/signal.ts";
import type { CarCatalogue, GatewayPresence } from "../../src/vehicle/vehicle-bus.ts";
import type { Car, CarStep } from "../../vehicle-sim/gateway/car.ts";
import { executor } from "../../vehicle-sim/gateway/executor.ts";
import { ROOT, type TestBroker } from "../support/broker.ts";

const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const SPEED = "Vehicle.Speed";
const CATALOGUE: CarCatalogue = {
  profile: "test",
  signals: {
    [WINDOW]: { type: "actuator", datatype: "uint8", unit: "percent", min: 0, max: 100 },
    [SPEED]: { type: "sensor", datatype: "float", unit: "km/h" },
  },
  services: ["nav.start"],
};
const AUTHOR = { agent: "agent", seat: "Row1.DriverSide", turn: "7", origin: "voice" } as const;
const ACCEPTED: CarStep = { phase: "accepted", final: false };
const DONE: CarStep = { phase: "done", final: true };

const approved = (command: VehicleCommand): ApprovedCommand => command as ApprovedCommand;
const setWindow = (value: number): ApprovedCommand =>
  approved({ type: "set-signals", ops: [{ path: WINDOW, value }], deadlineMs: 10_000 });

/** What the two ends of the vehicle contract promise each other, whatever broker is between them. */
export function vehicleBusContract(name: string, startBroker: () => Promise<TestBroker>): void {
  describe(`vehicle bus on ${name}`, () => {
    let broker: TestBroker;
    let running: Subscription;
    beforeEach(async () => {
      running = new Subscription();
      broker = await startBroker();
    });
    afterEach(async () => {
      running.unsubscribe();
      await broker.close();
    });

    function collect<T>(source$: Observable<T>): T[] {
      const seen: T[] = [];
      running.add(source$.subscribe((value) => seen.push(value)));
      return seen;
    }

    function startCar(execute?: Car["execute"], instance = randomUUID()): CarLink & { readonly on: Subscription } {
      const car = carLink({
        broker: broker.as("simulator"),
        root: ROOT,
        clientId: "simulator",
        instance,
        simulated: true,
      });
      car.publishCatalogue(CATALOGUE);
      car.publishState(WINDOW, 80);
      const on = new Subscription();
      running.add(on);
      if (execute === undefined) on.add(car.commands$.subscribe());
      else {
        const answers$ = car.commands$.pipe(executor({ car: { execute }, catalogue: CATALOGUE }));
        on.add(answers$.subscribe(({ replyTo, update }) => car.respond(replyTo, update)));
      }
      return { ...car, on };
    }

    function startAgent(): VehicleLink & { readonly outbox: Outbox } {
      const agent = vehicleLink({ broker: broker.as("agent"), root: ROOT, clientId: "agent", instance: randomUUID() });
      // Ends what is still under way with the test, so that nothing keeps the connection.
      const stop$ = new Subject<void>();
      running.add(() => stop$.next());
      running.add(agent.broker$.subscribe());
      return { ...agent, outbox: createOutbox({ link: agent.link, gateway$: agent.bus.gateway$, stop$ }) };
    }

    const ready = ({ link }: VehicleLink): Promise<boolean> => firstValueFrom(link.ready$.pipe(filter(Boolean)));

    /** A client that keeps to no rules. */
    function rogue(role: Role, filters: readonly string[] = []) {
      const subscriptions = filters.map((filter) => ({ filter: `${ROOT}/${filter}`, qos: 1 as const }));
      const events = collect(broker.as(role).connect({ clientId: role, subscriptions }));
      return {
        heard: (): IncomingMessage[] => events.flatMap((event) => (event.type === "message" ? [event.message] : [])),
        denied: (): Denied[] => events.filter((event) => event.type === "denied"),
        publish: async (message: Partial<OutgoingMessage> & { readonly topic: string }): Promise<void> => {
          const { publish } = await vi.waitUntil(() => events.find(isUp));
          publish({ payload: {}, qos: 1, ...message, topic: `${ROOT}/${message.topic}` });
        },
      };
    }

    test("an agent that comes later hears all that is known of the car", async () => {
      const car = startCar();
      car.publishState(SPEED, 42.5, { continuous: true });
      await firstValueFrom(car.broker$);
      const { bus } = startAgent();
      const signals = collect(bus.signals$);
      const gateways = collect(bus.gateway$);

      expect(await firstValueFrom(bus.catalogue$)).toEqual(CATALOGUE);
      await vi.waitFor(() => expect(gateways.at(-1)).toMatchObject({ state: "online", simulated: true }));
      await vi.waitFor(() => expect(newest(signals)).toMatchObject({ [WINDOW]: 80, [SPEED]: 42.5 }));
      expect(signals.every(({ reading }) => reading.status === "valid" && reading.simulated)).toBe(true);
    });

    test("a subscriber that comes even later hears it again", async () => {
      const car = startCar();
      const agent = startAgent();
      collect(agent.bus.signals$);
      collect(agent.bus.catalogue$);
      await ready(agent);
      car.publishState(WINDOW, 30);
      await vi.waitFor(async () => expect((await firstValueFrom(agent.bus.signals$)).reading.value).toBe(30));
      expect(await firstValueFrom(agent.bus.catalogue$)).toEqual(CATALOGUE);
    });

    test("changes and heartbeats arrive as they happen", async () => {
      const car = startCar();
      const agent = startAgent();
      const signals = collect(agent.bus.signals$);
      const beats = collect(agent.bus.heartbeat$);
      await ready(agent);
      for (const value of [70, 60, 50]) car.publishState(WINDOW, value);
      await vi.waitFor(() => expect(signals.map(({ reading }) => reading.value).slice(-3)).toEqual([70, 60, 50]));
      await vi.waitFor(() => expect(beats.length).toBeGreaterThanOrEqual(2), { timeout: 5_000 });
    });

    test("three hundred signals at once all arrive", async () => {
      const car = startCar();
      const agent = startAgent();
      const signals = collect(agent.bus.signals$);
      await ready(agent);
      for (let n = 0; n < 300; n++) car.publishState(`Vehicle.Test.N${n}`, n);
      await vi.waitFor(() => expect(Object.keys(newest(signals))).toHaveLength(301), { timeout: 5_000 });
    });

    test("a command goes there and its phases come back", async () => {
      const execute = vi.fn<Car["execute"]>(() =>
        of<CarStep[]>(
          ACCEPTED,
          { phase: "progress", final: false, ops: [{ path: WINDOW, value: 40, target: 0 }] },
          DONE,
        ),
      );
      startCar(execute);
      const agent = startAgent();
      const id = randomUUID();
      const updates = await all(agent.outbox.send(setWindow(0), { id, author: AUTHOR }));
      expect(updates.map(({ phase }) => phase)).toEqual(["accepted", "progress", "done"]);
      expect(updates[1]?.ops).toEqual([{ path: WINDOW, value: 40, target: 0 }]);
      expect(execute).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ type: "set-signals", ops: [{ path: WINDOW, value: 0 }] }),
        AUTHOR,
      );
    });

    test("a service is called with its arguments and answers with its result", async () => {
      const execute = vi.fn<Car["execute"]>(() => of<CarStep[]>(ACCEPTED, { ...DONE, result: { minutes: 12 } }));
      startCar(execute);
      const command = approved({ type: "call-service", service: "nav.start", args: { name: "home" } });
      const updates = await all(startAgent().outbox.send(command, { id: randomUUID(), author: AUTHOR }));
      expect(updates.at(-1)).toMatchObject({ phase: "done", result: { minutes: 12 } });
      expect(execute.mock.calls[0]?.[0]).toMatchObject({ service: "nav.start", args: { name: "home" } });
    });

    test("what the car cannot do is said in the contract's words", async () => {
      const execute = vi.fn<Car["execute"]>(() => of(DONE));
      startCar(execute);
      const { outbox } = startAgent();
      const codeOf = async (path: string, value: number | boolean): Promise<string | undefined> => {
        const command = approved({ type: "set-signals", ops: [{ path, value }] });
        return (await all(outbox.send(command, { id: randomUUID(), author: AUTHOR }))).at(-1)?.error?.code;
      };
      expect(await codeOf("Vehicle.Sunroof", 1)).toBe("NOT_FOUND");
      expect(await codeOf(SPEED, 1)).toBe("READ_ONLY");
      expect(await codeOf(WINDOW, 101)).toBe("OUT_OF_RANGE");
      expect(await codeOf(WINDOW, true)).toBe("TYPE_MISMATCH");
      expect(execute).not.toHaveBeenCalled();
    });

    test("a command outside the agent's domains is refused at once", async () => {
      startCar();
      const agent = startAgent();
      await ready(agent);
      const command = approved({ type: "call-service", service: "brakes.release", args: {} });
      const updates = await all(agent.outbox.send(command, { id: randomUUID(), author: AUTHOR }));
      expect(updates).toMatchObject([{ phase: "rejected", error: { code: "FORBIDDEN" } }]);
    });

    test.for(["nav.+", "nav.#", "nav.start/now", "+.start", "nav.", "signal.set", "nav.\u0000"])(
      "a service called %j is refused at once and by name, and nothing is sent",
      async (service) => {
        const car = startCar();
        const commands = collect(car.commands$);
        const faults = collect(car.faults$);
        const agent = startAgent();
        await ready(agent);
        const send = (command: VehicleCommand) =>
          all(agent.outbox.send(approved(command), { id: randomUUID(), author: AUTHOR }));
        const [update, ...more] = await send({ type: "call-service", service, args: {} });
        expect(more).toEqual([]);
        expect(update).toMatchObject({ phase: "rejected", error: { code: "BAD_REQUEST" } });
        const [domain = "", action] = service.split(/\.(.*)/s);
        const names = [domain, action ?? ""].map((name) => JSON.stringify(name));
        expect(names.some((name) => update?.error?.detail.includes(`${name} cannot be`))).toBe(true);
        void agent.outbox.send(setWindow(1), { id: randomUUID(), author: AUTHOR }).subscribe();
        await vi.waitFor(() => expect(commands).toHaveLength(1));
        expect(faults).toEqual([]);
      },
    );

    test("an agent cannot speak as the car, nor a screen by its will", async () => {
      const observer = rogue("observer", ["state/#", "presence/#"]);
      const agent = rogue("agent");
      await agent.publish({ topic: "state/Vehicle/Speed", payload: { value: 0, status: "valid" }, retain: true });
      await agent.publish({ topic: "presence/gateway", payload: { state: "online", role: "gateway" }, retain: true });
      await vi.waitFor(() => expect(agent.denied()).toHaveLength(2));
      const will = { topic: `${ROOT}/presence/gateway`, payload: { state: "online" }, qos: 1 } as const;
      const hmi$ = broker.as("hmi").connect({ clientId: "hmi", subscriptions: [], will });
      const ups = collect(hmi$.pipe(filter(isUp)));
      await vi.waitFor(() => expect(ups).toHaveLength(1));
      await broker.cut("hmi");
      await vi.waitFor(() => expect(ups).toHaveLength(2), { timeout: 5_000 });
      await agent.publish({ topic: "presence/agent", payload: { state: "online", role: "agent" }, retain: true });
      await vi.waitFor(() => expect(observer.heard()).not.toHaveLength(0));
      expect(observer.heard().map(({ topic }) => topic)).toEqual([`${ROOT}/presence/agent`]);
    });

    test("an observer can neither command nor overhear commands and answers", async () => {
      const execute = vi.fn<Car["execute"]>(() => of(ACCEPTED, DONE));
      startCar(execute);
      const observer = rogue("observer", ["cmd/#", "rsp/#", "state/#"]);
      await observer.publish({ topic: "cmd/signal/set", responseTopic: `${ROOT}/rsp/observer`, expirySeconds: 5 });
      await vi.waitFor(() => expect(observer.denied().map(({ topic }) => topic)).toContain(`${ROOT}/cmd/signal/set`));
      await all(startAgent().outbox.send(setWindow(0), { id: randomUUID(), author: AUTHOR }));
      await vi.waitFor(() => expect(observer.heard()).not.toHaveLength(0));
      expect(
        observer
          .heard()
          .map(({ topic }) => topic)
          .filter((topic) => !topic.includes("/state/")),
      ).toEqual([]);
      expect(execute).toHaveBeenCalledOnce();
    });

    test("nobody hears the answers meant for another", async () => {
      startCar(() => of(ACCEPTED, DONE));
      const hmi = rogue("hmi", ["rsp/agent", "rsp/+", "rsp/hmi", "state/#"]);
      await vi.waitFor(() => expect(hmi.heard()).not.toHaveLength(0));
      await all(startAgent().outbox.send(setWindow(0), { id: randomUUID(), author: AUTHOR }));
      // A message sent after the answers: when it is there, they would be, too.
      const gateway = rogue("gateway");
      await gateway.publish({ topic: "state/Vehicle/Last", payload: { value: 1, status: "valid" } });
      await vi.waitFor(() => expect(hmi.heard().at(-1)?.topic).toBe(`${ROOT}/state/Vehicle/Last`));
      expect(hmi.heard().filter(({ topic }) => topic.includes("/rsp/agent"))).toEqual([]);
    });

    test("a retained command is never executed", async () => {
      const execute = vi.fn<Car["execute"]>(() => of(DONE));
      const agent = rogue("agent");
      const poison = { topic: "cmd/signal/set", retain: true, responseTopic: `${ROOT}/rsp/agent`, expirySeconds: 30 };
      await agent.publish({ ...poison, payload: { id: randomUUID() } });
      const car = startCar(execute);
      const faults = collect(car.faults$);
      await firstValueFrom(car.broker$);
      await agent.publish({ ...poison, payload: { id: randomUUID() } });
      await vi.waitFor(() => expect(faults.map(reasonOf)).toContain("retained-command"));
      expect(execute).not.toHaveBeenCalled();
    });

    test("an answer is sent nowhere but below rsp/", async () => {
      const execute = vi.fn<Car["execute"]>(() => of(DONE));
      const faults = collect(startCar(execute).faults$);
      const agent = rogue("agent");
      await agent.publish({ topic: "cmd/signal/set", responseTopic: `${ROOT}/state/Vehicle/Speed`, expirySeconds: 5 });
      await vi.waitFor(() => expect(faults.map(reasonOf)).toContain("no-reply-topic"));
      expect(execute).not.toHaveBeenCalled();
    });

    test("a command that does not fit the schema is answered BAD_REQUEST", async () => {
      startCar();
      const agent = rogue("agent", ["rsp/agent", "presence/gateway"]);
      await vi.waitFor(() => expect(agent.heard()).not.toHaveLength(0));
      const id = randomUUID();
      await agent.publish({
        topic: "cmd/signal/set",
        payload: {
          id,
          deadlineMs: 5_000,
          by: { agent: "a", seat: "s", turn: "1" },
          ops: [{ path: "no path", value: 1 }],
        },
        responseTopic: `${ROOT}/rsp/agent`,
        correlation: Buffer.from(id.replaceAll("-", ""), "hex"),
        expirySeconds: 5,
      });
      const answer = await vi.waitUntil(() => agent.heard().find(({ topic }) => topic.includes("/rsp/")));
      expect(JSON.parse(Buffer.from(answer.payload).toString())).toMatchObject({
        id,
        phase: "rejected",
        final: true,
        error: { code: "BAD_REQUEST", detail: expect.stringContaining("ops.0.path") as unknown },
      });
    });

    test("nonsense on a state topic marks that signal faulty and stops nothing", async () => {
      const car = startCar();
      const agent = startAgent();
      const signals = collect(agent.bus.signals$);
      const faults = collect(agent.faults$);
      await ready(agent);
      await vi.waitFor(() => expect(newest(signals)).toMatchObject({ [WINDOW]: 80 }));
      const gateway = rogue("gateway");
      const topic = `state/${WINDOW.replaceAll(".", "/")}`;
      for (const payload of ["NaN", null, { value: { deep: [] } }, { value: null, status: "valid" }]) {
        await gateway.publish({ topic, payload });
      }
      await vi.waitFor(() => expect(signals.filter(({ reading }) => reading.status === "fault")).toHaveLength(4));
      expect(signals.at(-1)?.reading.value).toBe(80);
      expect(faults.map(reasonOf)).toEqual(["bad-payload", "bad-payload", "bad-payload"]);
      car.publishState(WINDOW, 10);
      await vi.waitFor(() => expect(signals.at(-1)?.reading).toMatchObject({ value: 10, status: "valid" }));
    });

    test("what is too large to send is dropped and reported, and the rest flows on", async () => {
      const car = startCar();
      const faults = collect(car.faults$);
      const agent = startAgent();
      const signals = collect(agent.bus.signals$);
      await ready(agent);
      car.publishState("Vehicle.Huge", "x".repeat(100_000));
      car.publishState(WINDOW, 5);
      await vi.waitFor(() => expect(newest(signals)[WINDOW]).toBe(5));
      expect(faults).toMatchObject([{ reason: "denied", topic: `${ROOT}/state/Vehicle/Huge` }]);
    });

    test("a car that vanishes is lost, and found again when it is back", async () => {
      startCar();
      const agent = startAgent();
      const gateways = collect(agent.bus.gateway$);
      await ready(agent);
      await broker.cut("simulator");
      await vi.waitFor(() => expect(states(gateways)).toEqual(["online", "lost", "online"]), { timeout: 5_000 });
    });

    test("a car that leaves in good order is gone at once", async () => {
      const car = startCar();
      const agent = startAgent();
      const gateways = collect(agent.bus.gateway$);
      await ready(agent);
      car.on.unsubscribe();
      await vi.waitFor(() => expect(states(gateways)).toEqual(["online", "lost"]));
    });

    test("the agent's own presence says when it is there, gone, or lost", async () => {
      const observer = rogue("observer", ["presence/agent"]);
      const said = (): unknown[] =>
        observer.heard().map(({ payload }) => (JSON.parse(Buffer.from(payload).toString()) as { state: string }).state);
      const on = startAgent().broker$.subscribe();
      await vi.waitFor(() => expect(said()).toEqual(["online"]));
      await broker.cut("agent");
      await vi.waitFor(() => expect(said()).toEqual(["online", "lost", "online"]), { timeout: 5_000 });
      running.add(on);
    });

    test("typed turns and push-to-talk reach the agent, its status and turns reach the screen", async () => {
      const agent = startAgent();
      const texts = collect(agent.say.text$);
      const ptt = collect(agent.say.ptt$);
      agent.say.status("listening");
      const hmi = rogue("hmi", ["agent/#"]);
      await vi.waitFor(() => expect(hmi.heard().map(({ topic }) => topic)).toContain(`${ROOT}/agent/status`));
      await hmi.publish({ topic: "agent/text", payload: { text: " open the window " } });
      await hmi.publish({ topic: "agent/text", payload: { text: 7 } });
      await hmi.publish({ topic: "agent/ptt", payload: { pressed: true } });
      await vi.waitFor(() => expect(ptt).toEqual([true]));
      expect(texts).toEqual([{ text: "open the window" }]);
      agent.say.turn({ type: "heard", text: "open the window" });
      await vi.waitFor(() => expect(hmi.heard().map(({ topic }) => topic)).toContain(`${ROOT}/agent/turn`));
    });

    test("a broker restart in the middle of a command: done once, told once", async () => {
      const finish$ = new Subject<CarStep>();
      const execute = vi.fn<Car["execute"]>(() => finish$);
      const car = startCar(execute);
      const agent = startAgent();
      const updates: CommandUpdate[] = collect(agent.outbox.send(setWindow(0), { id: randomUUID(), author: AUTHOR }));
      await vi.waitFor(() => expect(execute).toHaveBeenCalledOnce());
      finish$.next(ACCEPTED);
      await vi.waitFor(() => expect(updates).toHaveLength(1));

      const gateways = collect(agent.bus.gateway$);
      await broker.restart();
      await vi.waitFor(() => expect(states(gateways).slice(-2)).toEqual(["lost", "online"]), { timeout: 10_000 });
      finish$.next(DONE);
      await vi.waitFor(() => expect(updates.map(({ phase }) => phase)).toEqual(["accepted", "done"]), {
        timeout: 5_000,
      });
      expect(execute).toHaveBeenCalledOnce();
      car.publishState(WINDOW, 0);
    });

    test("an answer that got lost with the broker is asked for again", async () => {
      const finish$ = new Subject<CarStep>();
      const execute = vi.fn<Car["execute"]>(() => finish$);
      startCar(execute);
      const agent = startAgent();
      const updates: CommandUpdate[] = collect(agent.outbox.send(setWindow(0), { id: randomUUID(), author: AUTHOR }));
      await vi.waitFor(() => expect(execute).toHaveBeenCalledOnce());
      finish$.next(ACCEPTED);
      await vi.waitFor(() => expect(updates).toHaveLength(1));
      // The agent is cut off exactly while the car finishes.
      await broker.cut("agent");
      finish$.next(DONE);
      await vi.waitFor(() => expect(updates.at(-1)?.phase).toBe("done"), { timeout: 8_000 });
      expect(updates.filter(({ final }) => final)).toHaveLength(1);
      expect(execute).toHaveBeenCalledOnce();
    });

    test("late and doubled answers change nothing", async () => {
      const car = startCar();
      running.add(
        car.commands$.subscribe(({ id, replyTo }) => {
          for (const step of [ACCEPTED, ACCEPTED, DONE, DONE, ACCEPTED]) car.respond(replyTo, { ...step, id });
          car.respond(replyTo, { id, phase: "failed", final: true });
        }),
      );
      const agent = startAgent();
      const answers = collect(agent.link.updates$);
      const updates = await all(agent.outbox.send(setWindow(0), { id: randomUUID(), author: AUTHOR }));
      await vi.waitFor(() => expect(answers.length).toBeGreaterThanOrEqual(6));
      expect(updates.map(({ phase }) => phase)).toEqual(["accepted", "done"]);
    });

    test("a car that says nothing leaves one timeout", async () => {
      startCar(() => NEVER);
      const agent = startAgent();
      await ready(agent);
      const command = approved({ type: "set-signals", ops: [{ path: WINDOW, value: 1 }], deadlineMs: 700 });
      const updates = await all(agent.outbox.send(command, { id: randomUUID(), author: AUTHOR }));
      expect(updates).toMatchObject([{ phase: "timeout", final: true, error: { code: "TIMEOUT" } }]);
    });
  });
}

const all = (updates$: Observable<CommandUpdate>): Promise<CommandUpdate[]> => lastValueFrom(updates$.pipe(toArray()));

const isUp = (event: BrokerEvent): event is Extract<BrokerEvent, { type: "up" }> => event.type === "up";

const reasonOf = ({ reason }: LinkFault): string => reason;

const states = (gateways: readonly GatewayPresence[]): string[] => gateways.map(({ state }) => state);

const newest = (signals: readonly SignalUpdate[]): Record<string, unknown> =>
  Object.fromEntries(signals.map(({ path, reading }) => [path, reading.value]));
