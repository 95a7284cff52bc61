import { concatMap, from, lastValueFrom, type Observable, tap, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { AudioFrame } from "../../../../src/audio/audio-frame.ts";
import { colouredNoise } from "../../../../src/audio/noise.ts";
import { joined } from "../../../../src/audio/resample.ts";
import { openVoiceDetector } from "../../../../src/engine/hear/open-voice-detector.ts";
import { openSpeech } from "../../../../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../../../../src/engine/speak/speech.ts";
import { seededRandom } from "../../../../src/shared/random.ts";
import type { VoiceDetector } from "../../../../src/turn/voice-detector.ts";
import { hiss, levelOf, microphone } from "../../../support/cabin.ts";

const SPEECH_AT_MS = 1_000;
let speech: Speech;
let detector: VoiceDetector;

beforeAll(async () => {
  [speech, detector] = await Promise.all([openSpeech(), openVoiceDetector()]);
});
afterAll(() => speech.close());

async function say(text: string, voice: Voice): Promise<Int16Array> {
  const pcm = joined(await lastValueFrom(speech.speak({ text, voice, rateHz: 16_000 }).pipe(toArray())));
  const loudest = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return pcm.subarray(pcm.findIndex((sample) => Math.abs(sample) > loudest / 32));
}

/** What was told, and how much had been heard by then. Each frame is judged before the next one comes. */
async function told(frames: readonly AudioFrame[]) {
  let heardMs = 0;
  const frames$: Observable<AudioFrame> = from(frames).pipe(
    concatMap(async (frame) => {
      for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
      heardMs = frame.capturedAt;
      return frame;
    }),
  );
  const seen: number[] = [];
  const events$ = detector.detect(frames$).pipe(
    tap(() => seen.push(heardMs)),
    toArray(),
  );
  const events = await lastValueFrom(events$);
  return events.map((event, index) => ({ event, heardMs: seen[index] ?? 0 }));
}

describe("the voice detector, on voices", () => {
  test.for<[string, Voice]>([
    ["close the window", "rms"],
    ["no, the other one", "awb"],
    ["what is the weather", "slt"],
    ["open the sunroof", "kal16"],
  ])("an onset is told while no more than 96 ms of it was heard: %s (%s)", async ([text, voice]) => {
    const pcm = await say(text, voice);
    const sounds = [
      { fromMs: 0, pcm: hiss(3_000 * 16, 12, 1) },
      { fromMs: SPEECH_AT_MS, pcm },
    ];
    const events = await told(microphone(sounds, 3_000));
    expect(events[0]?.event.type).toBe("onset");
    expect(events[0]?.heardMs).toBeGreaterThan(SPEECH_AT_MS);
    expect(events[0]?.heardMs).toBeLessThanOrEqual(SPEECH_AT_MS + 96);
    const last = events.at(-1)?.event;
    if (last?.type !== "offset") throw new Error("the speech did not end");
    expect(Math.abs(last.atMs - SPEECH_AT_MS - pcm.length / 16)).toBeLessThan(200);
  });

  test("noise of the road and of the wind is no speech", async () => {
    for (const colour of ["brown", "pink"] as const) {
      const noise = colouredNoise(colour, 20_000 * 16, seededRandom(3, colour));
      const factor = 1_500 / levelOf(Float64Array.from(noise));
      const frames = microphone([{ fromMs: 0, pcm: noise.map((sample) => sample * factor) }], 20_000);
      expect(await told(frames)).toStrictEqual([]);
    }
  });

  test("what an earlier stream heard is forgotten", async () => {
    const pcm = await say("close the window and open the sunroof", "slt");
    await told(microphone([{ fromMs: 0, pcm }], 600));
    expect(await told(microphone([{ fromMs: 0, pcm: hiss(1_000 * 16, 12, 2) }], 1_000))).toStrictEqual([]);
  });
});
