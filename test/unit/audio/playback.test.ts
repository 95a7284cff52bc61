import * as fc from "fast-check";
import { asyncScheduler, map, merge, NEVER, type Observable, Subscription, takeUntil, timer } from "rxjs";
import { describe, expect, test } from "vitest";
import { type PlaybackCommand, type PlaybackEvent, playback } from "../../../src/audio/playback.ts";
import { joined } from "../../../src/audio/resample.ts";
import type { SpeakerDevice } from "../../../src/audio/speaker.ts";
import { virtualTime } from "../../support/virtual-time.ts";

/** Time as RxJS has it: virtual inside a marble test. */
const clock = { now: () => asyncScheduler.now() };
const samples = (ms: number): number => ms * 24;

/** PCM in which each sample is known by its number. */
function numbered(fromMs: number, ms: number): Int16Array {
  return Int16Array.from({ length: samples(ms) }, (_, index) => (samples(fromMs) + index) % 30_000);
}

/** Vitest compares element by element, which takes seconds for a minute of sound. */
function isEqual(one: Int16Array, other: Int16Array): boolean {
  return one.length === other.length && one.every((sample, index) => sample === other[index]);
}

interface Write {
  readonly atMs: number;
  readonly pcm: Int16Array;
}

function recordingDevice(latencyMs = 0) {
  const writes: Write[] = [];
  const flushes: number[] = [];
  const device: SpeakerDevice = {
    name: "test",
    latencyMs,
    write: (pcm) => writes.push({ atMs: clock.now(), pcm }),
    flush: () => flushes.push(clock.now()),
  };
  return { device, writes, flushes, pcm: () => joined(writes.map((write) => write.pcm)) };
}

interface Timed {
  readonly atMs: number;
  readonly command: PlaybackCommand;
}

type Heard = Exclude<PlaybackEvent, { type: "played" }> & { readonly seenMs: number };

/** Runs a schedule in virtual time: what came out and when, with the played blocks apart. */
function play(schedule: readonly Timed[], options: { latencyMs?: number; pace?: "fast"; untilMs?: number } = {}) {
  const recorded = recordingDevice(options.latencyMs);
  const events: Heard[] = [];
  const played: { block: Int16Array; atMs: number }[] = [];
  let completedMs: number | undefined;
  virtualTime(() => {
    const commands$: Observable<PlaybackCommand> = merge(
      ...schedule.map(({ atMs, command }) => timer(atMs).pipe(map(() => command))),
    );
    const until$ = options.untilMs === undefined ? NEVER : timer(options.untilMs);
    const pace = options.pace ?? "real-time";
    commands$.pipe(playback({ device: recorded.device, pace, clock }), takeUntil(until$)).subscribe({
      next: (event) =>
        event.type === "played" ? played.push(event) : events.push({ ...event, seenMs: Math.round(clock.now()) }),
      complete: () => {
        completedMs = Math.round(clock.now());
      },
    });
  });
  return { ...recorded, events, played, completedMs };
}

function enqueue(replyId: string, pcm: Int16Array, itemId = `${replyId}-item`, contentIndex = 0): PlaybackCommand {
  return { type: "enqueue", replyId, itemId, contentIndex, pcm };
}
const end = (replyId: string): PlaybackCommand => ({ type: "end-of-reply", replyId });
const INTERRUPT: PlaybackCommand = { type: "interrupt" };

