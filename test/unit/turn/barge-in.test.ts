import * as fc from "fast-check";
import { asyncScheduler, map, merge, Observable, Subject, takeUntil, tap, timer } from "rxjs";
import { describe, expect, test } from "vitest";
import { type PlaybackCommand, type PlaybackEvent, playback } from "../../../src/audio/playback.ts";
import { joined } from "../../../src/audio/resample.ts";
import { BARGE_IN, type BargeInDecision, bargeIn, nextBargeIn, UNDISTURBED } from "../../../src/turn/barge-in.ts";
import type { VoiceEvent } from "../../../src/turn/voice-detector.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const clock = { now: () => asyncScheduler.now() };

type Timed<T> = readonly [atMs: number, event: T];

const started = (replyId = "a"): PlaybackEvent => ({ type: "started", replyId, atMs: 0 });
const finished = (replyId = "a"): PlaybackEvent => ({ type: "finished", replyId });
const CUT: PlaybackEvent = { type: "interrupted", items: [] };

const onset = (atMs: number): Timed<VoiceEvent> => [atMs, { type: "onset", atMs }];
const voiced = (atMs: number, ms: number): Timed<VoiceEvent> => [atMs, { type: "voiced", ms, atMs }];
const offset = (atMs: number, speechMs: number): Timed<VoiceEvent> => [atMs, { type: "offset", speechMs, atMs }];

function at<T>(events: readonly Timed<T>[]): Observable<T> {
  return merge(...events.map(([atMs, event]) => timer(atMs).pipe(map(() => event))));
}

interface Decided {
  /** In the order in which they were made: milliseconds, and what. */
  readonly decisions: readonly Timed<BargeInDecision>[];
  /** From when until when the detector was listened to. */
  readonly listened: readonly (readonly [number, number])[];
  readonly completed: boolean;
}

/** Runs a schedule in virtual time. What is said while nobody listens is not heard later. */
function decide(played: readonly Timed<PlaybackEvent>[], said: readonly Timed<VoiceEvent>[], lostMs?: number): Decided {
  const decisions: Timed<BargeInDecision>[] = [];
  const listened: (readonly [number, number])[] = [];
  let completed = false;
  virtualTime(() => {
    const voices$ = new Subject<VoiceEvent>();
    at(said).subscribe((event) => voices$.next(event));
    if (lostMs !== undefined) timer(lostMs).subscribe(() => voices$.complete());
    const voice$ = new Observable<VoiceEvent>((subscriber) => {
      const fromMs = clock.now();
      subscriber.add(voices$.subscribe(subscriber));
      return () => listened.push([fromMs, clock.now()]);
    });
    bargeIn({ clock })({ voice$, playback$: at(played) }).subscribe({
      next: (decision) => decisions.push([clock.now(), decision]),
      complete: () => {
        completed = true;
      },
    });
  });
  return { decisions, listened, completed };
}

const PAUSE = { type: "pause" };
const RESUME = { type: "resume" };
const interruptFrom = (onsetAtMs: number) => ({ type: "interrupt", onsetAtMs });
const REPLY = [
  [0, started()],
  [9_000, finished()],
] as const;

