import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Role } from "../mqtt/acl.ts";
import type { Broker } from "../mqtt/broker-link.ts";
import { mqttConnection } from "../mqtt/connection.ts";
import { embeddedBroker } from "../mqtt/embedded-broker.ts";

export interface OpenBroker {
  /** For people: without user and password. */
  readonly url: string;
  /** `{prefix}/v1/{vid}`. */
  readonly root: string;
  /** Present when the broker is our own: its passwords are new for each run. */
  readonly credentials: ((role: Role) => { readonly username: string; readonly password: string }) | undefined;
  as(role: Role): Broker;
  close(): Promise<void>;
}

/**
 * The broker that the configuration names, or one of our own on a free loopback port. When it is not there yet that is
 * an error, unless it is waited for.
 */
export async function openBroker(
  { vehicle }: Config,
  environment: Environment,
  firstConnect: "fail-fast" | "for-ever" = "fail-fast",
): Promise<OpenBroker> {
  const root = `${vehicle.prefix}/v1/${vehicle.id}`;
  if (vehicle.broker === "embedded") {
    const broker = await embeddedBroker({ root });
    const { url, credentials } = broker;
    const as = (role: Role) => mqttConnection({ url, ...credentials(role) });
    return { url, root, credentials, as, close: () => broker.close() };
  }
  const { broker: url, username, passwordEnv } = vehicle;
  const password = environment[passwordEnv];
  const user = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  const as = () => mqttConnection({ url, ...user, firstConnect });
  return { url: withoutCredentials(url), root, credentials: undefined, as, close: () => Promise.resolve() };
}

/** What may be shown of a URL. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, "//");
}
