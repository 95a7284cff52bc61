import * as fc from "fast-check";
import { asyncScheduler, map, merge, type Observable, timer } from "rxjs";
import { describe, expect, test } from "vitest";
import { type PlaybackCommand, type PlaybackEvent, playback } from "../../../src/audio/playback.ts";
import { joined } from "../../../src/audio/resample.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const clock = { now: () => asyncScheduler.now() };
const samples = (ms: number): number => ms * 24;

interface Timed {
  readonly atMs: number;
  readonly command: PlaybackCommand;
}

interface Options {
  readonly latencyMs?: number;
  readonly pace?: "fast";
}

/** A device that plays in order what it has been given, and forgets on `flush` what it has not played. */
function soundingDevice(latencyMs: number) {
  const blocks: { startMs: number; pcm: Int16Array }[] = [];
  let busyUntilMs = 0;
  let flushes = 0;
  return {
    device: {
      name: "test",
      latencyMs,
      write(pcm: Int16Array) {
        const startMs = Math.max(busyUntilMs, clock.now() + latencyMs);
        busyUntilMs = startMs + pcm.length / 24;
        blocks.push({ startMs, pcm });
      },
      flush() {
        flushes += 1;
        const nowMs = clock.now();
        for (const block of blocks) {
          const keptMs = Math.max(0, nowMs - block.startMs);
          block.pcm = block.pcm.subarray(0, Math.floor(keptMs * 24 + 0.001));
        }
        busyUntilMs = 0;
      },
    },
    /** What has sounded of it all at the end. */
    sounded: () => joined(blocks.map(({ pcm }) => pcm)),
    flushes: () => flushes,
  };
}

type Seen = Exclude<PlaybackEvent, { type: "played" }> & { readonly seenMs: number };

function play(schedule: readonly Timed[], { latencyMs = 0, pace }: Options = {}) {
  const sounding = soundingDevice(latencyMs);
  const events: Seen[] = [];
  const played: { block: Int16Array; atMs: number; seenMs: number }[] = [];
  let completedMs: number | undefined;
  virtualTime(() => {
    const commands$: Observable<PlaybackCommand> = merge(
      ...schedule.map(({ atMs, command }) => timer(atMs).pipe(map(() => command))),
    );
    commands$.pipe(playback({ device: sounding.device, clock, pace: pace ?? "real-time" })).subscribe({
      next: (event) => {
        const seenMs = Math.round(clock.now());
        if (event.type === "played") played.push({ ...event, seenMs });
        else events.push({ ...event, seenMs });
      },
      complete: () => {
        completedMs = Math.round(clock.now());
      },
    });
  });
  return { ...sounding, events, played, heard: () => joined(played.map(({ block }) => block)), completedMs };
}

function numbered(fromMs: number, ms: number): Int16Array {
  return Int16Array.from({ length: samples(ms) }, (_, index) => (samples(fromMs) + index) % 30_000);
}

function enqueue(replyId: string, pcm: Int16Array, itemId = `${replyId}-item`): PlaybackCommand {
  return { type: "enqueue", replyId, itemId, contentIndex: 0, pcm };
}
const end = (replyId: string): PlaybackCommand => ({ type: "end-of-reply", replyId });
const PAUSE: PlaybackCommand = { type: "pause" };
const RESUME: PlaybackCommand = { type: "resume" };
const INTERRUPT: PlaybackCommand = { type: "interrupt" };
const HOLD = [PAUSE, RESUME, INTERRUPT];

