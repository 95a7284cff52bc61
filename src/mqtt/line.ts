import { BehaviorSubject, finalize, type Observable, share, tap } from "rxjs";
import type { Broker, BrokerEvent, OutgoingMessage, Subscription } from "./broker-link.ts";
import { CONTRACT, type Presence } from "./messages.ts";

/** More topics than any car has: beyond that a new one is published but not said again. */
const MAX_KEPT = 8_192;

export interface LineOptions {
  readonly broker: Broker;
  readonly clientId: string;
  readonly subscriptions: readonly Subscription[];
  /** Who we are, on the retained presence topic: `online` at each connect, `offline` at the end, else `lost`. */
  readonly presence: {
    readonly topic: string;
    readonly role: Presence["role"];
    readonly instance: string;
    readonly software?: string;
  };
}

/** One connection, shared by all who listen, and a voice on whichever connection stands now. */
export interface Line {
  readonly events$: Observable<BrokerEvent>;
  /** Says it once; dropped while the broker is away. */
  readonly publish: (message: OutgoingMessage) => void;
  /** Retained: said now and again after every reconnect, the newest per topic, before we call ourselves online. */
  readonly keep: (message: OutgoingMessage) => void;
}

type Publish = (message: OutgoingMessage) => void;
const drop: Publish = () => undefined;

export function openLine({ broker, clientId, subscriptions, presence }: LineOptions): Line {
  const kept = new Map<string, OutgoingMessage>();
  const voice$ = new BehaviorSubject<Publish>(drop);
  const since = new Date().toISOString();
  const presenceOf = (state: Presence["state"]): OutgoingMessage => ({
    topic: presence.topic,
    payload: {
      state,
      role: presence.role,
      instance: presence.instance,
      ...(presence.software === undefined ? {} : { sw: presence.software }),
      contract: CONTRACT,
      since,
    },
    qos: 1,
    retain: true,
  });
  const greet = (publish: Publish): void => {
    voice$.next(publish);
    for (const message of kept.values()) publish(message);
    publish(presenceOf("online"));
  };

  const client = { clientId, subscriptions, will: presenceOf("lost"), farewell: () => presenceOf("offline") };
  const events$ = broker.connect(client).pipe(
    tap((event) => {
      if (event.type === "up") greet(event.publish);
      if (event.type === "down") voice$.next(drop);
    }),
    finalize(() => voice$.next(drop)),
    share(),
  );
  return {
    events$,
    publish: (message) => voice$.value(message),
    keep: (message) => {
      const retained = { ...message, retain: true };
      if (kept.has(message.topic) || kept.size < MAX_KEPT) kept.set(message.topic, retained);
      voice$.value(retained);
    },
  };
}
