import { describe, expect, test } from "vitest";
import {
  nextSound,
  type SoundInput,
  type SoundState,
  silence,
  type Utterance,
} from "../../../../vehicle-sim/driver/sound.ts";
import { randomStream } from "../../../../vehicle-sim/random.ts";

const start = silence({ random: randomStream(1, "microphone"), rumble: 0 });
const tick = (nowMs: number, frames = 1, rumbleRms = 0): SoundInput => ({ type: "tick", nowMs, frames, rumbleRms });
const speak = (utterance: Utterance): SoundInput => ({ type: "speak", utterance });
/** A tone as long as asked, then breath that is not speech. */
const utterance = (index: number, samples: number, breath = 0): Utterance => ({
  index,
  text: `sentence ${index}`,
  pcm: Int16Array.from({ length: samples + breath }, (_, at) => (at < samples ? 10_000 : 50)),
});
const run = (inputs: readonly SoundInput[], from = start): readonly SoundState[] => {
  const states: SoundState[] = [];
  inputs.reduce((state, input) => {
    const next = nextSound(state, input);
    states.push(next);
    return next;
  }, from);
  return states;
};
const rms = (pcm: Int16Array): number => Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
const loud = (pcm: Int16Array): number => pcm.filter((sample) => sample > 5_000).length;

describe("when nobody speaks", () => {
  test("there is a floor of about −60 dBFS, never digital silence, the same for the same seed", () => {
    const [first] = run([tick(20)]);
    const pcm = first?.frames[0]?.pcm ?? new Int16Array();
    expect(pcm).toHaveLength(320);
    expect(20 * Math.log10(rms(pcm) / 32_768)).toBeCloseTo(-60, 0);
    expect(run([tick(20)])[0]?.frames[0]?.pcm).toEqual(pcm);
    expect(run([tick(20), tick(40)])[1]?.frames[0]?.pcm).not.toEqual(pcm);
  });

  test("a moving car rumbles, as loud as asked and low", () => {
    const states = run(Array.from({ length: 200 }, (_, at) => tick(at * 20, 1, 800)));
    const pcm = Int16Array.from(states.flatMap(({ frames }) => [...(frames[0]?.pcm ?? [])]));
    expect(rms(pcm)).toBeGreaterThan(500);
    expect(rms(pcm)).toBeLessThan(1_200);
    const changes = Int16Array.from(pcm.subarray(1), (sample, at) => sample - (pcm[at] ?? 0));
    expect(rms(changes)).toBeLessThan(rms(pcm) / 5);
  });
});

describe("a sentence", () => {
  test("is heard whole, and said when its last sample is captured", () => {
    const states = run([speak(utterance(0, 500)), tick(20), tick(40), tick(60)]);
    expect(states.map(({ frames }) => frames.reduce((sum, { pcm }) => sum + loud(pcm), 0))).toEqual([0, 320, 180, 0]);
    expect(states.flatMap(({ events }) => events)).toEqual([
      { type: "says", index: 0, text: "sentence 0", atMs: 0 },
      // 140 samples of the second frame came after it: 8.75 ms.
      { type: "said", index: 0, endOfSpeechAtMs: 31.25 },
    ]);
  });

  test("ends where speech ends, not where breath does", () => {
    const states = run([speak(utterance(0, 320, 3_200)), ...[20, 40, 60, 80].map((at) => tick(at))]);
    expect(states.flatMap(({ events }) => events).at(-1)).toEqual({ type: "said", index: 0, endOfSpeechAtMs: 20 });
  });

  test("waits for the one before", () => {
    const states = run([speak(utterance(0, 320)), speak(utterance(1, 320)), tick(20), tick(40)]);
    expect(states.flatMap(({ events }) => events).map(({ type, index }) => `${type} ${index}`)).toEqual([
      "says 0",
      "said 0",
      "says 1",
      "said 1",
    ]);
  });

  test("in a batch has frames that were captured one after the other", () => {
    const [, batch] = run([speak(utterance(0, 960)), tick(1_000, 4)]);
    expect(batch?.frames.map(({ capturedAt }) => capturedAt)).toEqual([940, 960, 980, 1_000]);
    expect(batch?.events).toContainEqual({ type: "said", index: 0, endOfSpeechAtMs: 980 });
  });

  test("of nothing is still begun and ended", () => {
    const silent = { index: 0, text: "", pcm: new Int16Array() };
    const states = run([speak(silent), tick(20)]);
    expect(states[1]?.events.map(({ type }) => type)).toEqual(["says", "said"]);
  });

  test("loud enough to clip is clipped, not wrapped round", () => {
    const shout = { index: 0, text: "", pcm: new Int16Array(320).fill(32_767) };
    const states = run([speak(shout), tick(20, 1, 5_000)]);
    expect(Math.min(...(states[1]?.frames[0]?.pcm ?? []))).toBeGreaterThan(0);
  });
});
