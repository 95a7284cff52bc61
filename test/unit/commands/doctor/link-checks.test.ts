import { NEVER, type Observable, of, throwError } from "rxjs";
import { describe, expect, test } from "vitest";

import { broker } from "../../../../src/commands/doctor/checks/broker.ts";
import { car } from "../../../../src/commands/doctor/checks/car.ts";
import { certificates } from "../../../../src/commands/doctor/checks/certificates.ts";
import { provider } from "../../../../src/commands/doctor/checks/provider.ts";
import { type BrokerVisit, NOTHING_SEEN } from "../../../../src/commands/doctor/probes/broker-visit.ts";
import { BrokerError } from "../../../../src/mqtt/broker-error.ts";
import { stepFun } from "../../../../src/providers/stepfun.ts";
import { ProviderError } from "../../../../src/session/provider-error.ts";
import type { Socket } from "../../../../src/session/socket.ts";
import { refusalOf } from "../../../../src/session/upgrade-refusal.ts";
import { configWith, findingOf, NOW, read, sceneOf } from "./scene-of.ts";

const AWAY = { "vehicle.broker": "mqtt://car:1883", "vehicle.username": "agent" };
const coded = (code: string | number) => Object.assign(new Error(String(code)), { code });
const visited = (visit: Partial<BrokerVisit>, keys: Readonly<Record<string, unknown>> = AWAY, environment = {}) =>
  sceneOf({
    config: configWith(keys),
    environment,
    broker: () => Promise.resolve({ ...NOTHING_SEEN, up: true, ...visit }),
  });

