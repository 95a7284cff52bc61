import { concatMap, from, lastValueFrom, type Observable, of, Subject, throwError, toArray } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import type { VoiceEvent } from "../../../../src/audio/voice-event.ts";
import { openVoiceDetector } from "../../../../src/engine/hear/open-voice-detector.ts";
import { type MarkedFrame, toVoiceFrames } from "../../../../src/engine/hear/voice-frames.ts";
import type { VoiceDetector } from "../../../../src/turn/voice-detector.ts";

/** Frames of 20 ms at a constant level. */
function frames(count: number, level: number, ownVoice?: boolean): readonly MarkedFrame[] {
  return Array.from({ length: count }, (_, index) => ({
    pcm: new Int16Array(320).fill(level),
    capturedAt: (index + 1) * 20,
    ...(ownVoice === undefined ? {} : { ownVoice }),
  }));
}

const collected = (events$: Observable<VoiceEvent>): Promise<readonly VoiceEvent[]> =>
  lastValueFrom(events$.pipe(toArray()));

/** One frame each turn of the event loop, as a device is never faster. */
const paced = (sound: readonly MarkedFrame[]): Observable<MarkedFrame> =>
  from(sound).pipe(concatMap((frame) => new Promise<MarkedFrame>((resolve) => setImmediate(resolve, frame))));

/** Takes what is loud for speech. */
const loudness = () => Promise.resolve((frame: Int16Array) => Promise.resolve((frame[0] ?? 0) > 1_000 ? 0.9 : 0));

describe("the microphone's frames, cut anew for the voice model", () => {
  test("keep each sample, and the time of the last one", async () => {
    const pcm = Int16Array.from({ length: 3_200 }, (_, index) => index);
    const cut$ = from(
      Array.from({ length: 10 }, (_, index) => ({
        pcm: pcm.subarray(index * 320, (index + 1) * 320),
        capturedAt: 1_000 + (index + 1) * 20,
      })),
    ).pipe(toVoiceFrames(), toArray());
    const cut = await lastValueFrom(cut$);
    expect(cut.flatMap(({ pcm: samples }) => [...samples])).toStrictEqual([...pcm.subarray(0, 6 * 512)]);
    expect(cut.map(({ endMs }) => endMs)).toStrictEqual([1_032, 1_064, 1_096, 1_128, 1_160, 1_192]);
  });

  test("are our own voice when most of it is", async () => {
    const own = [true, true, false, false, true, true, false, true];
    const marked = own.map((ownVoice, index) => ({
      pcm: new Int16Array(320),
      capturedAt: index,
      ...(ownVoice ? { ownVoice } : {}),
    }));
    // 512, 128, 256, 384 and 320 samples of 512.
    const cut = await lastValueFrom(from(marked).pipe(toVoiceFrames(), toArray()));
    expect(cut.map(({ ownVoice }) => ownVoice)).toStrictEqual([true, false, false, true, true]);
  });
});

describe("the voice detector", () => {
  test("tells of speech in the order of the sound, and completes with the frames", async () => {
    const detector: VoiceDetector = await openVoiceDetector({ open: loudness });
    const sound = [...frames(8, 10), ...frames(16, 5_000), ...frames(16, 10)].map((frame, index) => ({
      ...frame,
      capturedAt: (index + 1) * 20,
    }));
    const events = await collected(detector.detect(paced(sound)));
    expect(events[0]).toStrictEqual({ type: "onset", atMs: 160 });
    expect(events.at(-1)).toStrictEqual({ type: "offset", speechMs: 320, atMs: 480 });
  });

  test("does not take for speech what is marked as our own voice", async () => {
    const detector = await openVoiceDetector({ open: loudness });
    expect(await collected(detector.detect(paced(frames(20, 5_000, true))))).toStrictEqual([]);
  });

  test("asks the model for nothing while nobody listens, and makes it forget before it listens again", async () => {
    const heard: number[] = [];
    const detector = await openVoiceDetector({
      open: () =>
        Promise.resolve((frame: Int16Array) => {
          heard.push(Math.max(...frame));
          return Promise.resolve(0);
        }),
    });
    const opened = heard.length;
    const frames$ = new Subject<MarkedFrame>();
    const [loud] = frames(1, 9_000);
    if (loud === undefined) throw new Error("no frame");
    frames$.next(loud);
    expect(heard.length).toBe(opened);
    const subscription = detector.detect(frames$).subscribe();
    frames$.next(loud);
    frames$.next(loud);
    await expect.poll(() => heard.at(-1)).toBe(9_000);
    expect(heard.slice(opened, -1).every((peak) => peak < 100)).toBe(true);
    expect(heard.slice(opened, -1).length).toBeGreaterThan(5);
    subscription.unsubscribe();
    const after = heard.length;
    frames$.next(loud);
    frames$.next(loud);
    expect(heard.length).toBe(after);
  });

  test("falls behind by half a second at most: older sound is dropped, and the rest told", async () => {
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const heard: number[] = [];
    let isOpen = false;
    const detector = await openVoiceDetector({
      open: () =>
        Promise.resolve(async (frame: Int16Array) => {
          if (isOpen) await blocked;
          if ((frame[0] ?? 0) > 1_000) heard.push(frame[0] ?? 0);
          return 0;
        }),
    });
    isOpen = true;
    const numbered = Array.from({ length: 320 }, (_, index) => ({
      pcm: new Int16Array(320).fill(2_000 + index),
      capturedAt: index * 20,
    }));
    const told = collected(detector.detect(from(numbered)));
    release();
    await told;
    expect(heard.length).toBe(16);
    expect(heard.at(-1)).toBeGreaterThan(2_315);
  });

  test("a model that fails ends the streams and says so once; nothing is thrown at whoever listens", async () => {
    const onLost = vi.fn<(reason: string) => void>();
    let isOpen = false;
    const detector = await openVoiceDetector({
      onLost,
      open: () => Promise.resolve(() => (isOpen ? Promise.reject(new Error("no memory is left")) : Promise.resolve(0))),
    });
    isOpen = true;
    expect(await collected(detector.detect(from(frames(20, 10))))).toStrictEqual([]);
    expect(await collected(detector.detect(from(frames(20, 10))))).toStrictEqual([]);
    expect(onLost.mock.calls).toStrictEqual([["The voice detector failed: no memory is left"]]);
  });

  test("a microphone that is lost is told", async () => {
    const detector = await openVoiceDetector({ open: loudness });
    const lost$ = from([of(...frames(4, 10)), throwError(() => new Error("unplugged"))]).pipe(
      concatMap((part$) => part$),
    );
    await expect(collected(detector.detect(lost$))).rejects.toThrow("unplugged");
  });
});
