import {
  catchError,
  defer,
  delay,
  filter,
  lastValueFrom,
  type MonoTypeOperatorFunction,
  map,
  merge,
  of,
  scan,
  connect as split,
  take,
  takeWhile,
} from "rxjs";
import { z } from "zod";

import { BrokerError } from "../../../mqtt/broker-error.ts";
import type { Broker, BrokerEvent, IncomingMessage } from "../../../mqtt/broker-link.ts";
import { cataloguePayload, type Presence, parsePayload, presencePayload } from "../../../mqtt/messages.ts";
import { type Topics, topics } from "../../../mqtt/topics.ts";
import type { CarCatalogue } from "../../../vehicle/vehicle-bus.ts";

/** A heart that beats each second is heard within this time. */
const LISTEN_MS = 2_500;
/** Beside a running agent, not in its place, where the broker does not tie ids to users. */
const CLIENT_ID = "agent-doctor";
const OVER = { type: "over" } as const;

/** `meta/clock`, as far as it is of use here. */
const beatPayload = z.object({ at: z.string().max(40) });

/** What can be learnt of a broker and the car on it by listening. */
export interface BrokerVisit {
  readonly up: boolean;
  readonly error?: BrokerError;
  /** Filters below the root that we may not listen to. */
  readonly denied: readonly string[];
  readonly gateway?: Presence;
  readonly agent?: Presence;
  readonly catalogue?: CarCatalogue;
  /** Why the catalogue that is there cannot be read. */
  readonly badCatalogue?: string;
  /** What a stored beat says: the car's time when it beat last. */
  readonly lastBeatAt?: string;
  /** A beat came while we listened. */
  readonly beats: boolean;
}

export const NOTHING_SEEN: BrokerVisit = { up: false, denied: [], beats: false };

/**
 * Listens to what a broker has stored of the car below `root`, and to the car's heartbeat, for 2.5 s at most. Says
 * nothing itself. Never rejects.
 */
export function visitBroker(broker: Broker, root: string): Promise<BrokerVisit> {
  const t = topics(root);
  const filters = [t.at("state", "#"), t.at("meta", "#"), t.at("presence", "#")];
  const subscriptions = filters.map((filter) => ({ filter, qos: 1 as const }));
  const visit$ = defer(() => broker.connect({ clientId: CLIENT_ID, subscriptions })).pipe(
    split((events$) =>
      merge(
        events$,
        events$.pipe(
          onceUp(),
          delay(LISTEN_MS),
          map(() => OVER),
        ),
      ),
    ),
    takeWhile((event): event is BrokerEvent => event !== OVER),
    scan((visit, event) => nextVisit(visit, event, t), NOTHING_SEEN),
    takeWhile((visit) => !isEnough(visit), true),
    catchError((error: unknown) => of({ ...NOTHING_SEEN, error: asBrokerError(error) })),
  );
  return lastValueFrom(visit$, { defaultValue: NOTHING_SEEN });
}

function onceUp(): MonoTypeOperatorFunction<BrokerEvent> {
  return (events$) =>
    events$.pipe(
      filter(({ type }) => type === "up"),
      take(1),
    );
}

/** The fold over what the connection brings. What cannot be read is as if it were not there. */
export function nextVisit(visit: BrokerVisit, event: BrokerEvent, t: Topics): BrokerVisit {
  switch (event.type) {
    case "up":
      return { ...visit, up: true };
    case "down":
      return { ...visit, error: event.error };
    case "denied":
      return { ...visit, denied: [...visit.denied, event.topic] };
    case "message":
      return { ...visit, ...learnt(event.message, t) };
  }
}

function learnt({ topic, payload, retained }: IncomingMessage, t: Topics): Partial<BrokerVisit> {
  switch (topic) {
    case t.presence("gateway"):
      return presenceIn(payload, "gateway");
    case t.presence("agent"):
      return presenceIn(payload, "agent");
    case t.catalogue: {
      const parsed = parsePayload(cataloguePayload, payload);
      return parsed.ok ? { catalogue: parsed.value } : { badCatalogue: parsed.detail };
    }
    case t.clock:
      return retained ? storedBeat(payload) : { beats: true };
    default:
      return {};
  }
}

function presenceIn(payload: Uint8Array, whose: "gateway" | "agent"): Partial<BrokerVisit> {
  const parsed = parsePayload(presencePayload, payload);
  return parsed.ok ? { [whose]: parsed.value } : {};
}

function storedBeat(payload: Uint8Array): Partial<BrokerVisit> {
  const parsed = parsePayload(beatPayload, payload);
  return parsed.ok ? { lastBeatAt: parsed.value.at } : {};
}

/** Nothing that could still come would change the verdict. */
function isEnough({ error, beats, catalogue, gateway }: BrokerVisit): boolean {
  return error !== undefined || (beats && catalogue !== undefined && gateway !== undefined);
}

function asBrokerError(error: unknown): BrokerError {
  return error instanceof BrokerError ? error : new BrokerError("unreachable", String(error), { cause: error });
}
