import { Socket } from "node:net";
import { connect as connectMqtt, type IClientOptions, type MqttClient } from "mqtt";
import { catchError, Observable, retry, type Subscriber, switchMap, throwError, timer } from "rxjs";
import { BrokerError, type BrokerErrorCode } from "./broker-error.ts";
import {
  type Broker,
  type BrokerClient,
  type BrokerEvent,
  MAX_PACKET_BYTES,
  type OutgoingMessage,
} from "./broker-link.ts";
import { publishOn, subscribeOn, toIncoming, toPacket } from "./packets.ts";

export interface MqttOptions {
  /** `mqtt://host:port`, `mqtts://…`, `ws://…`, `wss://…` or `mqtt+unix:///path`; user and password may be part of it. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** `fail-fast` errors when the very first connection cannot be made; `for-ever` (default) keeps trying. */
  readonly firstConnect?: "fail-fast" | "for-ever";
  /** For tests: 0 ≤ n < 1. */
  readonly random?: () => number;
}

const SCHEMES = new Set(["mqtt:", "mqtts:", "ws:", "wss:", "mqtt+unix:"]);
const CONNECT_TIMEOUT_MS = 3_000;
/** MQTT.js takes a connection for dead after 1.5 of these without a sign of life. */
const KEEPALIVE_SECONDS = 5;
const RECEIVE_MAXIMUM = 32;
const FAREWELL_TIMEOUT_MS = 500;
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;
/** For what does not pass by itself: a wrong password, another process with our client id. */
const LONG_BACKOFF_MS = 30_000;
const TAKEN_OVER = 0x8e;
/** Bad user name or password, not authorized, bad client id, banned. */
const REFUSALS: ReadonlySet<unknown> = new Set([0x85, 0x86, 0x87, 0x8a]);

/**
 * A broker over MQTT 5, without promises of its own: each connection is a new session, nothing is stored while offline
 * and nothing is resent. Comes back by itself with full jitter of 0.1 to 2 s. A bad URL always errors.
 */
export function mqttConnection(options: MqttOptions): Broker {
  const { firstConnect = "for-ever", random = Math.random } = options;
  const broker: Broker = {
    connect(client) {
      const trouble = urlTrouble(options.url);
      if (trouble !== undefined) return throwError(() => trouble);

      const attempt$ = attempt(options, client);
      const forEver$ = attempt$.pipe(retry({ delay: (error: unknown) => timer(backoffMs(error, random)) }));
      if (firstConnect === "for-ever") return forEver$;
      return attempt$.pipe(
        catchError((error: unknown) => {
          if (!has(error, "lost", "taken-over")) throw error;
          return timer(backoffMs(error, random)).pipe(switchMap(() => forEver$));
        }),
      );
    },
  };
  return broker;
}

const has = (error: unknown, ...codes: readonly BrokerErrorCode[]): boolean =>
  error instanceof BrokerError && codes.includes(error.code);

function backoffMs(error: unknown, random: () => number): number {
  return has(error, "refused", "taken-over")
    ? LONG_BACKOFF_MS
    : MIN_BACKOFF_MS + random() * (MAX_BACKOFF_MS - MIN_BACKOFF_MS);
}

/** One connection: `up`, messages, then `down` and an error. MQTT.js's own reconnect and stores stay unused. */
function attempt(options: MqttOptions, client: BrokerClient): Observable<BrokerEvent> {
  return new Observable<BrokerEvent>((subscriber) => {
    const name = shownUrl(options.url);
    const mqtt = connectMqtt(options.url, mqttOptions(options, client));
    // Small packets must not wait for the peer's delayed acknowledgement, which takes 40 ms.
    if (mqtt.stream instanceof Socket) mqtt.stream.setNoDelay(true);
    let up = false;
    let broken = false;
    const fail = (error: BrokerError): void => {
      if (subscriber.closed) return;
      broken = true;
      subscriber.next({ type: "down", error });
      subscriber.error(error);
    };
    // A broker without MQTT 5 may answer in a way that MQTT.js neither accepts nor refuses.
    const patience = setTimeout(() => fail(unreachable(name, "no MQTT 5 answer in time")), CONNECT_TIMEOUT_MS + 500);

    mqtt.on("connect", () => {
      clearTimeout(patience);
      up = true;
      subscribeOn(mqtt, client, subscriber);
      subscriber.next({ type: "up", publish: publishOn(mqtt, subscriber) });
    });
    mqtt.on("message", (_topic, payload, packet) => deliver(subscriber, packet.topic, payload, packet));
    mqtt.on("disconnect", ({ reasonCode }) => {
      if (reasonCode === TAKEN_OVER) fail(takenOver(name, client.clientId));
    });
    mqtt.on("error", (cause) => fail(failure(name, options, up, cause)));
    mqtt.on("close", () => fail(up ? lost(name) : unreachable(name, "it hung up")));

    return () => {
      clearTimeout(patience);
      hangUp(mqtt, broken ? undefined : client);
    };
  });
}

