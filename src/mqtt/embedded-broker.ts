import { randomBytes, timingSafeEqual } from "node:crypto";
import { type EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { type Access, accessOf, accessRules, clientIdFits, ROLES, type Role } from "./acl.ts";
import { BrokerError } from "./broker-error.ts";

/** Less than what our clients accept, for a broker adds properties to what it passes on. */
const MAX_PACKET_BYTES = 64_000;
const MAX_CONNECTIONS = 64;
const NOT_AUTHORIZED = 5;

export type Passwords = Readonly<Record<Role, string>>;

export interface EmbeddedBrokerOptions {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** `{prefix}/v1/{vid}`: nothing outside it can be published or read. */
  readonly root: string;
  /** Command domains of the agent. */
  readonly agentDomains?: readonly string[];
  /** Random ones, new for each run, unless given. */
  readonly passwords?: Passwords;
}

export interface EmbeddedBroker {
  /** `mqtt://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  readonly credentials: (role: Role) => { readonly username: string; readonly password: string };
  /** Hangs up on everybody; resolves when the port is free again. */
  readonly close: () => Promise<void>;
}

export const randomPasswords = (): Passwords =>
  Object.fromEntries(ROLES.map((role) => [role, randomBytes(18).toString("base64url")])) as Record<Role, string>;

/**
 * An MQTT 5 broker inside this process, on loopback only, with one user per role and the access rules of the contract.
 * A client id must be its user's name, or start with it and a dash. Rejects with a BrokerError when the port is taken.
 */
export async function embeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { port = 0, root, passwords = randomPasswords() } = options;
  const broker = await Aedes.createBroker({
    maximumPacketSize: MAX_PACKET_BYTES,
    maxClientsIdLength: 64,
    maxTopicLevels: 24,
    connectTimeout: 5_000,
    sessionExpiryIntervalLimit: 300,
    pendingSessionsLimit: MAX_CONNECTIONS,
    ...gatekeeper(root, passwords, options.agentDomains),
  });
  (broker as EventEmitter).on("error", () => undefined);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A peer that resets before aedes has attached its own handler must not end the process.
    socket.on("error", () => undefined);
    broker.handle(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await listening(server, port);
  } catch (error) {
    await new Promise<void>((done) => broker.close(done));
    throw error;
  }

  const bound = (server.address() as AddressInfo).port;
  return {
    url: `mqtt://127.0.0.1:${bound}`,
    port: bound,
    credentials: (role) => ({ username: role, password: passwords[role] }),
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await new Promise<void>((done) => broker.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    const why = taken ? "another program listens there already" : String(cause);
    const advice = "choose another port, or 0 for any free one";
    throw new BrokerError("busy-port", `the embedded broker cannot listen on 127.0.0.1:${port}: ${why}; ${advice}`, {
      cause,
    });
  }
}

/** The three questions that aedes asks about each client. */
function gatekeeper(root: string, passwords: Passwords, agentDomains?: readonly string[]) {
  const rules = accessRules(agentDomains);
  const admitted = new WeakMap<Client, Access>();
  return {
    authenticate: (
      client: Client,
      username: string | undefined,
      password: Buffer | undefined,
      done: (error: AuthenticateError | null, success: boolean | null) => void,
    ): void => {
      const role = ROLES.find((known) => known === username);
      const ok = role !== undefined && clientIdFits(role, client.id) && samePassword(passwords[role], password);
      if (!ok) return done(Object.assign(new Error("not authorized"), { returnCode: NOT_AUTHORIZED }), null);
      admitted.set(client, accessOf(root, client.id, rules[role]));
      done(null, true);
    },
    authorizePublish: (
      client: Client | null,
      packet: { topic: string },
      done: (error?: Error | null) => void,
    ): void => {
      const may = client !== null && admitted.get(client)?.mayPublish(packet.topic) === true;
      done(may ? null : new Error(`${client?.id ?? "nobody"} may not publish ${packet.topic}`));
    },
    authorizeSubscribe: <Subscription extends { topic: string }>(
      client: Client,
      subscription: Subscription,
      done: (error: Error | null, subscription?: Subscription | null) => void,
    ): void => done(null, admitted.get(client)?.maySubscribe(subscription.topic) === true ? subscription : null),
  };
}

function samePassword(expected: string, given: Buffer | undefined): boolean {
  const wanted = Buffer.from(expected);
  return given?.length === wanted.length && timingSafeEqual(wanted, given);
}
