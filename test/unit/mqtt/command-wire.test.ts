import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IncomingMessage, OutgoingMessage } from "../../../src/mqtt/broker-link.ts";
import { decodeAnswer, decodeCommand, encodeAnswer, encodeCommand } from "../../../src/mqtt/command-wire.ts";
import { uuidBytes } from "../../../src/mqtt/messages.ts";
import { topics } from "../../../src/mqtt/topics.ts";
import type { ApprovedCommand } from "../../../src/policy/command-link.ts";
import type { VehicleCommand } from "../../../src/vehicle/command.ts";

const t = topics("vehicle/v1/demo");
const AUTHOR = { agent: "agent-1", seat: "Row1.DriverSide", turn: "3", origin: "voice", confirmed: "n0nce" } as const;
const SET: VehicleCommand = {
  type: "set-signals",
  ops: [{ path: "Vehicle.Cabin.HVAC.IsAirConditioningActive", value: true, if: { value: false } }],
  wait: "accepted",
};
const id = "0197f3c2-1111-7222-8333-444455556666";

const encode = (command: VehicleCommand, remainingMs = 4_200): OutgoingMessage =>
  encodeCommand(
    t,
    "agent",
    { id, command: command as ApprovedCommand, author: AUTHOR, deadlineMs: 5_000 },
    remainingMs,
  );

/** What the broker makes of it. */
function carried(message: OutgoingMessage): IncomingMessage {
  const {
    payload,
    topic,
    retain = false,
    responseTopic = "",
    correlation = new Uint8Array(),
    expirySeconds = 0,
  } = message;
  const bytes = Buffer.from(JSON.stringify(payload));
  const { userProperties = {} } = message;
  return { topic, payload: bytes, retained: retain, responseTopic, correlation, expirySeconds, userProperties };
}

const decode = (over: Partial<IncomingMessage> = {}) => decodeCommand(t, { ...carried(encode(SET)), ...over });

