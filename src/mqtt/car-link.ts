import {
  EMPTY,
  filter,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  share,
  connect as split,
  startWith,
  switchMap,
  tap,
} from "rxjs";
import type { CommandUpdate } from "../vehicle/command.ts";
import type { ReadingStatus, SignalPath, SignalValue } from "../vehicle/signal.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";
import type { BrokerError } from "./broker-error.ts";
import type { Broker, BrokerEvent } from "./broker-link.ts";
import { decodeCommand, encodeAnswer, type ReceivedCommand, type ReplyAddress } from "./command-wire.ts";
import { openLine } from "./line.ts";
import type { LinkFault } from "./link-fault.ts";
import { parseJson } from "./messages.ts";
import { topics } from "./topics.ts";

const CLOCK_PERIOD_MS = 1_000;
const EVENT_EXPIRY_SECONDS = 10;

export interface CarClock {
  readonly mode: "real" | "sim";
  /** Simulated seconds per second. */
  readonly rate: number;
  /** The car's time, UTC. */
  readonly at: Date;
}

export interface CarLinkOptions {
  readonly broker: Broker;
  readonly root: string;
  /** Also the user's role where the broker ties both: `gateway` or `simulator`. */
  readonly clientId: string;
  /** A new one for each start of the gateway. */
  readonly instance: string;
  /** True marks presence and every reading as simulated. */
  readonly simulated: boolean;
  readonly software?: string;
  /** The car's own time: what `ts` says. */
  readonly clock?: () => CarClock;
}

export interface StateOptions {
  readonly status?: ReadingStatus;
  /** For what is republished all the time anyway (speed, position, power): QoS 0 instead of 1. Always the same per path. */
  readonly continuous?: boolean;
}

/** The car's end of the contract. Connected while any of its streams is subscribed; publishing alone does not connect. */
export interface CarLink {
  /** Well-formed commands. What is not is answered BAD_REQUEST, or dropped as a fault when there is nobody to answer. */
  readonly commands$: Observable<ReceivedCommand>;
  /** Stage directions to a simulated car (`sim/cmd/{name}`). */
  readonly stage$: Observable<{ readonly name: string; readonly payload: unknown }>;
  readonly broker$: Observable<{ readonly up: true } | { readonly up: false; readonly error: BrokerError }>;
  readonly faults$: Observable<LinkFault>;
  readonly respond: (replyTo: ReplyAddress, update: CommandUpdate) => void;
  /** Retained, and said again after a reconnect. `undefined` keeps no value: then give a status. Throws a TopicError. */
  readonly publishState: (path: SignalPath, value: SignalValue | undefined, options?: StateOptions) => void;
  /** Give it before the first state: agents offer nothing that is not in it. */
  readonly publishCatalogue: (catalogue: CarCatalogue) => void;
  readonly publishEvent: (domain: string, name: string, payload: Readonly<Record<string, unknown>>) => void;
}

const realTime = (): CarClock => ({ mode: "real", rate: 1, at: new Date() });

export function carLink(options: CarLinkOptions): CarLink {
  const { broker, clientId, instance, simulated, software, clock = realTime } = options;
  const t = topics(options.root);
  const role = simulated ? "simulator" : "gateway";
  const line = openLine({
    broker,
    clientId,
    subscriptions: [
      { filter: t.at("cmd", "#"), qos: 1, refuseRetained: true },
      ...(simulated ? [{ filter: t.at("sim", "cmd", "#"), qos: 1, refuseRetained: true } as const] : []),
    ],
    presence: { topic: t.presence("gateway"), role, instance, ...(software === undefined ? {} : { software }) },
  });

  const beat = (): void => {
    const { mode, rate, at } = clock();
    line.publish({ topic: t.clock, payload: { mode, rate, at: at.toISOString() }, qos: 0, retain: true });
  };
  const events$ = line.events$.pipe(
    split((shared$) => merge(shared$.pipe(beating(beat)), shared$)),
    share(),
  );
  const heard$ = events$.pipe(
    map((event) => hear(event, t)),
    filter((heard) => heard !== undefined),
    tap((heard) => heard.type === "refused" && line.publish(encodeAnswer(heard.replyTo, heard.update))),
    share(),
  );
  return {
    commands$: heard$.pipe(
      filter((heard) => heard.type === "command"),
      map(({ received }) => received),
    ),
    stage$: heard$.pipe(filter((heard) => heard.type === "stage")),
    faults$: heard$.pipe(
      filter((heard) => heard.type === "fault"),
      map(({ fault }) => fault),
    ),
    broker$: events$.pipe(
      filter((event) => event.type === "up" || event.type === "down"),
      map((event) => (event.type === "up" ? { up: true } : { up: false, error: event.error })),
    ),
    respond: (replyTo, update) => line.publish(encodeAnswer(replyTo, update)),
    publishState: (path, value, { status = "valid", continuous = false } = {}) =>
      line.keep({
        topic: t.state(path),
        payload: {
          ...(value === undefined ? {} : { value }),
          ts: clock().at.toISOString(),
          status,
          ...(simulated ? { simulated } : {}),
        },
        qos: continuous ? 0 : 1,
      }),
    publishCatalogue: (catalogue) => line.keep({ topic: t.catalogue, payload: catalogue, qos: 1 }),
    publishEvent: (domain, name, payload) =>
      line.publish({ topic: t.event(domain, name), payload, qos: 1, expirySeconds: EVENT_EXPIRY_SECONDS }),
  };
}

/** A beat at once and then every second, while the broker is there. */
function beating(beat: () => void) {
  return (events$: Observable<BrokerEvent>): Observable<never> =>
    events$.pipe(
      filter(({ type }) => type === "up" || type === "down"),
      switchMap(({ type }) => (type === "up" ? interval(CLOCK_PERIOD_MS).pipe(startWith(0)) : EMPTY)),
      tap(beat),
      ignoreElements(),
    );
}

type Heard =
  | ReturnType<typeof decodeCommand>
  | { readonly type: "stage"; readonly name: string; readonly payload: unknown };

function hear(event: BrokerEvent, t: ReturnType<typeof topics>): Heard | undefined {
  if (event.type === "denied") {
    const { topic, detail } = event;
    return { type: "fault", fault: { reason: "denied", topic, detail } };
  }
  if (event.type !== "message") return undefined;
  const { message } = event;
  const target = t.parse(message.topic);
  if (target?.kind !== "simulator") return decodeCommand(t, message);
  const json = parseJson(message.payload);
  if (json.ok && !message.retained) return { type: "stage", name: target.name, payload: json.value };
  const detail = json.ok ? "must not be retained" : json.detail;
  return { type: "fault", fault: { reason: "bad-payload", topic: message.topic, detail } };
}