describe("somebody speaks over a reply", () => {
  test("it pauses at once and is interrupted after 300 ms of speech, from where the speech began", () => {
    const { decisions } = decide(REPLY, [onset(1_000), voiced(1_160, 160), voiced(1_299, 299), voiced(1_320, 320)]);
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_320, interruptFrom(1_000)],
    ]);
  });

  test("a cough: it goes on after 200 ms of quiet", () => {
    const { decisions } = decide(REPLY, [onset(1_000), voiced(1_100, 100), offset(1_150, 150)]);
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_360, RESUME],
    ]);
  });

  test("the quiet counts from the last sound, not from when it was told", () => {
    const { decisions } = decide(REPLY, [onset(1_000), [1_280, { type: "offset", speechMs: 120, atMs: 1_120 }]]);
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_320, RESUME],
    ]);
  });

  test("an offset that says enough was spoken interrupts too", () => {
    const { decisions } = decide(REPLY, [onset(1_000), offset(1_400, 352)]);
    expect(decisions.at(-1)).toStrictEqual([1_400, interruptFrom(1_000)]);
  });

  test("an onset of which nothing more is heard holds the reply for 2 s", () => {
    expect(decide(REPLY, [onset(1_000)]).decisions).toStrictEqual([
      [1_000, PAUSE],
      [3_000, RESUME],
    ]);
  });

  test("a detector that is lost holds nothing", () => {
    const { decisions, completed } = decide(REPLY, [onset(1_000)], 1_200);
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_200, RESUME],
    ]);
    expect(completed).toBe(true);
  });

  test("a second onset keeps it paused, up to 2 s after the pause", () => {
    const { decisions } = decide(REPLY, [
      onset(1_000),
      offset(1_150, 150),
      onset(1_300),
      offset(1_450, 150),
      onset(1_600),
      offset(1_750, 150),
    ]);
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_960, RESUME],
    ]);
    const endless = Array.from({ length: 20 }, (_, index) => onset(1_000 + index * 100));
    expect(decide(REPLY, endless).decisions.slice(0, 2)).toStrictEqual([
      [1_000, PAUSE],
      [3_000, RESUME],
    ]);
  });

  test("speech after a second onset interrupts from that one", () => {
    const { decisions } = decide(REPLY, [onset(1_000), offset(1_100, 100), onset(1_250), voiced(1_560, 310)]);
    expect(decisions.at(-1)).toStrictEqual([1_560, interruptFrom(1_250)]);
  });

  test("coughing without end stalls it for 4 s in all; real speech still interrupts", () => {
    const coughs = Array.from({ length: 20 }, (_, index) => [onset(500 + index * 700), offset(620 + index * 700, 120)]);
    const { decisions } = decide(
      [
        [0, started()],
        [30_000, finished()],
      ],
      [...coughs.flat(), onset(15_500), voiced(15_800, 300)],
    );
    const held = decisions.slice(0, -1);
    const pausedMs = held.reduce((sum, [ms, { type }]) => sum + (type === "resume" ? ms : -ms), 0);
    expect(held.length).toBeGreaterThan(10);
    expect(held.length).toBeLessThan(30);
    expect(pausedMs).toBeLessThanOrEqual(4_000);
    expect(decisions.at(-1)).toStrictEqual([15_800, interruptFrom(15_500)]);
  });

  test("the next reply has its own 4 s", () => {
    const hold = (fromMs: number): readonly Timed<VoiceEvent>[] => [onset(fromMs), onset(fromMs + 2_100)];
    const { decisions } = decide(
      [
        [0, started("a")],
        [6_000, finished("a")],
        [6_010, started("b")],
        [9_000, finished("b")],
      ],
      [...hold(1_000), onset(5_500), onset(6_500)],
    );
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [3_000, RESUME],
      [3_100, PAUSE],
      [5_100, RESUME],
      [6_500, PAUSE],
      [8_510, RESUME],
    ]);
  });

  test("a reply that is over while it is paused does not leave the next one paused", () => {
    const { decisions } = decide(
      [
        [0, started()],
        [1_100, finished()],
      ],
      [onset(1_000)],
    );
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_100, RESUME],
    ]);
  });

  test("what something else interrupts is not resumed: the wake word took the turn", () => {
    const { decisions } = decide(
      [
        [0, started()],
        [1_100, CUT],
      ],
      [onset(1_000), offset(1_050, 50)],
    );
    expect(decisions).toStrictEqual([[1_000, PAUSE]]);
  });

  test("of two replies that overlap, the end of the first changes nothing", () => {
    const { decisions } = decide(
      [
        [0, started("a")],
        [900, started("b")],
        [1_050, finished("a")],
        [5_000, finished("b")],
      ],
      [onset(1_000), voiced(1_300, 300)],
    );
    expect(decisions).toStrictEqual([
      [1_000, PAUSE],
      [1_300, interruptFrom(1_000)],
    ]);
  });

  test("speech that was never seen to begin is dated back", () => {
    expect(decide(REPLY, [voiced(1_000, 320)]).decisions).toStrictEqual([[1_000, interruptFrom(680)]]);
  });

  test("it listens only while a reply is heard, and decides nothing otherwise", () => {
    const { decisions, listened } = decide(
      [
        [100, started("a")],
        [900, finished("a")],
        [2_000, started("b")],
        [2_400, CUT],
      ],
      [onset(50), onset(1_000), voiced(1_400, 400), onset(2_500)],
    );
    expect(decisions).toStrictEqual([]);
    expect(listened).toStrictEqual([
      [100, 900],
      [2_000, 2_400],
    ]);
  });

  test("it ends with the playback, even in the middle of a reply", () => {
    const { completed, listened } = decide([[0, started()]], [onset(10)]);
    expect(completed).toBe(true);
    expect(listened).toStrictEqual([[0, 0]]);
  });
});

