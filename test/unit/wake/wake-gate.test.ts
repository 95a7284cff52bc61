import fc from "fast-check";
import { EMPTY, materialize, NEVER, Subject, tap, timestamp } from "rxjs";
import { describe, expect, test } from "vitest";

import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import { type GateOpening, type GateOutput, type OpenReason, wakeGate } from "../../../src/wake/wake-gate.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const REASONS: Record<string, OpenReason> = { w: "wake", p: "push-to-talk", c: "confirmation", f: "follow-up" };
const OPENINGS = Object.fromEntries(Object.entries(REASONS).map(([key, reason]) => [key, { reason }]));
const FRAMES = Object.fromEntries(Array.from(LETTERS, (letter) => [letter, frameOf(letter.charCodeAt(0))]));

function frameOf(value: number): AudioFrame {
  return { pcm: Int16Array.of(value), capturedAt: 0 };
}

/** An output in a few letters: `wake1+2` opened span 1 with 2 frames of pre-roll, `1a` is its frame a, `sleep1` closed it. */
function inShort(output: GateOutput): string {
  switch (output.type) {
    case "opened":
      return `${output.reason}${output.span}+${output.preRollBytes / Int16Array.BYTES_PER_ELEMENT}`;
    case "audio":
      return `${output.span}${String.fromCharCode(output.frame.pcm[0] ?? 0)}`;
    case "closed":
      return `${output.reason}${output.span}`;
  }
}

interface Story {
  readonly mic: string;
  readonly open?: string;
  readonly sleep?: string;
  readonly preRollFrames?: number;
  readonly maxOpenMs?: number;
  readonly maxPerWakeMs?: number;
}

/** What comes out of the gate, by virtual millisecond. */
function outcome({ mic, open = "", sleep = "", preRollFrames = 2, ...limits }: Story): Record<number, string> {
  const told = new Map<number, string>();
  virtualTime(({ cold, hot, expectObservable }) => {
    const open$ = hot<GateOpening>(open, OPENINGS);
    const sleep$ = hot(sleep);
    const gate$ = cold(mic, FRAMES).pipe(wakeGate({ open$, sleep$, preRollFrames, ...limits }));
    const record = (at: number, what: string): void => {
      const before = told.get(at);
      told.set(at, before === undefined ? what : `${before} ${what}`);
    };
    expectObservable(
      gate$.pipe(
        materialize(),
        timestamp(),
        tap(({ timestamp: at, value }) => {
          if (value.kind === "N") record(at, inShort(value.value));
          else record(at, value.kind === "C" ? "complete" : "failed");
        }),
      ),
    );
  });
  return Object.fromEntries(told);
}