describe("playback", () => {
  test("the first samples go to the device at once, the reply finishes when its last sample was heard", () => {
    const { events, writes, pcm, completedMs } = play([
      { atMs: 10, command: enqueue("a", numbered(0, 500)) },
      { atMs: 11, command: end("a") },
    ]);
    expect(writes[0]?.atMs).toBe(10);
    expect(pcm()).toStrictEqual(numbered(0, 500));
    expect(events).toStrictEqual([
      { type: "started", replyId: "a", atMs: 10, seenMs: 10 },
      { type: "finished", replyId: "a", seenMs: 510 },
    ]);
    expect(completedMs).toBe(510);
  });

  test("the device's own delay counts: heard is later than handed over", () => {
    const { events, played } = play(
      [
        { atMs: 0, command: enqueue("a", numbered(0, 200)) },
        { atMs: 0, command: end("a") },
      ],
      { latencyMs: 60 },
    );
    expect(played[0]?.atMs).toBe(60);
    expect(joined(played.map(({ block }) => block))).toStrictEqual(numbered(0, 200));
    expect(events.at(-1)).toMatchObject({ type: "finished", seenMs: 260 });
  });

  test("never hands over more than 100 ms ahead, and never lets the device run dry", () => {
    const { writes } = play([{ atMs: 0, command: enqueue("a", numbered(0, 5_000)) }]);
    let handedMs = 0;
    for (const { atMs, pcm } of writes) {
      expect(handedMs - atMs).toBeGreaterThanOrEqual(0);
      handedMs += pcm.length / 24;
      expect(handedMs - atMs).toBeLessThanOrEqual(100.1);
    }
    expect(handedMs).toBeCloseTo(5_000);
  });

  test("a gap in what comes is a gap in what is heard, and nothing else", () => {
    const { events, played } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 100)) },
      { atMs: 700, command: enqueue("a", numbered(100, 100)) },
      { atMs: 701, command: end("a") },
    ]);
    expect(played.map(({ atMs }) => Math.round(atMs))).toContain(700);
    expect(events.map(({ type, seenMs }) => [type, seenMs])).toStrictEqual([
      ["started", 0],
      ["finished", 800],
    ]);
  });

  test("an interruption silences the device and says how much of each item was heard", () => {
    const { events, flushes, writes, completedMs } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 300), "one") },
      { atMs: 0, command: enqueue("a", numbered(300, 300), "two") },
      { atMs: 0, command: enqueue("a", numbered(600, 300), "three") },
      { atMs: 450, command: INTERRUPT },
    ]);
    expect(events.at(-1)).toStrictEqual({
      type: "interrupted",
      items: [
        { replyId: "a", itemId: "two", contentIndex: 0, playedMs: 150 },
        { replyId: "a", itemId: "three", contentIndex: 0, playedMs: 0 },
      ],
      seenMs: 450,
    });
    expect(flushes[0]).toBe(450);
    expect(writes.every(({ atMs }) => atMs < 450)).toBe(true);
    expect(completedMs).toBe(450);
  });

  test("what still comes for an interrupted reply is not heard, the next reply is", () => {
    const { events, writes } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 300)) },
      { atMs: 100, command: INTERRUPT },
      { atMs: 120, command: enqueue("a", numbered(300, 300)) },
      { atMs: 130, command: end("a") },
      { atMs: 200, command: enqueue("b", numbered(0, 40)) },
      { atMs: 200, command: end("b") },
    ]);
    expect(writes.filter(({ atMs }) => atMs > 100).map(({ atMs }) => atMs)).toStrictEqual([200]);
    expect(events.slice(2)).toMatchObject([
      { type: "started", replyId: "b", seenMs: 200 },
      { type: "finished", replyId: "b", seenMs: 240 },
    ]);
  });

  test("the last item of a reply that goes on is reported even when all of it was heard so far", () => {
    const { events } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 40), "one") },
      { atMs: 0, command: enqueue("a", numbered(40, 40), "two") },
      { atMs: 500, command: INTERRUPT },
      { atMs: 600, command: INTERRUPT },
    ]);
    expect(events.slice(1)).toMatchObject([
      { type: "interrupted", items: [{ itemId: "two", playedMs: 40 }] },
      { type: "interrupted", items: [] },
    ]);
  });

  test("a reply without sound finishes when it ends", () => {
    expect(play([{ atMs: 5, command: end("a") }]).events).toStrictEqual([
      { type: "finished", replyId: "a", seenMs: 5 },
    ]);
  });

  test("a reply that never ends is over when the next one has started", () => {
    const { events } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 40)) },
      { atMs: 500, command: enqueue("b", numbered(0, 40)) },
      { atMs: 501, command: end("b") },
    ]);
    expect(events.map((event) => [event.type, "replyId" in event && event.replyId])).toStrictEqual([
      ["started", "a"],
      ["started", "b"],
      ["finished", "a"],
      ["finished", "b"],
    ]);
  });

  test("keeps 60 s of a reply and 10 s of those behind it; the newest is dropped and reported", () => {
    const { events, pcm } = play([
      { atMs: 0, command: enqueue("a", numbered(0, 59_000)) },
      { atMs: 0, command: enqueue("a", numbered(59_000, 3_000)) },
      { atMs: 0, command: enqueue("b", numbered(0, 9_000)) },
      { atMs: 0, command: enqueue("c", numbered(0, 4_000)) },
      { atMs: 0, command: end("a") },
      { atMs: 0, command: end("b") },
      { atMs: 0, command: end("c") },
    ]);
    expect(events.filter(({ type }) => type === "dropped")).toMatchObject([
      { replyId: "a", samples: samples(2_000) },
      { replyId: "c", samples: samples(3_000) },
    ]);
    expect(isEqual(pcm(), joined([numbered(0, 60_000), numbered(0, 9_000), numbered(0, 1_000)]))).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: "finished", replyId: "c", seenMs: 70_000 });
  });

  test("fast plays everything the moment it comes", () => {
    const { events, completedMs } = play(
      [
        { atMs: 3, command: enqueue("a", numbered(0, 9_000)) },
        { atMs: 3, command: end("a") },
      ],
      { pace: "fast", latencyMs: 60 },
    );
    expect(events.map(({ type }) => type)).toStrictEqual(["started", "finished"]);
    expect(completedMs).toBe(3);
  });

  test("unsubscribing silences the device", () => {
    const { flushes, writes } = play([{ atMs: 0, command: enqueue("a", numbered(0, 900)) }], { untilMs: 400 });
    expect(flushes).toStrictEqual([400]);
    expect(writes.every(({ atMs }) => atMs < 400)).toBe(true);
  });

  test("a command sent while an event is handled is carried out in order", () => {
    const { device, pcm } = recordingDevice();
    const seen: string[] = [];
    const subscription = new Subscription();
    virtualTime(() => {
      const commands$: Observable<PlaybackCommand> = merge(
        timer(0).pipe(map(() => enqueue("a", numbered(0, 40)))),
        timer(1).pipe(map(() => end("a"))),
      );
      subscription.add(
        commands$.pipe(playback({ device, clock })).subscribe(({ type }) => {
          seen.push(type);
        }),
      );
    });
    subscription.unsubscribe();
    expect(seen.at(-1)).toBe("finished");
    expect(pcm()).toStrictEqual(numbered(0, 40));
  });
});

