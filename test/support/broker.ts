import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { ROLES, type Role } from "../../src/mqtt/acl.ts";
import type { Broker } from "../../src/mqtt/broker-link.ts";
import { mqttConnection } from "../../src/mqtt/connection.ts";
import { embeddedBroker, randomPasswords } from "../../src/mqtt/embedded-broker.ts";
import { memoryBroker } from "../../src/mqtt/memory-broker.ts";

export const ROOT = "vehicle/v1/test";

/** A broker of any kind, and what can befall it. */
export interface TestBroker {
  /** As a client sees it. Clients use their role's name as id. */
  as(role: Role): Broker;
  /** Breaks the connection of one role without a farewell; it comes back by itself. */
  cut(role: Role): Promise<void>;
  /** Down and up again, on the same port, with nothing retained. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface RunningBroker {
  readonly port: number;
  readonly credentials: (role: Role) => { readonly username: string; readonly password: string };
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** No network at all. */
export function startMemoryBroker(): Promise<TestBroker> {
  const broker = memoryBroker({ root: ROOT, reconnectMs: 20 });
  return Promise.resolve({
    as: (role) => broker.as(role),
    cut: (role) => {
      broker.cut(role);
      return Promise.resolve();
    },
    restart: () => {
      broker.restart();
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
}

export const startEmbeddedBroker = (): Promise<TestBroker> => throughCables(startEmbedded);

export async function startEmbedded(): Promise<RunningBroker> {
  const options = { root: ROOT, passwords: randomPasswords() };
  let broker = await embeddedBroker(options);
  const { port, credentials } = broker;
  return {
    port,
    credentials,
    restart: async () => {
      await broker.close();
      broker = await embeddedBroker({ ...options, port });
    },
    close: () => broker.close(),
  };
}

/** Puts a TCP relay between each role and the broker, so that its connection can be cut without its knowledge. */
export async function throughCables(start: () => Promise<RunningBroker>): Promise<TestBroker> {
  const broker = await start();
  const cables = await Promise.all(ROLES.map(() => cableTo(broker.port)));
  const cableOf = (role: Role): Cable => {
    const cable = cables[ROLES.indexOf(role)];
    if (cable === undefined) throw new Error(`no cable for ${role}`);
    return cable;
  };
  return {
    as: (role) =>
      mqttConnection({
        url: `mqtt://127.0.0.1:${cableOf(role).port}`,
        ...broker.credentials(role),
        random: () => 0,
      }),
    cut: (role) => {
      cableOf(role).cut();
      return Promise.resolve();
    },
    restart: () => broker.restart(),
    close: async () => {
      for (const cable of cables) cable.close();
      await broker.close();
    },
  };
}

interface Cable {
  readonly port: number;
  cut(): void;
  close(): void;
}

async function cableTo(port: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = createConnection({ host: "127.0.0.1", port, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}