describe("wakeGate", () => {
  test("opens with the pre-roll and closes on sleep", () => {
    expect(outcome({ mic: "abcdef|", open: "---w", sleep: "-----s" })).toEqual({
      3: "wake1+2 1b 1c 1d",
      4: "1e",
      5: "sleep1",
      6: "complete",
    });
  });

  test("lets nothing out without an opening, however long it waits", () => {
    expect(outcome({ mic: "a 59s b 59s c|", sleep: "s" })).toEqual({ 118_003: "complete" });
  });

  test("with no pre-roll, nothing from before a wake is heard", () => {
    expect(outcome({ mic: "abc-d|", open: "---w", preRollFrames: 0 })).toEqual({
      3: "wake1+0",
      4: "1d",
      5: "end1 complete",
    });
  });

  test("the next span's pre-roll holds nothing that the last span let out", () => {
    expect(outcome({ mic: "abc-d-e-|", open: "-w---w", sleep: "---s", preRollFrames: 9 })).toEqual({
      1: "wake1+1 1a 1b",
      2: "1c",
      3: "sleep1",
      5: "wake2+1 2d",
      6: "2e",
      8: "end2 complete",
    });
  });

  test.for([
    ["w", "wake1+2 1a 1b"],
    ["p", "push-to-talk1+2 1a 1b"],
  ] as const)("opening %s, then sleep: %s", ([reason, opened]) => {
    expect(outcome({ mic: "ab-----|", open: `---${reason}`, sleep: "----s" })).toEqual({
      3: opened,
      4: "sleep1",
      7: "complete",
    });
  });

  test.for([
    ["c", "confirmation2+0"],
    ["f", "follow-up2+0"],
  ] as const)("after a wake %s opens a window, without what came before: %s", ([reason, opened]) => {
    expect(outcome({ mic: "a-b----|", open: `w---${reason}`, sleep: "-s---s" })).toMatchObject({
      4: opened,
      5: "sleep2",
    });
  });

  test.for(["c", "f"])("before the first wake %s opens nothing", (reason) => {
    expect(outcome({ mic: "ab-c---|", open: `--${reason}` })).toEqual({ 7: "complete" });
  });

  test("of speech over a reply it lets through what came since the onset", () => {
    const frames$ = new Subject<AudioFrame>();
    const open$ = new Subject<GateOpening>();
    const seen: GateOutput[] = [];
    const sleep$ = new Subject<unknown>();
    frames$.pipe(wakeGate({ open$, sleep$, preRollFrames: 5 })).subscribe((output) => seen.push(output));
    open$.next({ reason: "wake" });
    sleep$.next("slept");
    for (const capturedAt of [20, 40, 60]) frames$.next({ pcm: Int16Array.of(capturedAt), capturedAt });
    open$.next({ reason: "barge-in", fromMs: 40 });
    expect(seen.slice(2)).toMatchObject([
      { type: "opened", reason: "barge-in", preRollBytes: 4 },
      { type: "audio", frame: { capturedAt: 40 } },
      { type: "audio", frame: { capturedAt: 60 } },
    ]);
  });

  test("an opening while it is open starts no second span", () => {
    expect(outcome({ mic: "abcd--|", open: "-wf--" })).toEqual({
      1: "wake1+1 1a 1b",
      2: "1c",
      3: "1d",
      6: "end1 complete",
    });
  });

  test("closes after the time limit when no sleep comes, also when the microphone is stuck", () => {
    expect(outcome({ mic: "a 99ms |", open: "-w", maxOpenMs: 30 })).toEqual({
      1: "wake1+1 1a",
      31: "timeout1",
      100: "complete",
    });
  });

  test("stays open for 30 s unless told otherwise, and an opening begins them anew", () => {
    expect(outcome({ mic: "- 99s |", open: "w 9999ms w" })).toMatchObject({ 0: "wake1+0", 40_000: "timeout1" });
  });

  test("a time limit that outlives its span does not close the next", () => {
    const story = { mic: "- 99ms |", open: "w 19ms w", sleep: "10ms s", maxOpenMs: 30 };
    expect(outcome(story)).toEqual({ 0: "wake1+0", 10: "sleep1", 20: "wake2+0", 50: "timeout2", 100: "complete" });
  });

  test("one wake lets out so much sound and no more, its follow-ups included; the next wake starts anew", () => {
    const story = { mic: "abcdefgh|", open: "-w--f-fw", sleep: "--s", preRollFrames: 1, maxPerWakeMs: 80 };
    expect(outcome(story)).toEqual({
      1: "wake1+1 1a 1b",
      2: "sleep1",
      4: "follow-up2+0 2e",
      5: "2f timeout2",
      7: "wake3+1 3g 3h",
      8: "end3 complete",
    });
  });

  test("fails with the microphone and says nothing after that", () => {
    expect(outcome({ mic: "ab#", open: "-w-w" })).toEqual({ 1: "wake1+1 1a 1b", 2: "failed" });
  });

  test("lets go of the microphone when nobody listens any more", () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const mic$ = cold("abcdef", FRAMES);
      expectObservable(mic$.pipe(wakeGate({ open$: NEVER, sleep$: NEVER, preRollFrames: 2 })), "^--!").toBe("----");
      expectSubscriptions(mic$.subscriptions).toBe("^--!");
    });
  });

  test.for([-1, 1.5, 76, Number.NaN])("refuses a pre-roll of %s frames by name", (preRollFrames) => {
    const open = (): unknown => wakeGate({ open$: EMPTY, sleep$: EMPTY, preRollFrames });
    expect(open).toThrow(`preRollFrames is ${preRollFrames}; it must be a whole number from 0 to 75`);
  });

  test("refuses a limit for a wake that its own pre-roll would fill", () => {
    const open = (): unknown => wakeGate({ open$: EMPTY, sleep$: EMPTY, preRollFrames: 4, maxPerWakeMs: 80 });
    expect(open).toThrow("maxPerWakeMs must be longer than the pre-roll");
  });
});

