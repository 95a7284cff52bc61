import * as fc from "fast-check";
import { concat, from, lastValueFrom, NEVER, of, Subject, throwError, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import type { PlaybackEvent } from "../../../src/audio/playback-event.ts";
import { markOwnVoice, nextGuard, unguarded } from "../../../src/turn/echo-guard.ts";
import type { ListenedFrame } from "../../../src/turn/voice-detector.ts";
import { type EchoPath, echoed, hiss, levelOf, microphone, toldAsPlayed, voiceLike } from "../../support/cabin.ts";

const SECONDS = 12;
const REPLY = voiceLike(SECONDS, 24_000, 1);

interface Scene {
  readonly path: EchoPath;
  /** Somebody else, so much louder than the echo, from each of these times for half a second. */
  readonly others?: { readonly overEchoDb: number; readonly atMs: readonly number[] };
  /** The echo is so much louder from here on. */
  readonly turnedUp?: { readonly db: number; readonly atMs: number };
}

/** The marked frames of a cabin in which our reply is played from 500 ms on. */
function listened({ path, others, turnedUp }: Scene): readonly ListenedFrame[] {
  const echo = echoed(REPLY, path);
  const level = levelOf(echo);
  const loud = echo.map((sample, index) =>
    turnedUp !== undefined && index / 16 >= turnedUp.atMs - 500 ? sample * 10 ** (turnedUp.db / 20) : sample,
  );
  const voices = (others?.atMs ?? []).map((fromMs, index) => {
    const voice = voiceLike(0.5, 16_000, 100 + index);
    const factor = (level / levelOf(voice)) * 10 ** ((others?.overEchoDb ?? 0) / 20);
    return { fromMs, pcm: Float64Array.from(voice, (sample) => sample * factor) };
  });
  const lengthMs = SECONDS * 1000 + 1_500;
  const frames = microphone(
    [{ fromMs: 500, pcm: loud }, { fromMs: 0, pcm: hiss(lengthMs * 16, 3, 7) }, ...voices],
    lengthMs,
  );
  const events = toldAsPlayed(REPLY, 500);
  let guard = unguarded();
  let told = 0;
  return frames.flatMap((frame) => {
    for (let event = events[told]; event !== undefined && event.atMs <= frame.capturedAt; event = events[++told]) {
      if (event.value.type === "played") guard = nextGuard(guard, event.value);
    }
    guard = nextGuard(guard, { type: "heard", frame });
    return guard.output;
  });
}

const strange = (frames: readonly ListenedFrame[]): readonly number[] =>
  frames.filter(({ ownVoice }) => ownVoice === false).map(({ capturedAt }) => capturedAt);

const PATHS: readonly EchoPath[] = [
  { delayMs: 0, gainDb: -20 },
  { delayMs: 40, gainDb: -10 },
  { delayMs: 90, gainDb: -30 },
  { delayMs: 160, gainDb: -15, seed: 5 },
  { delayMs: 250, gainDb: -40, seed: 9 },
];

describe("our own voice in the microphone", () => {
  test.for(PATHS)(
    "is known after two seconds and hides nobody who is 10 dB louder, $delayMs ms late at $gainDb dB",
    (path) => {
      const atMs = Array.from({ length: 6 }, (_, index) => 6_000 + index * 1_000);
      const frames = listened({ path, others: { overEchoDb: 10, atMs } });
      const times = strange(frames);
      expect(frames.filter(({ ownVoice }) => ownVoice).length).toBeGreaterThan(400);
      const noticed = atMs.filter((fromMs) => times.some((ms) => ms > fromMs && ms <= fromMs + 520));
      expect(noticed).toStrictEqual(atMs);
      const alone = times.filter((ms) => !atMs.some((fromMs) => ms > fromMs && ms <= fromMs + 540));
      expect(alone.filter((ms) => ms > 2_500)).toStrictEqual([]);
    },
  );

  test("is known again soon after an amplifier was turned up by 10 dB", () => {
    const frames = listened({ path: { delayMs: 80, gainDb: -30 }, turnedUp: { db: 10, atMs: 6_000 } });
    const times = strange(frames).filter((atMs) => atMs > 2_500);
    expect(times.every((atMs) => atMs >= 6_000)).toBe(true);
    expect(times.filter((atMs) => atMs > 9_000)).toStrictEqual([]);
  });

  test("is not looked for when nothing is played, nor half a second after", () => {
    const voice = voiceLike(2, 16_000, 3);
    const frames = microphone([{ fromMs: 0, pcm: voice }], 2_000);
    let guard = nextGuard(unguarded(), { type: "played", block: REPLY.subarray(0, 24_000), atMs: -1_500 });
    for (const frame of frames) {
      guard = nextGuard(guard, { type: "heard", frame });
      expect(guard.output).toStrictEqual([frame]);
    }
  });
});

describe("marking frames", () => {
  const frame: AudioFrame = { pcm: new Int16Array(320), capturedAt: 1_000 };

  test("ends with the microphone, whatever the playback does", async () => {
    const marked$ = of(frame, frame).pipe(markOwnVoice(NEVER), toArray());
    expect(await lastValueFrom(marked$)).toStrictEqual([frame, frame]);
  });

  test("outlives the playback", async () => {
    const marked$ = of(frame).pipe(markOwnVoice(from([])), toArray());
    expect(await lastValueFrom(marked$)).toStrictEqual([frame]);
  });

  test("tells that the microphone was lost", async () => {
    const lost$ = concat(
      of(frame),
      throwError(() => new Error("unplugged")),
    );
    await expect(lastValueFrom(lost$.pipe(markOwnVoice(NEVER)))).rejects.toThrow("unplugged");
  });

  test("passes every frame on at once, once and in order, whatever is played and when", () => {
    const played = fc.record({
      type: fc.constant("played" as const),
      block: fc.int16Array({ maxLength: 1_500 }),
      atMs: fc.double({ min: -500, max: 3_000, noNaN: true }),
    });
    const heard = fc.record({ pcm: fc.int16Array({ maxLength: 320 }), capturedAt: fc.double({ min: 0, max: 3_000 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(played, heard), { maxLength: 60 }), (events) => {
        const frames$ = new Subject<AudioFrame>();
        const playback$ = new Subject<PlaybackEvent>();
        let latest: ListenedFrame | undefined;
        const subscription = frames$.pipe(markOwnVoice(playback$)).subscribe((marked) => {
          latest = marked;
        });
        for (const event of events) {
          latest = undefined;
          if ("type" in event) {
            playback$.next(event);
            expect(latest).toBeUndefined();
          } else {
            frames$.next(event);
            expect(latest).toMatchObject(event);
          }
        }
        subscription.unsubscribe();
      }),
      { numRuns: 50 },
    );
  });
});
