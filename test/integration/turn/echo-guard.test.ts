import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { concatMap, from, lastValueFrom, type Observable, Subject, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { AudioFrame } from "../../../src/audio/audio-frame.ts";
import { activeSpeech, colouredNoise } from "../../../src/audio/noise.ts";
import type { PlaybackEvent } from "../../../src/audio/playback-event.ts";
import { joined } from "../../../src/audio/resample.ts";
import { readWav } from "../../../src/audio/wav.ts";
import { openVoiceDetector } from "../../../src/engine/hear/open-voice-detector.ts";
import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../../../src/engine/speak/speech.ts";
import { seededRandom } from "../../../src/shared/random.ts";
import { markOwnVoice } from "../../../src/turn/echo-guard.ts";
import type { VoiceDetector, VoiceEvent } from "../../../src/turn/voice-detector.ts";
import { echoed, levelOf, microphone, toldAsPlayed } from "../../support/cabin.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";

const ORDERED = fileURLToPath(
  new URL("../../../../shared/material/speech/command/speech-to-intent-benchmark", import.meta.url),
);
const REPLIES = [
  "The temperature on the driver side is now twenty two degrees, and the seat heating is on level two.",
  "I have set the navigation to the airport. You will arrive at ten past four, traffic is light.",
  "There is a charging station in twelve kilometres, on the right, after the bridge. Shall I take you there?",
  "I cannot open the sunroof at this speed. Please ask again when you are slower than eighty.",
];
const ORDERS = ["stop", "no, the other one", "close the window", "what is the weather tomorrow"];

let speech: Speech;
let detector: VoiceDetector;
beforeAll(async () => {
  [speech, detector] = await Promise.all([openSpeech(), openVoiceDetector()]);
});
afterAll(() => speech.close());

async function say(text: string, voice: Voice, rateHz: 16_000 | 24_000): Promise<Int16Array> {
  return joined(await lastValueFrom(speech.speak({ text, voice, rateHz }).pipe(toArray())));
}

/** What is told of a microphone while this is played, one frame each turn of the event loop. */
function detected(
  frames: readonly AudioFrame[],
  told: readonly { readonly atMs: number; readonly value: PlaybackEvent }[],
  guarded: boolean,
): Promise<readonly VoiceEvent[]> {
  const playback$ = new Subject<PlaybackEvent>();
  let next = 0;
  const frames$: Observable<AudioFrame> = from(frames).pipe(
    concatMap(async (frame) => {
      await new Promise(setImmediate);
      for (let event = told[next]; event !== undefined && event.atMs <= frame.capturedAt; event = told[++next]) {
        playback$.next(event.value);
      }
      return frame;
    }),
  );
  const listened$ = guarded ? frames$.pipe(markOwnVoice(playback$)) : frames$;
  return lastValueFrom(detector.detect(listened$).pipe(toArray()));
}

interface Cabin {
  readonly delayMs: number;
  readonly gainDb: number;
  /** Level of the noise, in 16 bit samples. */
  readonly noise: number;
}

const CABINS: readonly Cabin[] = [
  { delayMs: 40, gainDb: -10, noise: 30 },
  { delayMs: 120, gainDb: -20, noise: 100 },
  { delayMs: 250, gainDb: -30, noise: 15 },
];

/** Replies one after the other; over each after the first a driver speaks from a second on, if there is one. */
async function drive(cabin: Cabin, drivers: readonly Int16Array[], overEchoDb: number, guarded = true) {
  const replies = await Promise.all(REPLIES.map((text) => say(text, "slt", 24_000)));
  const order = [0, 1, 2, 3, 1, 2, 3, 0].map((index) => replies[index] ?? new Int16Array(0));
  const starts = order.map(
    (_, index) => 500 + order.slice(0, index).reduce((ms, { length }) => ms + length / 24 + 900, 0),
  );
  const lengthMs = Math.ceil((starts.at(-1) ?? 0) + (order.at(-1)?.length ?? 0) / 24 + 1_000);
  const echoes = order.map((pcm, index) => ({ fromMs: starts[index] ?? 0, pcm: echoed(pcm, cabin) }));
  const noise = colouredNoise("brown", lengthMs * 16, seededRandom(1, "noise"));
  const factor = cabin.noise / levelOf(Float64Array.from(noise));
  const spoken =
    drivers.length === 0
      ? []
      : echoes.slice(1).map(({ fromMs, pcm }, index) => {
          const driver = trimmed(drivers[index % drivers.length] ?? new Int16Array(0));
          const level = activeSpeech(Int16Array.from(pcm)).level * 10 ** (overEchoDb / 20);
          const gain = level / activeSpeech(driver).level;
          return { fromMs: fromMs + 1_000, pcm: Float64Array.from(driver, (sample) => sample * gain) };
        });
  const frames = microphone(
    [...echoes, { fromMs: 0, pcm: noise.map((sample) => sample * factor) }, ...spoken],
    lengthMs,
  );
  const told = order.flatMap((pcm, index) => toldAsPlayed(pcm, starts[index] ?? 0));
  const onsets = (await detected(frames, told, guarded)).flatMap((event) =>
    event.type === "onset" ? [event.atMs] : [],
  );
  const times = spoken.map(({ fromMs, pcm }) => ({ fromMs, toMs: fromMs + pcm.length / 16 }));
  return {
    replies: spoken.length,
    noticed: times.filter(({ fromMs, toMs }) => onsets.some((ms) => ms > fromMs - 64 && ms < toMs)).length,
    mistaken: onsets.filter((ms) => !times.some(({ fromMs, toMs }) => ms > fromMs - 64 && ms < toMs + 200)),
    minutes: lengthMs / 60_000,
  };
}

/** Without the quiet before the first word. */
function trimmed(pcm: Int16Array): Int16Array {
  const loudest = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = pcm.findIndex((sample) => Math.abs(sample) > loudest / 10);
  return pcm.subarray(Math.max(0, first - 320));
}

describe("a loudspeaker beside the microphone", () => {
  test.for(CABINS)("does not interrupt itself ($delayMs ms, $gainDb dB)", async (cabin) => {
    const { mistaken } = await drive(cabin, [], 0);
    expect(mistaken).toStrictEqual([]);
  });

  test("would without the guard", async () => {
    const { mistaken } = await drive({ delayMs: 120, gainDb: -20, noise: 100 }, [], 0, false);
    expect(mistaken.length).toBeGreaterThanOrEqual(8);
  });

  test.for(CABINS)("is interrupted by a driver 6 dB above its echo ($delayMs ms, $gainDb dB)", async (cabin) => {
    const drivers = await Promise.all(ORDERS.map((text) => say(text, "rms", 16_000)));
    const { noticed, mistaken, replies } = await drive(cabin, drivers, 6);
    expect(noticed).toBe(replies);
    expect(mistaken).toStrictEqual([]);
  });

  test.skipIf(!haveOrSkip(ORDERED))("is interrupted by people 6 dB above its echo, 90 times in 100", async () => {
    // The guard was tuned on others of these recordings.
    const files = (await readdir(ORDERED)).sort().slice(-7);
    const drivers = await Promise.all(files.map(async (file) => (await readWav(join(ORDERED, file))).pcm));
    const results = [];
    for (const cabin of CABINS) results.push(await drive(cabin, drivers, 6));
    const noticed = results.reduce((sum, result) => sum + result.noticed, 0);
    const all = results.reduce((sum, { replies }) => sum + replies, 0);
    expect(noticed / all).toBeGreaterThanOrEqual(0.9);
    expect(results.flatMap(({ mistaken }) => mistaken)).toStrictEqual([]);
  });
});