describe("for any schedule of frames, openings, sleeps and failures", () => {
  type Step = "frame" | "sleep" | "fail" | OpenReason;
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.constant<Step>("frame") },
    { weight: 2, arbitrary: fc.constant<Step>("sleep") },
    { weight: 3, arbitrary: fc.constantFrom<Step>("wake", "push-to-talk", "confirmation", "follow-up") },
    { weight: 1, arbitrary: fc.constant<Step>("fail") },
  );
  const schedule = fc.record({
    /** Each step, and how long after the one before it. */
    steps: fc.array(fc.tuple(step, fc.nat(60)), { maxLength: 80 }),
    preRollFrames: fc.nat(6),
    maxOpenMs: fc.integer({ min: 1, max: 300 }),
    /** What the listener does, in the middle of being told, at its nth output. */
    reactions: fc.dictionary(fc.nat(30).map(String), fc.constantFrom<"sleep" | "wake">("sleep", "wake")),
  });
  type Schedule = typeof schedule extends fc.Arbitrary<infer Value> ? Value : never;

  /** Numbers the frames in order of capture and returns the outputs, or the frames that opened before each. */
  function play({ steps, preRollFrames, maxOpenMs, reactions }: Schedule): readonly GateOutput[] {
    const outputs: GateOutput[] = [];
    virtualTime(({ cold, flush }) => {
      const [mic$, open$, sleep$] = [new Subject<AudioFrame>(), new Subject<GateOpening>(), new Subject<unknown>()];
      const act = (what: Step, id: number): void => {
        if (what === "frame") mic$.next(frameOf(id));
        else if (what === "sleep") sleep$.next(0);
        else if (what === "fail") mic$.error(new Error("unplugged"));
        else open$.next({ reason: what });
      };
      const options = { open$, sleep$, preRollFrames, maxOpenMs, maxPerWakeMs: 400 };
      mic$.pipe(wakeGate(options)).subscribe({
        next: (output) => {
          outputs.push(output);
          const reaction = reactions[String(outputs.length)];
          if (reaction !== undefined) act(reaction, -1);
        },
        error: () => undefined,
      });
      let at = 0;
      for (const [id, [what, pauseMs]] of steps.entries()) {
        at += pauseMs;
        cold(`${at}ms x`).subscribe(() => act(what, id));
      }
      flush();
    });
    return outputs;
  }

  test("audio is told only between its span's opening and closing, in order, never twice", () => {
    fc.assert(
      fc.property(schedule, (given) => {
        let open: number | undefined;
        let [spans, newest] = [0, -1];
        for (const output of play(given)) {
          if (output.type === "opened") {
            expect(open).toBeUndefined();
            expect(output.span).toBe(++spans);
            expect(output.preRollBytes / Int16Array.BYTES_PER_ELEMENT).toBeLessThanOrEqual(given.preRollFrames);
            open = output.span;
          } else if (output.type === "closed") {
            expect(output.span).toBe(open);
            open = undefined;
          } else {
            expect(output.span).toBe(open);
            const id = output.frame.pcm[0] ?? -1;
            expect(id).toBeGreaterThan(newest);
            newest = id;
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a frame leaves only if it came while a span was open, or among the last before a wake or push-to-talk", () => {
    fc.assert(
      fc.property(schedule, (given) => {
        const quiet = { ...given, reactions: {} };
        const allowed = framesThatMayLeave(quiet);
        for (const output of play(quiet)) {
          if (output.type === "audio") expect(allowed).toContain(output.frame.pcm[0]);
        }
      }),
      { numRuns: 300 },
    );
  });

  /** Says the same as the gate in the plainest way: walk the schedule, remember since when it is open. */
  function framesThatMayLeave({ steps, preRollFrames, maxOpenMs }: Schedule): ReadonlySet<number> {
    const allowed = new Set<number>();
    const before: number[] = [];
    let at = 0;
    let openUntil = -1;
    for (const [id, [what, pauseMs]] of steps.entries()) {
      at += pauseMs;
      if (what === "fail") return allowed;
      if (what === "sleep") openUntil = -1;
      else if (what !== "frame") {
        const asked = what === "wake" || what === "push-to-talk";
        for (const frame of asked && preRollFrames > 0 ? before.slice(-preRollFrames) : []) allowed.add(frame);
        openUntil = at + maxOpenMs;
      } else if (at <= openUntil) allowed.add(id);
      if (what === "frame") before.push(id);
    }
    return allowed;
  }
});
