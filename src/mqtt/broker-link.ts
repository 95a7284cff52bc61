import type { Observable } from "rxjs";
import type { BrokerError } from "./broker-error.ts";

export type QoS = 0 | 1;

export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Stored by the broker before we came, or published to be stored. */
  readonly retained: boolean;
  readonly responseTopic?: string;
  readonly correlation?: Uint8Array;
  /** Seconds left to live, counted down by the broker. */
  readonly expirySeconds?: number;
  readonly userProperties: Readonly<Record<string, string>>;
}

export interface OutgoingMessage {
  readonly topic: string;
  /** Sent as UTF-8 JSON. */
  readonly payload: unknown;
  readonly qos: QoS;
  readonly retain?: boolean;
  readonly responseTopic?: string;
  readonly correlation?: Uint8Array;
  readonly expirySeconds?: number;
  readonly userProperties?: Readonly<Record<string, string>>;
}

export interface Subscription {
  readonly filter: string;
  readonly qos: QoS;
  /** For inputs that must never be stored: the broker sends nothing old, and shows the flag the publisher set. */
  readonly refuseRetained?: boolean;
}

/** Who connects, what it hears, and what the broker says on its behalf when it is gone. */
export interface BrokerClient {
  readonly clientId: string;
  readonly subscriptions: readonly Subscription[];
  /** Published by the broker when the connection breaks. */
  readonly will?: OutgoingMessage;
  /** Published by ourselves as the last message of an orderly hang-up. */
  readonly farewell?: () => OutgoingMessage;
}

/**
 * One connection over its whole life. After `down` it comes back by itself with a new `up`, subscribed anew; nothing
 * that was published or awaited before is remembered. `publish` never throws and drops what cannot be sent now.
 */
export type BrokerEvent =
  | { readonly type: "up"; readonly publish: (message: OutgoingMessage) => void }
  | { readonly type: "message"; readonly message: IncomingMessage }
  | { readonly type: "down"; readonly error: BrokerError }
  | Denied;

/** One message or subscription did not pass; the connection goes on. */
export interface Denied {
  readonly type: "denied";
  readonly reason: "not-authorized" | "too-large" | "stalled" | "failed";
  readonly topic: string;
  readonly detail: string;
  readonly correlation?: Uint8Array;
}

/** Reaches a broker on behalf of one user: over MQTT, or a stand-in for it. */
export interface Broker {
  /** Connects one client. Cold; unsubscribing hangs up in an orderly way. */
  connect(client: BrokerClient): Observable<BrokerEvent>;
}

/** The largest packet that either side sends or accepts, in bytes. */
export const MAX_PACKET_BYTES = 65_536;
/** What may be in a payload: room is left for the topic and the properties. */
export const MAX_PAYLOAD_BYTES = 60_000;
