import { asapScheduler, Observable, observeOn, retry, Subject, throwError, timer } from "rxjs";
import { type Access, accessOf, accessRules, clientIdFits, covers, type Role } from "./acl.ts";
import { BrokerError } from "./broker-error.ts";
import {
  type Broker,
  type BrokerClient,
  type BrokerEvent,
  type IncomingMessage,
  MAX_PAYLOAD_BYTES,
  type OutgoingMessage,
  type Subscription,
} from "./broker-link.ts";

export interface MemoryBrokerOptions {
  readonly root: string;
  /** How long a client whose connection broke stays away, in milliseconds. */
  readonly reconnectMs?: number;
}

/** A broker without a network: the contract's roles, retained messages and wills, delivered in order and never at once. */
export interface MemoryBroker {
  /** The broker as a user of this role sees it. */
  as(role: Role): Broker;
  /** Breaks one client's connection: its will is published, and it comes back by itself. */
  cut(clientId: string): void;
  /** Breaks all connections and forgets what was retained. */
  restart(): void;
}

interface Guest {
  readonly client: BrokerClient;
  readonly access: Access;
  readonly tell: (event: BrokerEvent) => void;
  readonly breakOff: (error: BrokerError) => void;
}

export function memoryBroker({ root, reconnectMs = 100 }: MemoryBrokerOptions): MemoryBroker {
  const room = new Room();
  const rules = accessRules();

  function asUser(role: Role): Broker {
    const broker: Broker = {
      connect({ clientId, ...client }) {
        if (!clientIdFits(role, clientId)) {
          return throwError(() => new BrokerError("refused", `${clientId} is not a client id of the user ${role}`));
        }
        const access = accessOf(root, clientId, rules[role]);
        return visit(room, { clientId, ...client }, access).pipe(retry({ delay: () => timer(reconnectMs) }));
      },
    };
    return broker;
  }
  return {
    as: asUser,
    cut: (clientId) => room.guests.get(clientId)?.breakOff(cut()),
    restart: () => room.reset(),
  };
}

/** Who is here, and what was said to stay. */
class Room {
  readonly guests = new Map<string, Guest>();
  private readonly retained = new Map<string, OutgoingMessage>();

  enter(guest: Guest): void {
    const { clientId } = guest.client;
    this.guests.get(clientId)?.breakOff(new BrokerError("taken-over", `another client took the id ${clientId}`));
    this.guests.set(clientId, guest);
    guest.tell({
      type: "up",
      publish: (message) => this.guests.get(clientId) === guest && this.publish(guest, message),
    });
    for (const subscription of guest.client.subscriptions) this.admit(guest, subscription);
  }

  leave(guest: Guest, lastWord: OutgoingMessage | undefined): void {
    if (this.guests.get(guest.client.clientId) === guest) this.guests.delete(guest.client.clientId);
    if (lastWord !== undefined) this.publish(guest, lastWord);
  }

  reset(): void {
    const leaving = [...this.guests.values()];
    this.guests.clear();
    for (const guest of leaving) guest.breakOff(cut());
    // Also the wills: they went to a broker that is no more.
    this.retained.clear();
  }

  private admit(guest: Guest, { filter, refuseRetained }: Subscription): void {
    if (!guest.access.maySubscribe(filter)) {
      guest.tell({ type: "denied", reason: "not-authorized", topic: filter, detail: "may not listen" });
    } else if (refuseRetained !== true) {
      for (const message of this.retained.values()) {
        if (covers(filter, message.topic)) guest.tell(delivery(message, true));
      }
    }
  }

  private publish(from: Guest, message: OutgoingMessage): void {
    const { topic, correlation, retain = false } = message;
    const refusal = refusalOf(from.access, message);
    if (refusal !== undefined) {
      from.tell({ type: "denied", topic, ...refusal, ...(correlation === undefined ? {} : { correlation }) });
      return;
    }
    if (retain) this.retained.set(topic, message);
    for (const { client, access, tell } of this.guests.values()) {
      const match = client.subscriptions.find(({ filter }) => covers(filter, topic) && access.maySubscribe(filter));
      if (match !== undefined) tell(delivery(message, retain && match.refuseRetained === true));
    }
  }
}

/** One connection, until it is broken off or given up. */
function visit(room: Room, client: BrokerClient, access: Access): Observable<BrokerEvent> {
  return new Observable<BrokerEvent>((subscriber) => {
    const inbox$ = new Subject<BrokerEvent>();
    subscriber.add(
      inbox$.pipe(observeOn(asapScheduler)).subscribe({
        next: (event) => subscriber.next(event),
        error: (error: unknown) => subscriber.error(error),
      }),
    );
    let broken = false;
    const guest: Guest = {
      client,
      access,
      tell: (event) => inbox$.next(event),
      breakOff: (error) => {
        broken = true;
        subscriber.next({ type: "down", error });
        subscriber.error(error);
      },
    };
    room.enter(guest);
    return () => room.leave(guest, broken ? client.will : client.farewell?.());
  });
}

const cut = (): BrokerError => new BrokerError("lost", "the connection was cut");

function refusalOf(access: Access, { topic, payload }: OutgoingMessage) {
  if (!access.mayPublish(topic)) return { reason: "not-authorized", detail: `may not publish ${topic}` } as const;
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  return bytes > MAX_PAYLOAD_BYTES ? ({ reason: "too-large", detail: `dropped: ${bytes} bytes` } as const) : undefined;
}

function delivery(message: OutgoingMessage, retained: boolean): BrokerEvent {
  const { topic, payload, responseTopic, correlation, expirySeconds, userProperties = {} } = message;
  const incoming: IncomingMessage = {
    topic,
    payload: Buffer.from(JSON.stringify(payload)),
    retained,
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(expirySeconds === undefined ? {} : { expirySeconds }),
    userProperties,
  };
  return { type: "message", message: incoming };
}
