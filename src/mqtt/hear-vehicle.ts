import { stringify } from "uuid";
import type { CommandUpdate } from "../vehicle/command.ts";
import type { Reading, SignalPath, SignalUpdate } from "../vehicle/signal.ts";
import type { CarCatalogue, GatewayPresence } from "../vehicle/vehicle-bus.ts";
import type { BrokerError } from "./broker-error.ts";
import type { BrokerEvent, Denied, IncomingMessage } from "./broker-link.ts";
import { decodeAnswer } from "./command-wire.ts";
import type { LinkFault } from "./link-fault.ts";
import {
  cataloguePayload,
  type Parsed,
  parsePayload,
  presencePayload,
  pttPayload,
  statePayload,
  type TextTurn,
  textPayload,
} from "./messages.ts";
import type { Topics } from "./topics.ts";

/** What the agent makes of one event of its connection. */
export type Heard =
  | { readonly type: "signal"; readonly update: SignalUpdate }
  | { readonly type: "gateway"; readonly presence: GatewayPresence }
  | { readonly type: "catalogue"; readonly catalogue: CarCatalogue }
  | { readonly type: "beat" }
  | { readonly type: "answer"; readonly update: CommandUpdate }
  | { readonly type: "text"; readonly turn: TextTurn }
  | { readonly type: "ptt"; readonly pressed: boolean }
  | { readonly type: "fault"; readonly fault: LinkFault }
  | {
      readonly type: "broker";
      readonly broker: { readonly up: true } | { readonly up: false; readonly error: BrokerError };
    };

/** Never throws: what does not parse becomes a fault, and on a state topic also a reading with the status `fault`. */
export function hear(event: BrokerEvent, t: Topics): readonly Heard[] {
  switch (event.type) {
    case "up":
      return [{ type: "broker", broker: { up: true } }];
    case "down":
      // Without the broker there is no gateway either.
      return [
        { type: "broker", broker: { up: false, error: event.error } },
        { type: "gateway", presence: { state: "lost" } },
      ];
    case "denied":
      return [denied(event, t)];
    case "message":
      return heardMessage(event.message, t);
  }
}

/** A command that the broker keeps from us is refused at once; for anything else nobody is waiting. */
function denied({ reason, topic, detail, correlation }: Denied, t: Topics): Heard {
  const target = t.parse(topic);
  const isCommand = target?.kind === "set-signals" || target?.kind === "service";
  const code = reason === "not-authorized" ? "FORBIDDEN" : reason === "too-large" ? "BAD_REQUEST" : undefined;
  if (!isCommand || correlation?.length !== 16 || code === undefined) {
    return { type: "fault", fault: { reason: "denied", topic, detail } };
  }
  const update = { id: stringify(correlation), phase: "rejected", final: true, error: { code, detail } } as const;
  return { type: "answer", update };
}

function heardMessage(message: IncomingMessage, t: Topics): readonly Heard[] {
  const target = t.parse(message.topic);
  switch (target?.kind) {
    case "state":
      return heardState(message, target.path);
    case "reply":
      return [decodeAnswer(message)];
    case "meta":
      return heardMeta(message, target.name);
    case "agent":
      return heardInput(message, target.name);
    case "presence":
      return [heardPresence(message)];
    default:
      return [faulty(message, "unknown-topic", "not a topic that the agent listens to")];
  }
}

function heardPresence(message: IncomingMessage): Heard {
  return taking(message, parsePayload(presencePayload, message.payload), ({ state, instance, role }) => ({
    type: "gateway",
    presence: {
      state: state === "online" || state === "degraded" ? "online" : "lost",
      ...(instance === undefined ? {} : { instance }),
      simulated: role === "simulator",
    },
  }));
}

function heardState(message: IncomingMessage, path: SignalPath): readonly Heard[] {
  const at = performance.now();
  const parsed = parsePayload(statePayload, message.payload);
  if (parsed.ok) return [{ type: "signal", update: { path, reading: readingOf(parsed.value, at) } }];
  const reading: Reading = { value: undefined, at, status: "fault", simulated: false };
  return [{ type: "signal", update: { path, reading } }, faulty(message, "bad-payload", parsed.detail)];
}

function readingOf({ value, status, simulated }: ReturnType<typeof statePayload.parse>, at: number): Reading {
  const missing = value === undefined || value === null;
  const known = status === "simulated" ? "valid" : status;
  return {
    value: missing ? undefined : value,
    at,
    status: missing && known === "valid" ? "fault" : known,
    simulated: simulated === true || status === "simulated",
  };
}

function heardMeta(message: IncomingMessage, name: string): readonly Heard[] {
  // A stored beat says that the gateway lived once; only a fresh one says that it lives.
  if (name === "clock") return message.retained ? [] : [{ type: "beat" }];
  if (name !== "catalog") return [];
  const parsed = parsePayload(cataloguePayload, message.payload);
  return [taking(message, parsed, (catalogue) => ({ type: "catalogue", catalogue }))];
}

function heardInput(message: IncomingMessage, name: string): readonly Heard[] {
  if (message.retained) return [faulty(message, "retained-command", "input to the agent must not be retained")];
  const { payload } = message;
  if (name === "text") return [taking(message, parsePayload(textPayload, payload), (turn) => ({ type: "text", turn }))];
  if (name !== "ptt") return [];
  return [taking(message, parsePayload(pttPayload, payload), ({ pressed }) => ({ type: "ptt", pressed }))];
}

function taking<T>(message: IncomingMessage, parsed: Parsed<T>, take: (value: T) => Heard): Heard {
  return parsed.ok ? take(parsed.value) : faulty(message, "bad-payload", parsed.detail);
}

const faulty = ({ topic }: IncomingMessage, reason: LinkFault["reason"], detail: string): Heard => ({
  type: "fault",
  fault: { reason, topic, detail },
});