const voice: fc.Arbitrary<readonly [number, VoiceEvent["type"], number]> = fc.tuple(
  fc.nat({ max: 900 }),
  fc.constantFrom<VoiceEvent["type"]>("onset", "voiced", "offset"),
  fc.nat({ max: 340 }),
);

function eventOf(type: VoiceEvent["type"], ms: number, atMs: number): VoiceEvent {
  if (type === "onset") return { type, atMs };
  return type === "voiced" ? { type, ms, atMs } : { type, speechMs: ms, atMs };
}

describe("whatever is heard, and whenever", () => {
  test("a reply that is really played is heard to its end without a lost sample, or interrupted; never paused for ever", () => {
    fc.assert(
      fc.property(fc.array(voice, { maxLength: 40 }), fc.integer({ min: 200, max: 4_000 }), (steps, lengthMs) => {
        const pcm = Int16Array.from({ length: lengthMs * 24 }, (_, index) => index % 30_000);
        const seen: Timed<PlaybackEvent>[] = [];
        virtualTime(() => {
          const voice$ = new Subject<VoiceEvent>();
          let nowMs = 0;
          for (const [afterMs, type, ms] of steps) {
            nowMs += afterMs;
            const atMs = nowMs;
            timer(atMs).subscribe(() => voice$.next(eventOf(type, ms, atMs)));
          }
          const commands$ = new Subject<PlaybackCommand>();
          const device = { name: "test", latencyMs: 0, write: () => undefined, flush: () => undefined };
          const events$ = commands$.pipe(
            playback({ device, clock }),
            tap((event) => seen.push([clock.now(), event])),
          );
          const closing$ = timer(60_000);
          bargeIn({ clock })({ voice$, playback$: events$ })
            .pipe(takeUntil(closing$))
            .subscribe(({ type }) => commands$.next({ type }));
          commands$.next({ type: "enqueue", replyId: "a", itemId: "i", contentIndex: 0, pcm });
          commands$.next({ type: "end-of-reply", replyId: "a" });
        });
        const over = seen.filter(([, { type }]) => type === "finished" || type === "interrupted");
        expect(over.length).toBe(1);
        const [overMs, { type: how }] = over[0] ?? [Number.NaN, CUT];
        const heard = joined(seen.flatMap(([, event]) => (event.type === "played" ? [event.block] : [])));
        expect(heard.every((sample, index) => sample === pcm[index])).toBe(true);
        if (how === "finished") expect(heard.length).toBe(pcm.length);
        expect(overMs).toBeLessThanOrEqual(lengthMs + BARGE_IN.maxHeldPerReplyMs + 50);
      }),
      { numRuns: 150 },
    );
  });
});

test("a reply may be held as long as any, though the one before it was held too", () => {
  const before = { ...UNDISTURBED, playing: ["a"], heldMs: BARGE_IN.maxHeldPerReplyMs };
  const next = nextBargeIn(before, started("b"), 0, BARGE_IN);
  expect(nextBargeIn(next, { type: "onset", atMs: 0 }, 0, BARGE_IN).output).toEqual([{ type: "pause" }]);
});

test("speech that ended, by its clock, in the future ends the pause no later for that", () => {
  const paused = nextBargeIn({ ...UNDISTURBED, playing: ["a"] }, { type: "onset", atMs: 0 }, 0, BARGE_IN);
  const quiet = nextBargeIn(paused, { type: "offset", speechMs: 100, atMs: 900 }, 100, BARGE_IN);
  expect(nextBargeIn(quiet, { type: "tick" }, 100 + BARGE_IN.quietMs, BARGE_IN).output).toEqual([{ type: "resume" }]);
});
