import { type Observable, Subject, toArray } from "rxjs";
import { describe, expect, test } from "vitest";

import { type DriveStage, runTurns } from "../../../src/commands/drive/run-turns.ts";
import { explain } from "../../../src/commands/explain.ts";
import type { AgentEvent } from "../../../src/observability/agent-event.ts";
import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";
import type { ScenarioTurn } from "../../../vehicle-sim/scenario.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const turn: ScenarioTurn = { say: "jarvis, hello", expect: { calls: [], state: {}, withinMs: 100 } };
const ready: AgentEvent = { type: "ready" };
const car: AgentEvent = { type: "car", online: true };

const stage = (agent$: Observable<AgentEvent>, driver$: Observable<DriverEvent>): DriveStage => ({
  agent$,
  driver$,
  next$: new Subject(),
  signals: () => new Map(),
  simTimeMs: () => 0,
});

describe("runTurns", () => {
  test.for([
    ["model", "c", { c: car }],
    ["car", "r", { r: ready }],
  ] as [string, string, Record<string, AgentEvent>][])(
    "a %s that never comes ends the drive",
    ([what, marbles, events]) => {
      let problem: unknown;
      virtualTime(({ hot, flush }) => {
        runTurns([turn], stage(hot(marbles, events), new Subject())).subscribe({
          error: (error: unknown) => (problem = error),
        });
        flush();
      });
      const { code, text } = explain(problem);
      expect(code).toBe(3);
      expect(text).toContain(what);
    },
  );

  test("the late end of an earlier turn is not taken for the end of this one", () => {
    const agent: Record<string, AgentEvent> = {
      r: ready,
      c: car,
      l: { type: "turn-ended", turn: 1 },
      w: { type: "woke", turn: 2, word: "jarvis", score: 1 },
      h: { type: "heard", turn: 2, text: "hello", final: true },
      s: { type: "sound", turn: 2, replyId: "r", atMs: 0 },
      e: { type: "turn-ended", turn: 2 },
    };
    const said: DriverEvent = { type: "said", index: 0, endOfSpeechAtMs: 0 };
    virtualTime(({ hot, flush }) => {
      const results: unknown[] = [];
      const agent$ = hot("(rc) 1s l 1s w 1s h 1s s 1s e", agent);
      runTurns([turn], stage(agent$, hot("500ms d", { d: said })))
        .pipe(toArray())
        .subscribe((turns) => results.push(...turns));
      flush();
      expect(results).toMatchObject([{ heard: "hello", woke: true, ok: true }]);
    });
  });
});
