import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commandTopic,
  pathToTopic,
  TopicError,
  topicRoot,
  topicSegment,
  topics,
  topicToPath,
} from "../../../src/mqtt/topics.ts";

const t = topics("vehicle/v1/demo");
const segment = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
const branch = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const call = (service: string) => ({ type: "call-service", service, args: {} }) as const;

describe("topics", () => {
  test("the root is the prefix, the contract's version and the vehicle", () => {
    expect(topicRoot({ vid: "demo" })).toBe("vehicle/v1/demo");
    expect(topicRoot({ vid: "car-7", prefix: "fleet/eu" })).toBe("fleet/eu/v1/car-7");
  });

  test.for(["", "a/b", "a+b", "#", "a\u0000", "ü", "x".repeat(65), "a b", "\ud800", "$share/x\n"])(
    "%j is refused wherever a name goes, and named in the message",
    (name) => {
      for (const build of [
        () => topicRoot({ vid: name }),
        () => t.state(`Vehicle.${name}`),
        () => t.reply(name),
        () => t.presence(name),
        () => t.event("nav", name),
        () => t.command(call(`nav.${name}`)),
      ]) {
        expect(build).toThrow(TopicError);
        expect(build).toThrow(JSON.stringify(name.slice(0, 80)));
      }
    },
  );

  test("whatever the name, a built topic has no wildcard and no level more than it should", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        try {
          expect(t.reply(topicSegment(name, "a name"))).toMatch(/^vehicle\/v1\/demo\/rsp\/[^+#/\0]{1,64}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(TopicError);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("every signal path leads to its topic and back", () => {
    fc.assert(
      fc.property(fc.array(branch, { minLength: 1, maxLength: 10 }), (branches) => {
        const path = branches.join(".");
        expect(topicToPath(pathToTopic(path))).toBe(path);
        expect(t.parse(t.state(path))).toEqual({ kind: "state", path });
      }),
      { seed: 1 },
    );
  });

  test("every service leads to its topic and back", () => {
    fc.assert(
      fc.property(branch, segment, (domain, action) => {
        fc.pre(domain !== "signal");
        const service = `${domain}.${action}`;
        expect(t.parse(t.command(call(service)))).toEqual({ kind: "service", service });
      }),
      { seed: 1 },
    );
  });

  test("commands have the contract's topics", () => {
    expect(commandTopic({ type: "set-signals", ops: [] })).toBe("cmd/signal/set");
    expect(commandTopic(call("nav.start"))).toBe("cmd/nav/start");
    expect(commandTopic(call("nav.waypoint.add"))).toBe("cmd/nav/waypoint.add");
    expect(t.parse("vehicle/v1/demo/cmd/signal/set")).toEqual({ kind: "set-signals" });
  });

  test.for(["signal.set", "signal.anything", "nav", ".start", "nav."])("%j is no service", (service) => {
    expect(() => commandTopic(call(service))).toThrow(TopicError);
  });

  test.for([
    "vehicle/v1/other/state/Vehicle/Speed",
    "vehicle/v1/demo",
    "vehicle/v1/demo/",
    "vehicle/v1/demo/state/Vehicle.Speed/X",
    "vehicle/v1/demo/state/",
    "vehicle/v1/demo/cmd/nav",
    "vehicle/v1/demo/cmd/signal/get",
    "vehicle/v1/demo/cmd/a/b/c",
    "vehicle/v1/demo/rsp/a b",
    "vehicle/v1/demo/constructor/x",
    "vehicle/v1/demo/constructor",
  ])("%s means nothing", (topic) => {
    expect(t.parse(topic)).toBeUndefined();
  });
});