describe("a command on the wire", () => {
  test("has the form of the contract", () => {
    const { topic, payload, ...properties } = encode(SET);
    expect(topic).toBe("vehicle/v1/demo/cmd/signal/set");
    expect(payload).toEqual({
      id,
      ts: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      deadlineMs: 4_200,
      wait: "accepted",
      mode: "atomic",
      ops: [{ path: "Vehicle.Cabin.HVAC.IsAirConditioningActive", value: true, if: { value: false } }],
      by: { agent: "agent-1", seat: "Row1.DriverSide", turn: "3", confirmed: "n0nce" },
    });
    expect(properties).toEqual({
      qos: 1,
      responseTopic: "vehicle/v1/demo/rsp/agent",
      correlation: uuidBytes(id),
      expirySeconds: 5,
      userProperties: { schema: "cmd/1", origin: "voice" },
    });
  });

  test("arrives as it was meant", () => {
    expect(decode()).toEqual({
      type: "command",
      received: {
        id,
        command: { ...SET, deadlineMs: 4_200 },
        author: AUTHOR,
        remainingMs: 4_200,
        replyTo: { topic: "vehicle/v1/demo/rsp/agent", correlation: uuidBytes(id) },
      },
    });
  });

  test("a service arrives with its arguments", () => {
    const command: VehicleCommand = { type: "call-service", service: "nav.start", args: { name: "home", via: [1, 2] } };
    expect(decodeCommand(t, carried(encode(command)))).toMatchObject({ received: { command } });
  });

  test("an id in capitals is the same command", () => {
    const payload = Buffer.from(JSON.stringify({ ...(encode(SET).payload as object), id: id.toUpperCase() }));
    expect(decode({ payload })).toMatchObject({ type: "command", received: { id } });
  });

  test("the time in the broker counts: less expiry left is less time to act", () => {
    expect(decode({ expirySeconds: 2 })).toMatchObject({ received: { remainingMs: 2_000 } });
  });

  test("who does not say where the wish came from is an app, never the driver's voice", () => {
    expect(decode({ userProperties: {} })).toMatchObject({ received: { author: { origin: "app" } } });
    expect(decode({ userProperties: { origin: "Voice" } })).toMatchObject({ received: { author: { origin: "app" } } });
  });

  test.for<[string, Partial<IncomingMessage>, object]>([
    ["retained", { retained: true }, { type: "fault", fault: { reason: "retained-command" } }],
    ["without a response topic", { responseTopic: "" }, { fault: { reason: "no-reply-topic" } }],
    [
      "to be answered elsewhere",
      { responseTopic: "vehicle/v1/demo/state/Vehicle/Speed" },
      { fault: { reason: "no-reply-topic" } },
    ],
    [
      "to be answered in another car",
      { responseTopic: "vehicle/v1/other/rsp/agent" },
      { fault: { reason: "no-reply-topic" } },
    ],
    ["on no command topic", { topic: "vehicle/v1/demo/cmd/signal/get" }, { fault: { reason: "unknown-topic" } }],
    ["not JSON", { payload: Buffer.from("{") }, { fault: { reason: "bad-payload" } }],
    ["not UTF-8", { payload: Buffer.from([0xff, 0xfe]) }, { fault: { reason: "bad-payload" } }],
    ["without an id", { payload: Buffer.from('{"ops":[]}') }, { fault: { reason: "bad-payload" } }],
    [
      "with a foreign correlation",
      { correlation: Buffer.from("c1") },
      { type: "refused", update: { error: { code: "BAD_REQUEST" } } },
    ],
    ["that expired", { expirySeconds: 0 }, { type: "refused", update: { error: { code: "EXPIRED" } } }],
  ])("a command %s is not executed", ([, over, expected]) => {
    expect(decode(over)).toMatchObject(expected);
  });

  test("a command without an expiry is refused: it could be delivered any time", () => {
    const message = { ...carried(encode(SET)) } as Partial<IncomingMessage>;
    Reflect.deleteProperty(message, "expirySeconds");
    expect(decodeCommand(t, message as IncomingMessage)).toMatchObject({ update: { error: { code: "BAD_REQUEST" } } });
  });

  test.for<[string, object]>([
    ["ops.0.value", { ops: [{ path: "Vehicle.A", value: null }] }],
    ["ops.0.value", { ops: [{ path: "Vehicle.A", value: { a: 1 } }] }],
    ["ops.0.path", { ops: [{ path: "Vehicle/+/A", value: 1 }] }],
    ["ops", { ops: [] }],
    ["deadlineMs", { deadlineMs: 30_001 }],
    ["deadlineMs", { deadlineMs: 0.5 }],
    ["mode", { mode: "best-effort" }],
    ["by", { by: "me" }],
  ])("a bad %s is answered BAD_REQUEST and named", ([where, over]) => {
    const payload = Buffer.from(JSON.stringify({ ...(encode(SET).payload as object), ...over }));
    expect(decode({ payload })).toMatchObject({
      type: "refused",
      update: { id, final: true, error: { code: "BAD_REQUEST", detail: expect.stringContaining(where) as unknown } },
    });
  });

  test("nothing that arrives can throw", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify({ ...(encode(SET).payload as object), ops: value }))),
    );
    fc.assert(
      fc.property(bytes, fc.string(), (payload, responseTopic) => {
        expect(decode({ payload }).type).not.toBe("command");
        expect(decode({ payload, responseTopic }).type).not.toBe("command");
        expect(["answer", "fault"]).toContain(decodeAnswer({ ...carried(encode(SET)), payload }).type);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("an answer on the wire", () => {
  const replyTo = { topic: t.reply("agent"), correlation: uuidBytes(id) };

  test("arrives as it was meant", () => {
    const update = {
      id,
      phase: "rejected",
      final: true,
      error: { code: "PRECONDITION_FAILED", detail: "vehicle moving", retryable: true, say: "not_while_driving" },
    } as const;
    expect(decodeAnswer(carried(encodeAnswer(replyTo, update)))).toEqual({ type: "answer", update });
  });

  test.for<[string, object]>([
    ["a final phase that is not final", { phase: "done", final: false }],
    ["a phase on the way that claims to be final", { phase: "accepted", final: true }],
    ["an unknown phase", { phase: "maybe", final: true }],
    ["an unknown error word", { phase: "failed", final: true, error: { code: "OOPS", detail: "" } }],
  ])("%s is a fault", ([, body]) => {
    const payload = Buffer.from(JSON.stringify({ id, ...body }));
    expect(decodeAnswer({ ...carried(encode(SET)), payload })).toMatchObject({ fault: { reason: "bad-payload" } });
  });

  test("the correlation of another command is a fault", () => {
    const message = encodeAnswer(
      { ...replyTo, correlation: uuidBytes(randomUUID()) },
      { id, phase: "done", final: true },
    );
    expect(decodeAnswer(carried(message))).toMatchObject({ fault: { reason: "wrong-correlation" } });
  });
});
