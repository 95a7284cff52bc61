import { describe, expect, test } from "vitest";
import { accessOf, accessRules, clientIdFits, covers, mosquittoAcl, type Role } from "../../../src/mqtt/acl.ts";

const ROOT = "vehicle/v1/demo";
const of = (role: Role) => accessOf(ROOT, role, accessRules()[role]);

describe("access rules", () => {
  test.for<[Role, "mayPublish" | "maySubscribe", string, boolean]>([
    ["agent", "mayPublish", "cmd/signal/set", true],
    ["agent", "mayPublish", "cmd/nav/start", true],
    ["agent", "mayPublish", "cmd/brakes/release", false],
    ["agent", "mayPublish", "state/Vehicle/Speed", false],
    ["agent", "mayPublish", "presence/gateway", false],
    ["agent", "maySubscribe", "rsp/agent", true],
    ["agent", "maySubscribe", "rsp/hmi", false],
    ["agent", "maySubscribe", "rsp/+", false],
    ["agent", "maySubscribe", "#", false],
    ["agent", "maySubscribe", "cmd/#", false],
    ["gateway", "mayPublish", "rsp/agent", true],
    ["gateway", "maySubscribe", "sim/cmd/#", false],
    ["simulator", "maySubscribe", "sim/cmd/#", true],
    ["observer", "mayPublish", "cmd/signal/set", false],
    ["observer", "maySubscribe", "state/Vehicle/#", true],
    ["observer", "maySubscribe", "cmd/#", false],
    ["hmi", "mayPublish", "agent/text", true],
    ["hmi", "mayPublish", "cmd/signal/set", false],
    ["tester", "mayPublish", "sim/cmd/set", true],
  ])("%s %s %s: %s", ([role, ask, topic, allowed]) => {
    expect(of(role)[ask](`${ROOT}/${topic}`)).toBe(allowed);
  });

  test("nobody may do anything below another root", () => {
    expect(of("gateway").mayPublish("vehicle/v1/other/state/Vehicle/Speed")).toBe(false);
    expect(of("tester").maySubscribe("$SYS/#")).toBe(false);
    expect(of("tester").maySubscribe("#")).toBe(false);
  });

  test.for<[string, string, boolean]>([
    ["a/#", "a/b/c", true],
    ["a/#", "a", true],
    ["a/#", "#", false],
    ["a/+", "a/b", true],
    ["a/+", "a/#", false],
    ["a/+", "a/b/c", false],
    ["a/b", "a/+", false],
    ["a/b", "a/b", true],
  ])("%s covers %s: %s", ([grant, filter, expected]) => {
    expect(covers(grant, filter)).toBe(expected);
  });

  test.for<[string, boolean]>([
    ["agent", true],
    ["agent-2", true],
    ["agentx", false],
    ["gateway", false],
    ["agent-+", false],
    ["agent-#", false],
    ["agent-/rsp", false],
    ["", false],
  ])("the client id %s of the user agent: %s", ([clientId, expected]) => {
    expect(clientIdFits("agent", clientId)).toBe(expected);
  });

  test("Mosquitto's file names every user and gives each its own answers only", () => {
    const acl = mosquittoAcl(ROOT);
    expect(acl).toContain(`user agent\ntopic write ${ROOT}/cmd/signal/#\n`);
    expect(acl).toContain(`pattern read ${ROOT}/rsp/%c\n`);
    expect(acl).not.toMatch(/topic read \S*rsp/);
    expect(acl.match(/^user \w+$/gm)).toHaveLength(6);
  });
});