describe("broker", () => {
  const failing = (code: BrokerError["code"], cause: Error, keys: Readonly<Record<string, unknown>> = AWAY) =>
    read(broker(visited({ error: new BrokerError(code, "It says why.", { cause }) }, keys)));

  test("one that lets us in and listen", async () => {
    expect(await read(broker(visited({})))).toBe('ok: mqtt://car:1883 speaks MQTT 5 with the user "agent"');
  });

  test.for([
    ["ENOTFOUND", "The name car is not known here"],
    ["ECONNREFUSED", "Nothing listens there: start the broker"],
    ["CERT_HAS_EXPIRED", "See the line `certificates`"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "See the line `certificates`"],
    ["ETIMEDOUT", "ping car"],
  ] as const)("%s: %s", async ([code, mend]) => {
    const text = await failing("unreachable", coded(code));
    expect(text).toContain("fail: It says why. |");
    expect(text).toContain(mend);
  });

  test("a socket in the file system", async () => {
    const text = await failing("unreachable", coded("ENOENT"), { "vehicle.broker": "mqtt+unix:///run/mqtt.sock" });
    expect(text).toContain("correct its path");
  });

  test("one without MQTT 5", async () => {
    const cause = new Error("Connection refused: Unacceptable protocol version");
    expect(await failing("unreachable", cause)).toContain("Codriver needs MQTT 5");
  });

  test("a wrong password: which user, which variable, and whether it is set, never its value", async () => {
    const error = new BrokerError("refused", "The broker refused.");
    const unset = await read(broker(visited({ error })));
    expect(unset).toContain('vehicle.username ("agent") and the variable CODRIVER_MQTT_PASSWORD, which is not set');
    const set = await read(broker(visited({ error }, AWAY, { CODRIVER_MQTT_PASSWORD: "hunter2" })));
    expect(set).toContain("is set, and may be wrong");
    expect(set).not.toContain("hunter2");
    expect(await read(broker(visited({ error }, { "vehicle.broker": "mqtt://car" })))).toContain(
      "Set vehicle.username",
    );
  });

  test("filters that are denied come with the line for the access rules", async () => {
    const text = await read(broker(visited({ denied: ["vehicle/v1/demo/state/#"] })));
    expect(text).toMatch(/^fail: .*does not let the user "agent" listen to vehicle\/v1\/demo\/state\/#/);
    expect(text).toContain("`topic read vehicle/v1/demo/state/#`");
  });

  test("the embedded one is good for drives only", async () => {
    expect(await read(broker(sceneOf()))).toMatch(/^warn: embedded.* \| .*vehicle\.broker/);
  });
});

describe("car", () => {
  const CATALOGUE = {
    profile: "hatchback",
    signals: { "Vehicle.Speed": { type: "sensor", datatype: "float" } },
    services: [],
  } as const;
  const gateway = (state: "online" | "lost", role: "gateway" | "simulator") => ({ state, role }) as const;

  test("a car that lives", async () => {
    const visit = { catalogue: CATALOGUE, beats: true, gateway: gateway("online", "gateway") };
    expect(await read(car(visited(visit)))).toBe("ok: hatchback, real, 1 signals, 0 services, beats each second");
  });

  test("a simulated one is a warning, unless it is allowed", async () => {
    const visit = { catalogue: CATALOGUE, beats: true, gateway: gateway("online", "simulator") };
    expect(await read(car(visited(visit)))).toMatch(/^warn: hatchback, simulated.* \| .*--allow-simulated/);
    expect(await read(car(visited(visit, { ...AWAY, "vehicle.allowSimulated": true })))).toMatch(/^ok/);
  });

  test("another agent on the same car is told", async () => {
    const agent = { state: "online", role: "agent" } as const;
    const visit = { catalogue: CATALOGUE, beats: true, gateway: gateway("online", "gateway"), agent };
    expect(await read(car(visited(visit)))).toContain("an agent is on it already");
  });

  test("none at all: how to start one, and which rule may hide it", async () => {
    const text = await read(car(visited({})));
    expect(text).toMatch(/^fail: no car says anything below vehicle\/v1\/demo/);
    expect(text).toContain("codriver sim --broker mqtt://car:1883");
    expect(text).toContain("let agent read vehicle/v1/demo/meta/#");
  });

  test("a heart that has stopped, and when", async () => {
    const lastBeatAt = new Date(NOW.getTime() - 3 * 3_600_000).toISOString();
    const visit = { catalogue: CATALOGUE, gateway: gateway("lost", "gateway"), lastBeatAt };
    expect(await read(car(visited(visit)))).toMatch(/^fail: .*does not beat .*says that it is lost.*3 h ago/);
  });

  test("a car without a catalogue, or with one that cannot be read", async () => {
    expect(await read(car(visited({ beats: true })))).toContain("no vehicle/v1/demo/meta/catalog");
    expect(await read(car(visited({ beats: true, badCatalogue: "profile: missing" })))).toContain("profile: missing");
  });

  test("is not looked for where there is no broker", async () => {
    expect(await read(car(sceneOf()))).toMatch(/^skipped: the embedded broker/);
    const error = new BrokerError("unreachable", "gone");
    expect(await read(car(visited({ error })))).toBe("skipped: needs the broker");
  });
});

describe("certificates", () => {
  const TLS = { "vehicle.broker": "mqtts://car" };
  const DAY = 86_400_000;
  const shown = (facts: object, keys: Readonly<Record<string, unknown>> = TLS) =>
    read(
      certificates(
        sceneOf({
          config: configWith(keys),
          certificate: () =>
            Promise.resolve({
              validFrom: new Date(NOW.getTime() - DAY),
              validTo: new Date(NOW.getTime() + 90 * DAY),
              names: ["car"],
              otherHost: false,
              ...facts,
            }),
        }),
      ),
    );

  test("a good one", async () => expect(await shown({})).toBe("ok: car:8883: valid until 2026-07-30, 90 days"));
  test("one that is expired", async () =>
    expect(await shown({ validTo: new Date(NOW.getTime() - DAY) })).toMatch(/^fail: car:8883: expired on 2026-04-30/));
  test("one from the future", async () =>
    expect(await shown({ validFrom: new Date(NOW.getTime() + DAY) })).toMatch(/^fail: .*valid only from.* \| .*clock/));
  test("one that ends soon", async () =>
    expect(await shown({ validTo: new Date(NOW.getTime() + 9.5 * DAY) })).toMatch(/^warn: .*9 days only/));
  test("one for another host names those it is for", async () =>
    expect(await shown({ otherHost: true, names: ["bus", "10.0.0.1"] })).toContain(
      "is for bus, 10.0.0.1, not for car",
    ));
  test("one that nobody signed", async () =>
    expect(await shown({ untrusted: "SELF_SIGNED_CERT_IN_CHAIN" })).toContain("NODE_EXTRA_CA_CERTS"));
  test("no TLS, no certificate", async () => expect(await shown({}, {})).toMatch(/^skipped/));
  test("broker and model are both looked at, and the worst counts", async () => {
    const config = configWith({ ...TLS, "model.provider": "stepfun" });
    const certificate = ({ host }: { host: string }) =>
      host === "car"
        ? Promise.reject(new Error("refused"))
        : Promise.resolve({ validFrom: NOW, validTo: NOW, names: [host], otherHost: true });
    expect(await read(certificates(sceneOf({ config, certificate })))).toMatch(
      /^fail: api\.stepfun\.com:443: .*\ncar:8883 shows none/,
    );
  });
});

describe("provider", () => {
  const CLOUD = { "model.provider": "stepfun" };
  const KEY = { STEPFUN_API_KEY: "sk-1234" };
  const socket = { messages$: NEVER, pongs$: NEVER, send: () => undefined, ping: () => undefined, unsentBytes: 0 };
  const dialled = (dial: () => Observable<Socket>, environment: Readonly<Record<string, string>> = KEY, keys = {}) =>
    sceneOf({
      config: configWith({ ...CLOUD, ...keys }),
      environment,
      provider: () => of(stepFun({ apiKey: "sk-1234" })),
      dialer: { dial },
    });

  test("without a key nothing is dialled, and the variable is named", async () => {
    const scene = dialled(() => throwError(() => new Error("dialled")), {});
    expect(await read(provider(scene))).toMatch(
      /^fail: stepfun needs a key, and STEPFUN_API_KEY is not set \| .*export/,
    );
    expect(await findingOf(provider(scene))).toMatchObject({ exit: 2 });
    const own = dialled(() => NEVER, {}, { "model.keyEnv": "MY_KEY" });
    expect(await read(provider(own))).toContain("MY_KEY is not set");
  });

  test("a key with a line end in it", async () => {
    const text = await read(provider(dialled(() => NEVER, { STEPFUN_API_KEY: "sk-1234\n" })));
    expect(text).toContain("STEPFUN_API_KEY has spaces");
    expect(text).not.toContain("1234");
  });

  test("a key that is taken", async () => {
    const text = await read(provider(dialled(() => of(socket))));
    expect(text).toBe("ok: stepfun at api.stepfun.com takes the key");
  });

  test("a line that anybody can read is a warning, a local one is not", async () => {
    const over = (url: string) =>
      read(
        provider(
          sceneOf({
            config: configWith({ ...CLOUD, "model.url": url }),
            environment: KEY,
            provider: () => of(stepFun({ apiKey: "k", url })),
            dialer: { dial: () => of(socket) },
          }),
        ),
      );
    expect(await over("ws://model.example/v1")).toMatch(/^warn: .*anybody can read \| .*wss/);
    expect(await over("ws://127.0.0.1:9/v1")).toMatch(/^ok/);
  });

  test.for([
    [401, "fail", "right key into STEPFUN_API_KEY"],
    [402, "fail", "Top the account up"],
    [403, "fail", "change the plan"],
    [404, "fail", "Correct model.url and model.model"],
    [429, "warn", "try again later"],
    [503, "warn", "try again later"],
    [302, "fail", "sign in with a browser"],
  ] as const)("an answer of %d: %s, %s", async ([status, standing, mend]) => {
    const dial = () => throwError(() => refusalOf("stepfun", "wss://api.stepfun.com/v1", status, undefined));
    const text = await read(provider(dialled(dial)));
    expect(text).toMatch(new RegExp(`^${standing}: .*answered ${status}`));
    expect(text).toContain(mend);
  });

  test.for([
    ["ENOTFOUND", "not known here"],
    ["ECONNREFUSED", "Nothing listens there"],
    ["CERT_HAS_EXPIRED", "See the line `certificates`"],
    ["ETIMEDOUT", "firewall"],
  ] as const)("%s: %s", async ([code, mend]) => {
    const error = new ProviderError("connection-failed", "stepfun", "cannot reach it", { cause: coded(code) });
    expect(await read(provider(dialled(() => throwError(() => error))))).toContain(mend);
  });

  test("an embedded engine that cannot start", async () => {
    const scene = sceneOf({ provider: () => throwError(() => new Error("a model cannot be loaded")) });
    expect(await read(provider(scene))).toMatch(/^fail: a model cannot be loaded \| .*npm ci/);
  });
});
