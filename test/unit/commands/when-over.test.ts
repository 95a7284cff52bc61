import { map } from "rxjs";
import { describe, test } from "vitest";

import { drained } from "../../../src/commands/when-over.ts";
import type { AgentEvent, AgentState } from "../../../src/observability/agent-event.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const STATES: Readonly<Record<string, AgentState>> = { a: "asleep", l: "listening", t: "thinking", s: "speaking" };

/** Both as marbles: when it is asked to end, and what the agent does meanwhile. */
function ends(stop: string, states: string, expected: string): void {
  virtualTime(({ hot, expectObservable }) => {
    const agent$ = hot(states, STATES).pipe(map((state): AgentEvent => ({ type: "state", state })));
    expectObservable(drained(hot(stop), agent$).pipe(map(() => "x"))).toBe(expected);
  });
}

describe("drained", () => {
  test("at once while nothing goes on", () => {
    ends("--x---------", "------------", "--x 2999ms x");
    ends("----x", "ta---", "----x 2999ms x");
  });

  test("at once in the middle of what the driver says", () => ends("---x", "-l--", "---x 2999ms x"));

  test("a reply is heard to its end", () => ends("--x---------", "s-----a-----", "------x 2995ms x"));

  test("a command gets its answer, and the reply to that is heard", () =>
    ends("--x---------", "t---s---a---", "--------x 2993ms x"));

  test("but nobody waits longer than 3 s", () => ends("--x---------", "t-----------", "-- 3000ms x"));
});