/** A throw inside MQTT.js's message event makes the client deaf while it stays connected: nothing may escape. */
function deliver(
  subscriber: Subscriber<BrokerEvent>,
  topic: string,
  payload: Uint8Array,
  packet: Parameters<typeof toIncoming>[1],
): void {
  try {
    subscriber.next({ type: "message", message: toIncoming(payload, packet) });
  } catch (error) {
    subscriber.next({ type: "denied", reason: "failed", topic, detail: `could not be handled: ${String(error)}` });
  }
}

function mqttOptions({ url, username, password }: MqttOptions, client: BrokerClient): IClientOptions {
  const { will } = client;
  const given = new URL(url);
  return {
    protocolVersion: 5,
    clientId: client.clientId,
    ...(username === undefined || given.username !== "" ? {} : { username }),
    ...(password === undefined || given.username !== "" ? {} : { password }),
    clean: true,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    properties: { sessionExpiryInterval: 0, receiveMaximum: RECEIVE_MAXIMUM, maximumPacketSize: MAX_PACKET_BYTES },
    ...(will === undefined ? {} : { will: toWill(will) }),
  };
}

function toWill(message: OutgoingMessage): NonNullable<IClientOptions["will"]> {
  const { payload, qos, retain } = toPacket(message);
  return { topic: message.topic, payload, qos, retain };
}

/** With a farewell when the link still stands; by force when that takes too long. Later errors have no listener left. */
function hangUp(mqtt: MqttClient, client: BrokerClient | undefined): void {
  if (client === undefined || !mqtt.connected) {
    mqtt.end(true);
    return;
  }
  const byForce = setTimeout(() => mqtt.stream.destroy(), FAREWELL_TIMEOUT_MS);
  const last = client.farewell?.();
  const { payload, ...packet } = last === undefined ? { payload: "" } : toPacket(last);
  if (last !== undefined) mqtt.publish(last.topic, payload, packet, () => undefined);
  mqtt.end(false, { reasonCode: 0 }, () => clearTimeout(byForce));
}

function urlTrouble(url: string): BrokerError | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const good =
    parsed !== undefined && SCHEMES.has(parsed.protocol) && (parsed.host !== "" || parsed.pathname.length > 1);
  if (good) return undefined;
  const shown = parsed === undefined ? JSON.stringify(url.replace(/\/\/.*@/, "//").slice(0, 120)) : shownUrl(url);
  return new BrokerError("bad-url", `${shown} is not a broker URL: write it as mqtt://host:1883 or mqtts://host:8883`);
}

const shownUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
};

function failure(name: string, { username }: MqttOptions, up: boolean, cause: Error): BrokerError {
  const code = "code" in cause ? cause.code : undefined;
  if (REFUSALS.has(code)) {
    const who = username === undefined ? "an unnamed user" : `the user ${JSON.stringify(username)}`;
    const advice = "check user name, password and client id";
    return new BrokerError("refused", `the broker at ${name} refused ${who} (${cause.message}): ${advice}`, { cause });
  }
  return up ? lost(name, cause) : unreachable(name, cause.message || String(code), cause);
}

const unreachable = (name: string, why: string, cause?: Error): BrokerError =>
  new BrokerError("unreachable", `no broker at ${name} (${why}): start one there, or correct the address`, { cause });

const lost = (name: string, cause?: Error): BrokerError =>
  new BrokerError("lost", `the connection to the broker at ${name} broke${cause ? `: ${cause.message}` : ""}`, {
    cause,
  });

const takenOver = (name: string, clientId: string): BrokerError =>
  new BrokerError(
    "taken-over",
    `another client took the id ${clientId} at the broker ${name}: is a second one running? Give each its own id`,
  );