describe("a paused reply", () => {
  test("is silent at once and goes on with the very sample that was next", () => {
    const { events, sounded, played, completedMs } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 500)) },
      { atMs: 0, command: end("a") },
      { atMs: 210, command: PAUSE },
      { atMs: 900, command: RESUME },
    ]);
    expect(sounded()).toStrictEqual(numbered(0, 500));
    expect(joined(played.filter(({ atMs }) => atMs < 900).map(({ block }) => block))).toStrictEqual(numbered(0, 210));
    expect(played.find(({ atMs }) => atMs > 210)?.atMs).toBe(900);
    expect(events).toStrictEqual([
      { type: "started", replyId: "a", atMs: 0, seenMs: 0 },
      {
        type: "paused",
        items: [{ replyId: "a", itemId: "a-item", contentIndex: 0, playedMs: 210 }],
        seenMs: 210,
      },
      { type: "resumed", seenMs: 900 },
      { type: "finished", replyId: "a", seenMs: 1_190 },
    ]);
    expect(completedMs).toBe(1_190);
  });

  test("what the device holds because of its own delay is taken back too", () => {
    const { sounded, heard, events } = play(
      [
        { atMs: 0, command: enqueue("a", numbered(0, 400)) },
        { atMs: 0, command: end("a") },
        { atMs: 40, command: PAUSE },
        { atMs: 300, command: RESUME },
        { atMs: 500, command: PAUSE },
        { atMs: 900, command: RESUME },
      ],
      { latencyMs: 60 },
    );
    expect(sounded()).toStrictEqual(numbered(0, 400));
    expect(heard()).toStrictEqual(numbered(0, 400));
    expect(events.filter(({ type }) => type === "paused")).toMatchObject([
      { items: [{ playedMs: 0 }] },
      { items: [{ playedMs: 140 }] },
    ]);
  });

  test("pausing twice, and resuming what plays, change nothing", () => {
    const { events, sounded, flushes } = play([
      { atMs: 0, command: RESUME },
      { atMs: 0, command: PAUSE },
      { atMs: 10, command: enqueue("a", numbered(0, 300)) },
      { atMs: 10, command: end("a") },
      { atMs: 50, command: RESUME },
      { atMs: 100, command: PAUSE },
      { atMs: 150, command: PAUSE },
      { atMs: 200, command: RESUME },
      { atMs: 250, command: RESUME },
    ]);
    expect(sounded()).toStrictEqual(numbered(0, 300));
    expect(events.map(({ type, seenMs }) => [type, seenMs])).toStrictEqual([
      ["started", 10],
      ["paused", 100],
      ["resumed", 200],
      ["finished", 410],
    ]);
    // One for the pause, one for the end.
    expect(flushes()).toBe(2);
  });

  test("is interrupted with what was heard of it, and the next reply is not paused", () => {
    const { events, sounded } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 200), "one") },
      { atMs: 0, command: enqueue("a", numbered(200, 200), "two") },
      { atMs: 250, command: PAUSE },
      { atMs: 300, command: enqueue("a", numbered(400, 200), "three") },
      { atMs: 600, command: INTERRUPT },
      { atMs: 700, command: enqueue("b", numbered(0, 40)) },
      { atMs: 700, command: end("b") },
    ]);
    expect(events.slice(1)).toMatchObject([
      { type: "paused", items: [{ itemId: "two", playedMs: 50 }] },
      {
        type: "interrupted",
        items: [
          { itemId: "two", playedMs: 50 },
          { itemId: "three", playedMs: 0 },
        ],
        seenMs: 600,
      },
      { type: "started", replyId: "b", seenMs: 700 },
      { type: "finished", replyId: "b", seenMs: 740 },
    ]);
    expect(sounded()).toStrictEqual(joined([numbered(0, 250), numbered(0, 40)]));
  });

  test("keeps what comes meanwhile, for itself and for the replies behind it, within the usual bounds", () => {
    const { events, heard } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 1_000)) },
      { atMs: 100, command: PAUSE },
      { atMs: 110, command: enqueue("a", numbered(1_000, 60_000)) },
      { atMs: 120, command: end("a") },
      { atMs: 130, command: enqueue("b", numbered(0, 11_000)) },
      { atMs: 140, command: end("b") },
      { atMs: 1_000, command: RESUME },
    ]);
    expect(events.filter(({ type }) => type === "dropped")).toMatchObject([
      { replyId: "a", samples: samples(1_000) },
      { replyId: "b", samples: samples(1_000) },
    ]);
    expect(heard().length).toBe(samples(70_000));
    expect(events.at(-1)).toMatchObject({ type: "finished", replyId: "b", seenMs: 70_900 });
  });

  test("that has been heard out finishes while it is paused", () => {
    const { events } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 100)) },
      { atMs: 200, command: PAUSE },
      { atMs: 300, command: end("a") },
      { atMs: 400, command: RESUME },
    ]);
    expect(events.slice(1).map(({ type, seenMs }) => [type, seenMs])).toStrictEqual([
      ["paused", 200],
      ["finished", 300],
      ["resumed", 400],
    ]);
  });

  test("is played to its end once nobody can resume it any more", () => {
    const { events, heard } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 300)) },
      { atMs: 0, command: end("a") },
      { atMs: 100, command: PAUSE },
    ]);
    expect(heard()).toStrictEqual(numbered(0, 300));
    expect(events.at(-1)).toMatchObject({ type: "finished", seenMs: 300 });
  });

  test("waits in fast pace as well", () => {
    const { events, played } = play(
      [
        { atMs: 0, command: enqueue("a", numbered(0, 300)) },
        { atMs: 5, command: PAUSE },
        { atMs: 6, command: enqueue("a", numbered(300, 300)) },
        { atMs: 7, command: end("a") },
        { atMs: 50, command: RESUME },
      ],
      { pace: "fast" },
    );
    expect(played.map(({ seenMs, block }) => [seenMs, block.length])).toStrictEqual([
      [0, samples(300)],
      [50, samples(300)],
    ]);
    expect(events.map(({ type }) => type)).toStrictEqual(["started", "paused", "resumed", "finished"]);
  });
});

