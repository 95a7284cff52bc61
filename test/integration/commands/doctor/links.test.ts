import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { visitBroker } from "../../../../src/commands/doctor/probes/broker-visit.ts";
import type { CheckResult } from "../../../../src/commands/doctor/run-checks.ts";
import { carLink } from "../../../../src/mqtt/car-link.ts";
import { mqttConnection } from "../../../../src/mqtt/connection.ts";
import { ROOT, type RunningBroker, startEmbedded } from "../../../support/broker.ts";
import { OPENSSL, selfSigned } from "../../../support/certificate.ts";
import { look } from "../../../support/look.ts";
import { MOSQUITTO, startMosquitto } from "../../../support/mosquitto.ts";
import { haveOrSkip } from "../../../support/require-or-skip.ts";

const at = (url: string, user?: { username: string; password: string }) => ({
  CODRIVER_VEHICLE__BROKER: url,
  CODRIVER_VEHICLE__ID: "test",
  ...(user && { CODRIVER_VEHICLE__USERNAME: user.username, CODRIVER_MQTT_PASSWORD: user.password }),
});

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!haveOrSkip(MOSQUITTO))("a real broker", () => {
  let mosquitto: RunningBroker;
  let url: string;

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    url = `mqtt://127.0.0.1:${mosquitto.port}`;
  });
  afterAll(() => mosquitto.close());

  test("lets us in, and nobody is there: how to put a car on it", async () => {
    const [broker, car] = await look(["broker", "car"], at(url, mosquitto.credentials("agent")));
    expect(broker).toMatchObject({ status: "ok", found: `${url} speaks MQTT 5 with the user "agent"` });
    expect(car).toMatchObject({ status: "fail", exit: 3, found: `no car says anything below ${ROOT}` });
  });

  test("which car is on it, that it is simulated, and that it lives; nothing is published by looking", async () => {
    const car = carLink({
      broker: mqttConnection({ url, ...mosquitto.credentials("simulator") }),
      root: ROOT,
      clientId: "simulator",
      instance: "i1",
      simulated: true,
    });
    car.publishCatalogue({ profile: "hatchback-ev", signals: {}, services: ["nav.start"] });
    let up = false;
    const driving = car.broker$.subscribe((broker) => {
      up = broker.up;
    });
    onTestFinished(() => driving.unsubscribe());
    await vi.waitFor(() => expect(up).toBe(true), 5_000);
    const [found] = await look(["car"], at(url, mosquitto.credentials("agent")));
    expect(found).toMatchObject({
      status: "warn",
      found: "hatchback-ev, simulated, 0 signals, 1 services, beats each second",
    });
    const observer = mqttConnection({ url, ...mosquitto.credentials("hmi") });
    expect((await visitBroker(observer, ROOT)).agent).toBeUndefined();
  });

  test("a wrong password", async () => {
    const [broker, car] = await look(["broker", "car"], at(url, { username: "agent", password: "wrong-one" }));
    expect(broker).toMatchObject({ status: "fail", exit: 3 });
    expect(broker?.found).toContain('refused the user "agent"');
    expect(JSON.stringify(broker)).toContain("CODRIVER_MQTT_PASSWORD");
    expect(JSON.stringify(broker)).not.toContain("wrong-one");
    expect(car).toMatchObject({ status: "skipped" });
  });
});

test("a broker whose rules keep the car's state from this user: the line to add", async () => {
  const broker = await startEmbedded();
  onTestFinished(() => broker.close());
  const observed = await visitBroker(
    {
      connect: (client) =>
        mqttConnection({ url: `mqtt://127.0.0.1:${broker.port}`, ...broker.credentials("observer") }).connect({
          ...client,
          clientId: "observer",
        }),
    },
    ROOT,
  );
  expect(observed).toMatchObject({ up: true, denied: [`${ROOT}/meta/#`] });
});

describe("what is no such broker", () => {
  test("a closed port", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((closed) => server.close(closed));
    const [broker] = await look(["broker"], at(`mqtt://127.0.0.1:${port}`));
    expect(broker).toMatchObject({
      status: "fail",
      exit: 3,
      mend: expect.stringContaining("start the broker") as string,
    });
  });

  test("one that knows only MQTT 3", async () => {
    const unacceptable = Buffer.from([0x20, 0x02, 0x00, 0x01]);
    const port = await listening(
      createServer((socket) => socket.on("error", () => undefined).once("data", () => socket.write(unacceptable))),
    );
    const [broker] = await look(["broker"], at(`mqtt://127.0.0.1:${port}`));
    expect(broker).toMatchObject({ status: "fail", mend: expect.stringContaining("needs MQTT 5") as string });
  });

  test("one that says nothing", async () => {
    const sockets: Socket[] = [];
    const port = await listening(createServer((socket) => void sockets.push(socket)));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    const [broker] = await look(["broker"], at(`mqtt://127.0.0.1:${port}`));
    expect(broker).toMatchObject({ status: "fail", exit: 3, mend: expect.stringContaining("MQTT 5") as string });
  });

  test("a host that nobody knows", async () => {
    const [broker] = await look(["broker"], at("mqtt://no-such-host.invalid:1883"));
    expect(broker).toMatchObject({ mend: expect.stringContaining("no-such-host.invalid is not known here") as string });
  });
});

describe.skipIf(!haveOrSkip(OPENSSL))("certificates", () => {
  const DAY_MS = 86_400_000;
  const days = (n: number) => new Date(Date.now() + n * DAY_MS);

  async function behind(host: string, from: Date, to: Date): Promise<CheckResult[]> {
    const server = createTlsServer(selfSigned(host, from, to), (socket) => socket.on("error", () => undefined));
    const port = await listening(server.on("tlsClientError", () => undefined));
    return await look(["broker", "certificates"], at(`mqtts://localhost:${port}`));
  }

  test("an expired one is named, with its day, and the broker's line leads to it", async () => {
    const [broker, certificates] = await behind("localhost", days(-30), days(-2));
    expect(broker).toMatchObject({ status: "fail", mend: "See the line `certificates`." });
    const day = days(-2).toISOString().slice(0, 10);
    expect(certificates).toMatchObject({
      status: "fail",
      found: expect.stringMatching(new RegExp(`^localhost:\\d+: expired on ${day}`)) as string,
    });
  });

  test("one for another host", async () => {
    const [, certificates] = await behind("bus.example", days(-1), days(90));
    expect(certificates).toMatchObject({
      status: "fail",
      found: expect.stringContaining("is for bus.example, not for localhost") as string,
    });
  });

  test("one that nobody else has signed", async () => {
    const [broker, certificates] = await behind("localhost", days(-1), days(90));
    expect(broker).toMatchObject({ mend: "See the line `certificates`." });
    expect(certificates).toMatchObject({
      status: "fail",
      mend: expect.stringContaining("NODE_EXTRA_CA_CERTS") as string,
    });
  });

  test("a port without TLS shows none, and the broker's line says so", async () => {
    const port = await listening(createServer((socket) => void socket.on("error", () => undefined).end("no TLS here")));
    const [broker, certificates] = await look(["broker", "certificates"], at(`mqtts://localhost:${port}`));
    expect(broker).toMatchObject({ mend: expect.stringContaining(`Does port ${port} speak TLS?`) as string });
    expect(certificates).toMatchObject({ status: "skipped" });
  });
});
