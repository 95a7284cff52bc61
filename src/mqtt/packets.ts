import type { IClientPublishOptions, IPublishPacket, MqttClient } from "mqtt";
import type { Subscriber } from "rxjs";
import {
  type BrokerClient,
  type BrokerEvent,
  type Denied,
  type IncomingMessage,
  MAX_PAYLOAD_BYTES,
  type OutgoingMessage,
} from "./broker-link.ts";

/** What may wait in a stalled socket; what comes after that is dropped and reported. */
const MAX_UNSENT_BYTES = 1_048_576;
const DENIED = 0x80;
const NOT_AUTHORIZED = 0x87;

export function toIncoming(payload: Uint8Array, packet: IPublishPacket): IncomingMessage {
  const { responseTopic, correlationData, messageExpiryInterval, userProperties } = packet.properties ?? {};
  return {
    topic: packet.topic,
    payload,
    retained: packet.retain,
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlation: correlationData }),
    ...(messageExpiryInterval === undefined ? {} : { expirySeconds: messageExpiryInterval }),
    userProperties: Object.fromEntries(
      Object.entries(userProperties ?? {}).map(([key, value]) => [
        key,
        Array.isArray(value) ? (value[0] ?? "") : value,
      ]),
    ),
  };
}

/** Everything of a publish but its topic. */
export function toPacket(
  message: OutgoingMessage,
): IClientPublishOptions & { payload: Buffer; qos: 0 | 1; retain: boolean } {
  const { payload, qos, retain = false, responseTopic, correlation, expirySeconds, userProperties } = message;
  return {
    payload: Buffer.from(JSON.stringify(payload)),
    qos,
    retain,
    properties: {
      payloadFormatIndicator: true,
      contentType: "application/json",
      ...(responseTopic === undefined ? {} : { responseTopic }),
      ...(correlation === undefined ? {} : { correlationData: Buffer.from(correlation) }),
      ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
      ...(userProperties === undefined ? {} : { userProperties: { ...userProperties } }),
    },
  };
}

/** Publishes while this connection stands; refusals come back as `denied`. */
export function publishOn(mqtt: MqttClient, subscriber: Subscriber<BrokerEvent>): (message: OutgoingMessage) => void {
  return (message) => {
    const { topic, correlation } = message;
    const denied = (reason: Denied["reason"], detail: string): void =>
      subscriber.next({ type: "denied", reason, topic, detail, ...(correlation === undefined ? {} : { correlation }) });
    if (!mqtt.connected) return;
    if (mqtt.stream.writableLength > MAX_UNSENT_BYTES) return denied("stalled", "dropped: the connection has stalled");
    const { payload, ...packet } = toPacket(message);
    if (payload.byteLength > MAX_PAYLOAD_BYTES) {
      return denied("too-large", `dropped: ${payload.byteLength} bytes, at most ${MAX_PAYLOAD_BYTES} may be sent`);
    }
    mqtt.publish(topic, payload, packet, (error) => {
      const code = reasonCode(error);
      if (code >= DENIED) denied(code === NOT_AUTHORIZED ? "not-authorized" : "failed", String(error));
    });
  };
}

/** Must come before `up`: whoever answers to that can then already be answered. */
export function subscribeOn(mqtt: MqttClient, client: BrokerClient, subscriber: Subscriber<BrokerEvent>): void {
  const wanted = Object.fromEntries(
    client.subscriptions.map(({ filter, qos, refuseRetained = false }) => [
      filter,
      { qos, rap: refuseRetained, rh: refuseRetained ? 2 : 0 },
    ]),
  );
  mqtt.subscribe(wanted, (error, asked, packet) => {
    if (error === null) return;
    const granted = packet?.granted ?? [];
    for (const [index, { topic }] of (asked ?? []).entries()) {
      if (Number(granted[index] ?? 0) < DENIED) continue;
      subscriber.next({ type: "denied", reason: "not-authorized", topic, detail: `may not listen: ${error.message}` });
    }
  });
}

function reasonCode(error: unknown): number {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : 0;
}