const step = fc.record({
  afterMs: fc.nat({ max: 300 }),
  what: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 9_000 }) },
    { weight: 4, arbitrary: fc.constantFrom<"pause" | "resume">("pause", "resume") },
    { weight: 1, arbitrary: fc.constant<"interrupt">("interrupt") },
  ),
});

describe("whatever is asked, and whenever", () => {
  test.for(["real-time", "fast"] as const)("no sample is lost or doubled over a pause (%s)", (pace) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 20 }), fc.nat({ max: 150 }), (steps, latencyMs) => {
        let atMs = 0;
        let sample = 0;
        let epoch = 0;
        const schedule: Timed[] = [];
        const sent: Int16Array[][] = [[]];
        const cutAt: number[] = [];
        for (const { afterMs, what } of steps) {
          atMs += afterMs + 1;
          if (typeof what === "number") {
            const pcm = Int16Array.from({ length: what }, (_, offset) => (sample + offset) % 30_000);
            sample += what;
            sent[epoch]?.push(pcm);
            schedule.push({ atMs, command: enqueue(`reply-${epoch}`, pcm) });
            continue;
          }
          schedule.push({ atMs, command: HOLD.find(({ type }) => type === what) ?? INTERRUPT });
          if (what !== "interrupt") continue;
          epoch += 1;
          cutAt.push(atMs);
          sent.push([]);
        }
        const options = pace === "fast" ? { latencyMs, pace } : { latencyMs };
        const { played, events, sounded } = play(schedule, options);

        const epochs = sent.map((blocks, index) => {
          const fromMs = cutAt[index - 1] ?? -1;
          const toMs = cutAt[index] ?? Number.POSITIVE_INFINITY;
          const heard = joined(
            played
              .filter(({ seenMs, block }) => block.length > 0 && seenMs > fromMs && seenMs <= toMs)
              .map(({ block }) => block),
          );
          return { heard, sent: joined(blocks), cut: toMs !== Number.POSITIVE_INFINITY };
        });
        for (const { heard, sent: wanted, cut } of epochs) {
          const expected = cut ? wanted.subarray(0, heard.length) : wanted;
          expect(heard.length).toBe(expected.length);
          expect(heard.every((value, index) => value === expected[index])).toBe(true);
        }
        if (pace === "fast") return;
        // What the device really sounded is what was said to be heard.
        const told = joined(epochs.map(({ heard }) => heard));
        const real = sounded();
        expect(real.length).toBe(told.length);
        expect(real.every((value, index) => value === told[index])).toBe(true);
        const pauses = events.filter(({ type }) => type === "paused").length;
        const ends = events.filter(({ type }) => type === "resumed").length;
        expect(ends).toBeLessThanOrEqual(pauses);
      }),
      { numRuns: 100 },
    );
  });
});
