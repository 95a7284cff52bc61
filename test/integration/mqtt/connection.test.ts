import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { firstValueFrom, lastValueFrom, Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { BrokerError } from "../../../src/mqtt/broker-error.ts";
import type { BrokerClient, BrokerEvent } from "../../../src/mqtt/broker-link.ts";
import { type MqttOptions, mqttConnection } from "../../../src/mqtt/connection.ts";
import { type EmbeddedBroker, embeddedBroker, randomPasswords } from "../../../src/mqtt/embedded-broker.ts";

const ROOT = "vehicle/v1/test";
const CLIENT: BrokerClient = { clientId: "gateway", subscriptions: [] };

/** A TCP server that is no broker; returns its URL. */
async function impostor(behave: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    behave(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failure = (options: MqttOptions, client = CLIENT): Promise<BrokerError> =>
  lastValueFrom(mqttConnection({ firstConnect: "fail-fast", ...options }).connect(client)).then(
    () => Promise.reject(new Error("it connected")),
    (error: unknown) => error as BrokerError,
  );

describe("without a broker", () => {
  test.for(["", "broker", "http://127.0.0.1:1883", "mqtt://", "mqtt://user:secret@", "mqtt://host:99999"])(
    "%j is a bad URL, named without its secrets, whatever the patience",
    async (url) => {
      const error = await failure({ url, firstConnect: "for-ever" });
      expect(error).toMatchObject({ name: "BrokerError", code: "bad-url" });
      expect(error.message).toContain("mqtt://host:1883");
      expect(error.message).not.toContain("secret");
    },
  );

  test("an address where nobody listens is unreachable, and the message says where", async () => {
    const broker = await embeddedBroker({ root: ROOT });
    await broker.close();
    const error = await failure({ url: `mqtt://me:secret@127.0.0.1:${broker.port}` });
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain(`mqtt://127.0.0.1:${broker.port}`);
    expect(error.message).not.toContain("secret");
  });

  test("a server that says nothing, and one that talks nonsense, are unreachable", async () => {
    const silent = await impostor(() => undefined);
    const web = await impostor((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const [first, second] = await Promise.all([failure({ url: silent }), failure({ url: web })]);
    expect(first).toMatchObject({ code: "unreachable" });
    expect(second).toMatchObject({ code: "unreachable" });
  });

  test("one that is told to keep trying connects as soon as there is a broker", async () => {
    const options = { root: ROOT, passwords: randomPasswords() };
    const { port, credentials, close } = await embeddedBroker(options);
    await close();
    const events: BrokerEvent[] = [];
    const url = `mqtt://127.0.0.1:${port}`;
    const running = mqttConnection({ url, ...credentials("gateway"), random: () => 0 })
      .connect(CLIENT)
      .subscribe((event) => events.push(event));
    onTestFinished(() => running.unsubscribe());
    await vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(2));
    expect(events.every(({ type }) => type === "down")).toBe(true);
    const broker = await embeddedBroker({ ...options, port });
    onTestFinished(() => broker.close());
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe("up"), { timeout: 5_000 });
  });
});

describe("the embedded broker", () => {
  let broker: EmbeddedBroker;
  let running: Subscription;
  beforeEach(async () => {
    running = new Subscription();
    broker = await embeddedBroker({ root: ROOT });
  });
  afterEach(async () => {
    running.unsubscribe();
    await broker.close();
  });

  function connect(client: BrokerClient, options: Partial<MqttOptions> = {}): BrokerEvent[] {
    const events: BrokerEvent[] = [];
    const events$ = mqttConnection({ url: broker.url, ...broker.credentials("gateway"), random: () => 0, ...options });
    running.add(events$.connect(client).subscribe((event) => events.push(event)));
    return events;
  }

  test("is there for this machine only, by one address", async () => {
    expect(broker.url).toBe(`mqtt://127.0.0.1:${broker.port}`);
    // Every 127.x.x.x reaches a server that listens everywhere.
    const elsewhere = createConnection({ host: "127.0.0.2", port: broker.port });
    onTestFinished(() => void elsewhere.destroy());
    await expect(once(elsewhere, "connect")).rejects.toThrow();
  });

  test("has passwords of its own for each run and role", async () => {
    const other = await embeddedBroker({ root: ROOT });
    expect(other.credentials("agent").password).not.toBe(broker.credentials("agent").password);
    expect(broker.credentials("hmi").password).not.toBe(broker.credentials("agent").password);
    await other.close();
  });

  test("says so when its port is taken", async () => {
    await expect(embeddedBroker({ root: ROOT, port: broker.port })).rejects.toMatchObject({
      code: "busy-port",
      message: expect.stringContaining(`127.0.0.1:${broker.port}`) as unknown,
    });
  });

  test.for<[string, Partial<MqttOptions>, string]>([
    ["a wrong password", { password: "guess" }, "gateway"],
    ["an unknown user", { username: "root" }, "gateway"],
    ["no user at all", { username: "", password: "" }, "gateway"],
    ["another role's client id", {}, "agent"],
    ["a client id with a wildcard", {}, "gateway-#"],
  ])("refuses %s with the user's name and advice", async ([, options, clientId]) => {
    const credentials = broker.credentials("gateway");
    const error = await failure({ url: broker.url, ...credentials, ...options }, { ...CLIENT, clientId });
    expect(error).toMatchObject({ code: "refused" });
    expect(error.message).toMatch(/user name, password and client id/);
    expect(error.message).not.toContain(credentials.password);
  });

  test("a subscription beyond one's rights is reported, and the others work", async () => {
    const filters = [`${ROOT}/cmd/#`, "#", `${ROOT}/state/#`];
    const events = connect({ clientId: "gateway-1", subscriptions: filters.map((filter) => ({ filter, qos: 1 })) });
    await vi.waitFor(() => expect(events.filter(({ type }) => type === "denied")).toHaveLength(2));
    expect(events).toMatchObject([{ type: "up" }, { topic: "#" }, { topic: `${ROOT}/state/#` }]);
  });

  test("a second client with the same id takes over, and the first one says why it went", async () => {
    const first = connect(CLIENT);
    await vi.waitFor(() => expect(first.at(-1)?.type).toBe("up"));
    const second = connect(CLIENT);
    await vi.waitFor(() => expect(first.at(-1)).toMatchObject({ type: "down", error: { code: "taken-over" } }));
    await vi.waitFor(() => expect(second.at(-1)?.type).toBe("up"));
    expect(second).toHaveLength(1);
  });

  test("survives garbage, resets and oversized packets from strangers", async () => {
    const events = connect({ clientId: "gateway", subscriptions: [] });
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe("up"));
    for (const bytes of [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.alloc(300_000, 0xff),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x04]),
      Buffer.from([0x30, 0x00]),
    ]) {
      const socket = createConnection({ host: "127.0.0.1", port: broker.port });
      socket.on("error", () => undefined);
      const gone = new Promise((done) => socket.once("close", done));
      socket.write(bytes);
      socket.resume();
      if (bytes.length < 10) socket.end();
      await gone;
    }
    const late = connect({ clientId: "gateway-2", subscriptions: [] });
    await vi.waitFor(() => expect(late.at(-1)?.type).toBe("up"));
    expect(events).toHaveLength(1);
  });

  test("hangs up on everybody when it closes", async () => {
    const events = connect(CLIENT);
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe("up"));
    await broker.close();
    await vi.waitFor(() =>
      expect(events.find(({ type }) => type === "down")).toMatchObject({ error: { code: "lost" } }),
    );
  });

  test("an orderly end is a farewell and not the will", async () => {
    const heard = connect(
      { clientId: "agent", subscriptions: [{ filter: `${ROOT}/presence/#`, qos: 1 }] },
      broker.credentials("agent"),
    );
    await vi.waitFor(() => expect(heard.at(-1)?.type).toBe("up"));
    const say = (word: string) => ({ topic: `${ROOT}/presence/gateway`, payload: word, qos: 1 as const });
    const gateway$ = mqttConnection({ url: broker.url, ...broker.credentials("gateway") }).connect({
      ...CLIENT,
      will: say("lost"),
      farewell: () => say("offline"),
    });
    expect((await firstValueFrom(gateway$)).type).toBe("up");
    await vi.waitFor(() => expect(heard.at(-1)?.type).toBe("message"));
    const words = heard.flatMap((event) =>
      event.type === "message" ? [Buffer.from(event.message.payload).toString()] : [],
    );
    expect(words).toEqual(['"offline"']);
  });
});
