import { z } from "zod";
import type { CommandMessage } from "../policy/command-link.ts";
import type { Author, CommandErrorCode, CommandUpdate, VehicleCommand } from "../vehicle/command.ts";
import type { IncomingMessage, OutgoingMessage } from "./broker-link.ts";
import type { LinkFault } from "./link-fault.ts";
import {
  callServicePayload,
  MAX_DEADLINE_MS,
  parseJson,
  parsePayload,
  responsePayload,
  sameBytes,
  setSignalsPayload,
  uuidBytes,
} from "./messages.ts";
import type { Topics } from "./topics.ts";

const RESPONSE_EXPIRY_SECONDS = 30;

/** Where the answers to one message go. */
export interface ReplyAddress {
  readonly topic: string;
  readonly correlation: Uint8Array;
}

/** A command as the gateway takes it from the wire. */
export interface ReceivedCommand {
  readonly id: string;
  readonly command: VehicleCommand;
  readonly author: Author;
  /** How long from now until its final answer is no longer wanted, in milliseconds. */
  readonly remainingMs: number;
  readonly replyTo: ReplyAddress;
}

/** The agent's side: a command as it goes out. Throws a TopicError for a service whose name cannot be a topic. */
export function encodeCommand(
  topics: Topics,
  clientId: string,
  { id, command, author: { origin, ...by } }: CommandMessage,
  remainingMs: number,
): OutgoingMessage {
  const left = Math.min(Math.max(Math.round(remainingMs), 1), MAX_DEADLINE_MS);
  const { wait } = command;
  const body = command.type === "set-signals" ? { mode: "atomic" as const, ops: command.ops } : { args: command.args };
  return {
    topic: topics.command(command),
    payload: { id, ts: now(), deadlineMs: left, ...(wait === undefined ? {} : { wait }), ...body, by },
    qos: 1,
    responseTopic: topics.reply(clientId),
    correlation: uuidBytes(id),
    expirySeconds: Math.ceil(left / 1_000),
    userProperties: { schema: "cmd/1", origin },
  };
}

export type DecodedCommand =
  | { readonly type: "command"; readonly received: ReceivedCommand }
  /** Not to be executed, but its sender can be told why. */
  | { readonly type: "refused"; readonly replyTo: ReplyAddress; readonly update: CommandUpdate }
  | { readonly type: "fault"; readonly fault: LinkFault };

/** The gateway's side: whatever arrives below `cmd/` → a command, or why it is none. Never throws. */
export function decodeCommand(topics: Topics, message: IncomingMessage): DecodedCommand {
  const target = topics.parse(message.topic);
  const fault = (reason: LinkFault["reason"], detail: string): DecodedCommand => ({
    type: "fault",
    fault: { reason, topic: message.topic, detail },
  });
  if (target?.kind !== "set-signals" && target?.kind !== "service") return fault("unknown-topic", "no command topic");
  if (message.retained) return fault("retained-command", "a command must not be retained");
  const { responseTopic = "" } = message;
  if (topics.parse(responseTopic)?.kind !== "reply") {
    return fault(
      "no-reply-topic",
      `the response topic must be ${topics.at("rsp", "{clientId}")}, not "${responseTopic.slice(0, 120)}"`,
    );
  }

  const json = parseJson(message.payload);
  const id = json.ok ? idIn(json.value) : undefined;
  if (id === undefined) return fault("bad-payload", json.ok ? "no UUID in id" : json.detail);
  const replyTo = { topic: responseTopic, correlation: message.correlation ?? uuidBytes(id) };
  const refused = (code: CommandErrorCode, detail: string): DecodedCommand => ({
    type: "refused",
    replyTo,
    update: { id, phase: "rejected", final: true, error: { code, detail } },
  });
  if (!sameBytes(message.correlation, uuidBytes(id)))
    return refused("BAD_REQUEST", "correlation data must be the id's 16 bytes");
  if (message.expirySeconds === undefined) return refused("BAD_REQUEST", "a command needs a message expiry interval");
  if (message.expirySeconds === 0) return refused("EXPIRED", "the command came too late");

  const service = target.kind === "service" ? target.service : undefined;
  const parsed = service === undefined ? setSignals(message.payload) : callService(message.payload, service);
  if (!parsed.ok) return refused("BAD_REQUEST", parsed.detail);
  const { deadlineMs, by, command } = parsed.value;
  const remainingMs = Math.min(deadlineMs, message.expirySeconds * 1_000);
  const author = { ...by, origin: originOf(message.userProperties["origin"]) };
  return { type: "command", received: { id, command, author, remainingMs, replyTo } };
}

function setSignals(payload: Uint8Array) {
  const parsed = parsePayload(setSignalsPayload, payload);
  if (!parsed.ok) return parsed;
  const { ops, deadlineMs, wait, by } = parsed.value;
  return envelope(by, { type: "set-signals", ops, deadlineMs, ...(wait === undefined ? {} : { wait }) }, deadlineMs);
}

function callService(payload: Uint8Array, service: string) {
  const parsed = parsePayload(callServicePayload, payload);
  if (!parsed.ok) return parsed;
  const { args, deadlineMs, wait, by } = parsed.value;
  const command = { type: "call-service", service, args, deadlineMs, ...(wait === undefined ? {} : { wait }) } as const;
  return envelope(by, command, deadlineMs);
}

const envelope = (by: Omit<Author, "origin">, command: VehicleCommand, deadlineMs: number) =>
  ({ ok: true, value: { by, command, deadlineMs } }) as const;

const ORIGINS: readonly Author["origin"][] = ["voice", "hmi", "app", "test"];

/** Who does not say so is an app: never the driver's voice. */
const originOf = (origin: string | undefined): Author["origin"] => ORIGINS.find((known) => known === origin) ?? "app";

/** Two spellings of one UUID are one command. */
const identified = z.object({ id: z.uuid().toLowerCase() });

function idIn(json: unknown): string | undefined {
  return identified.safeParse(json).data?.id;
}

/** The gateway's side: one phase of one command as it goes out. */
export function encodeAnswer({ topic, correlation }: ReplyAddress, update: CommandUpdate): OutgoingMessage {
  return {
    topic,
    correlation,
    payload: { ...update, ts: now() },
    qos: 1,
    expirySeconds: RESPONSE_EXPIRY_SECONDS,
    userProperties: { schema: "rsp/1" },
  };
}

/** The agent's side: one answer from the car. */
export function decodeAnswer(
  message: IncomingMessage,
): { readonly type: "answer"; readonly update: CommandUpdate } | { readonly type: "fault"; readonly fault: LinkFault } {
  const fault = (reason: LinkFault["reason"], detail: string) =>
    ({ type: "fault", fault: { reason, topic: message.topic, detail } }) as const;
  const parsed = parsePayload(responsePayload, message.payload);
  if (!parsed.ok) return fault("bad-payload", parsed.detail);
  const { value: update } = parsed;
  if (message.correlation !== undefined && !sameBytes(message.correlation, uuidBytes(update.id))) {
    return fault("wrong-correlation", `correlation data is not that of the id ${update.id}`);
  }
  return { type: "answer", update };
}

const now = (): string => new Date().toISOString();