/** What a device that plays in order, without ever pausing on its own, has sounded of each write at a moment. */
function soundedSamples(writes: readonly Write[], latencyMs: number, sinceMs: number, atMs: number): number {
  let busyUntilMs = 0;
  let sounded = 0;
  for (const write of writes.filter((other) => other.atMs >= sinceMs && other.atMs <= atMs)) {
    const startMs = Math.max(busyUntilMs, write.atMs + latencyMs);
    busyUntilMs = startMs + write.pcm.length / 24;
    sounded += Math.max(0, Math.min(write.pcm.length, (atMs - startMs) * 24));
  }
  return sounded;
}

const delta = fc.record({
  afterMs: fc.nat({ max: 400 }),
  item: fc.nat({ max: 1 }),
  length: fc.integer({ min: 1, max: 9_000 }),
});
const reply = fc.record({
  deltas: fc.array(delta, { minLength: 1, maxLength: 8 }),
  interruptAfterMs: fc.option(fc.nat({ max: 900 })),
});

describe("whatever comes, and whenever", () => {
  test("each sample is handed over once and in order, and playedMs is what was heard", () => {
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 4 }), fc.nat({ max: 150 }), (replies, latencyMs) => {
        let atMs = 0;
        let sample = 0;
        let epochMs = 0;
        const schedule: Timed[] = [];
        const epochs: { fromMs: number; toMs: number; pcm: Int16Array[]; cut: boolean }[] = [];
        for (const [index, { deltas, interruptAfterMs }] of replies.entries()) {
          const replyId = `reply-${index}`;
          const pcm: Int16Array[] = [];
          for (const { afterMs, item, length } of deltas.toSorted((one, other) => one.item - other.item)) {
            atMs += afterMs;
            const block = Int16Array.from({ length }, (_, offset) => (sample + offset) % 30_000);
            sample += length;
            pcm.push(block);
            schedule.push({ atMs, command: enqueue(replyId, block, `item-${item}`) });
          }
          const cut = interruptAfterMs !== null;
          atMs += cut ? interruptAfterMs : 5_000;
          schedule.push({ atMs, command: cut ? INTERRUPT : end(replyId) });
          epochs.push({ fromMs: epochMs, toMs: atMs, pcm, cut });
          epochMs = ++atMs;
        }
        const { writes, events } = play(schedule, { latencyMs });

        for (const { fromMs, toMs, pcm, cut } of epochs) {
          const given = joined(
            writes.filter((write) => write.atMs >= fromMs && write.atMs <= toMs).map((write) => write.pcm),
          );
          const sent = joined(pcm);
          expect(isEqual(given, cut ? sent.subarray(0, given.length) : sent)).toBe(true);
          if (!cut) continue;
          const interrupted = events.find((event) => event.type === "interrupted" && event.seenMs === toMs);
          if (interrupted?.type !== "interrupted") throw new Error("not interrupted");
          const reported = interrupted.items.reduce((sum, { playedMs }) => sum + playedMs, 0);
          const names = new Set(interrupted.items.map(({ itemId }) => itemId));
          const commands = schedule
            .filter((timed) => timed.atMs >= fromMs && timed.atMs <= toMs)
            .map((timed) => timed.command);
          const wholeMs = commands.reduce(
            (sum, command) =>
              sum + (command.type === "enqueue" && !names.has(command.itemId) ? command.pcm.length / 24 : 0),
            0,
          );
          const heardMs = soundedSamples(writes, latencyMs, fromMs, toMs) / 24;
          expect(Math.abs(reported + wholeMs - heardMs)).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 60 },
    );
  });
});
