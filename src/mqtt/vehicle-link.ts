import {
  defer,
  distinctUntilChanged,
  filter,
  type MonoTypeOperatorFunction,
  map,
  merge,
  mergeMap,
  type Observable,
  Subject,
  startWith,
} from "rxjs";
import type { CommandLink } from "../policy/command-link.ts";
import type { SignalValue } from "../vehicle/signal.ts";
import type { VehicleBus } from "../vehicle/vehicle-bus.ts";
import type { BrokerError } from "./broker-error.ts";
import type { Broker, OutgoingMessage, Subscription } from "./broker-link.ts";
import { encodeCommand } from "./command-wire.ts";
import { type Heard, hear } from "./hear-vehicle.ts";
import { openLine } from "./line.ts";
import type { LinkFault } from "./link-fault.ts";
import type { TextTurn } from "./messages.ts";
import { replayLatest } from "./replay-latest.ts";
import { type Topics, topics } from "./topics.ts";

/** More than any car publishes; what comes beyond is passed on but not kept. */
const MAX_KEPT = 4_096;

export interface VehicleLinkOptions {
  readonly broker: Broker;
  /** `{prefix}/v1/{vid}`. */
  readonly root: string;
  /** `agent`, or `agent-` and more. */
  readonly clientId: string;
  /** Made at process start. */
  readonly instance: string;
  readonly software?: string;
}

export type AgentState = "idle" | "listening" | "thinking" | "speaking" | "muted" | "error";

/** What the agent says of itself on MQTT, and what it is told there. Publishing never throws. */
export interface AgentPublisher {
  /** Retained, and said again after a reconnect. */
  readonly status: (state: AgentState, facts?: Readonly<Record<string, unknown>>) => void;
  /** One step of a turn. */
  readonly turn: (step: Readonly<Record<string, unknown>>) => void;
  /** Loudness of the microphone from 0 to 1; lossy. */
  readonly level: (level: number) => void;
  /** Typed turns: origin `hmi`, never the driver's voice. */
  readonly text$: Observable<TextTurn>;
  /** The push-to-talk key: true while it is held. */
  readonly ptt$: Observable<boolean>;
}

/** The agent's end of the contract. Every stream shares one connection, which stands while any of them is subscribed. */
export interface VehicleLink {
  readonly bus: VehicleBus;
  readonly link: CommandLink;
  readonly say: AgentPublisher;
  readonly broker$: Observable<{ readonly up: true } | { readonly up: false; readonly error: BrokerError }>;
  readonly faults$: Observable<LinkFault>;
}

export function vehicleLink(options: VehicleLinkOptions): VehicleLink {
  const { broker, clientId, instance, software } = options;
  const t = topics(options.root);
  const line = openLine({
    broker,
    clientId,
    subscriptions: subscriptions(t, clientId),
    presence: { topic: t.presence("agent"), role: "agent", instance, ...(software === undefined ? {} : { software }) },
  });
  /** What happens here rather than on the wire: commands that could not even be put on it. */
  const unsent$ = new Subject<Heard>();
  // The memory lives as long as the connection: what is retained arrives once, however often somebody starts to listen.
  const heard$ = merge(line.events$.pipe(mergeMap((event) => hear(event, t))), unsent$).pipe(
    keepingLastGood(),
    replayLatest(stateKey, MAX_KEPT),
  );
  function only<Type extends Heard["type"]>(type: Type): Observable<Extract<Heard, { type: Type }>> {
    return heard$.pipe(filter((heard): heard is Extract<Heard, { type: Type }> => heard.type === type));
  }

  const gateway$ = only("gateway").pipe(
    map(({ presence }) => presence),
    distinctUntilChanged((a, b) => a.state === b.state && a.instance === b.instance && a.simulated === b.simulated),
  );
  return {
    bus: {
      signals$: only("signal").pipe(map(({ update }) => update)),
      gateway$,
      catalogue$: only("catalogue").pipe(map(({ catalogue }) => catalogue)),
      heartbeat$: only("beat"),
    },
    link: {
      publish: (message, remainingMs) => {
        try {
          line.publish(encodeCommand(t, clientId, message, remainingMs));
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error);
          const update = {
            id: message.id,
            phase: "rejected",
            final: true,
            error: { code: "BAD_REQUEST", detail },
          } as const;
          unsent$.next({ type: "answer", update });
        }
      },
      updates$: only("answer").pipe(map(({ update }) => update)),
      ready$: gateway$.pipe(
        map(({ state }) => state === "online"),
        startWith(false),
        distinctUntilChanged(),
      ),
    },
    say: agentPublisher(t, line.publish, line.keep, only("text"), only("ptt")),
    broker$: only("broker").pipe(map(({ broker }) => broker)),
    faults$: only("fault").pipe(map(({ fault }) => fault)),
  };
}

function subscriptions(t: Topics, clientId: string): readonly Subscription[] {
  return [
    { filter: t.at("state", "#"), qos: 1 },
    { filter: t.at("meta", "#"), qos: 1 },
    { filter: t.presence("gateway"), qos: 1 },
    { filter: t.reply(clientId), qos: 1 },
    { filter: t.agent("text"), qos: 1, refuseRetained: true },
    { filter: t.agent("ptt"), qos: 1, refuseRetained: true },
  ];
}

/** What is a state rather than an event, and of which only the newest counts. */
function stateKey(heard: Heard): string | undefined {
  if (heard.type === "signal") return heard.update.path;
  return heard.type === "gateway" || heard.type === "catalogue" || heard.type === "broker" ? heard.type : undefined;
}

/** A reading without a good value keeps the last one. */
function keepingLastGood(): MonoTypeOperatorFunction<Heard> {
  return (heard$) =>
    defer(() => {
      const good = new Map<string, SignalValue>();
      return heard$.pipe(
        map((heard) => {
          if (heard.type !== "signal") return heard;
          const { path, reading } = heard.update;
          const { value = good.get(path) } = reading;
          if (value !== undefined && (good.has(path) || good.size < MAX_KEPT)) good.set(path, value);
          return { ...heard, update: { path, reading: { ...reading, value } } };
        }),
      );
    });
}

function agentPublisher(
  t: Topics,
  publish: (message: OutgoingMessage) => void,
  keep: (message: OutgoingMessage) => void,
  text$: Observable<Extract<Heard, { type: "text" }>>,
  ptt$: Observable<Extract<Heard, { type: "ptt" }>>,
): AgentPublisher {
  const ts = (): string => new Date().toISOString();
  return {
    status: (state, facts = {}) => keep({ topic: t.agent("status"), payload: { state, ts: ts(), ...facts }, qos: 1 }),
    turn: (step) => publish({ topic: t.agent("turn"), payload: { ts: ts(), ...step }, qos: 1 }),
    level: (level) => publish({ topic: t.agent("level"), payload: { level }, qos: 0 }),
    text$: text$.pipe(map(({ turn }) => turn)),
    ptt$: ptt$.pipe(map(({ pressed }) => pressed)),
  };
}
