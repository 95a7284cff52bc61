import { firstValueFrom, lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openFlite } from "../../../../src/engine/speak/flite.ts";
import { type CountedSpeech, openSpeech } from "../../../../src/engine/speak/open-speech.ts";
import { type Utterance, VOICES } from "../../../../src/engine/speak/speech.ts";

let speech: CountedSpeech;
beforeAll(async () => {
  speech = await openSpeech();
});
afterAll(() => speech.close());

const utterance = (text: string, more: Partial<Utterance> = {}): Utterance => ({
  text,
  voice: "slt",
  rateHz: 24_000,
  ...more,
});
const clauses = (text: string, more: Partial<Utterance> = {}): Promise<Int16Array[]> =>
  lastValueFrom(speech.speak(utterance(text, more)).pipe(toArray()));
const peak = (pcm: Int16Array): number => pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
const seconds = (parts: readonly Int16Array[], rateHz: number): number =>
  parts.reduce((sum, part) => sum + part.length, 0) / rateHz;

describe("openSpeech", () => {
  test.for(VOICES)(
    "%s is audible within 10 ms of its first sample and neither too quiet nor clipped",
    async (voice) => {
      const [pcm] = await clauses("The temperature is set to twenty two degrees.", { voice });
      const loud = peak(pcm ?? new Int16Array());
      expect(loud).toBeGreaterThan(12_000);
      expect(loud).toBeLessThan(32_767);
      expect(pcm?.findIndex((sample) => Math.abs(sample) > loud * 0.02)).toBeLessThan(240);
    },
  );

  test("emits a clause at a time, with a pause between them", async () => {
    const [first, second, ...none] = await clauses("The window is closed. It is 22.5 degrees outside.");
    expect(none).toHaveLength(0);
    expect(peak(first?.slice(-2_400) ?? Int16Array.of(1))).toBe(0);
    expect(peak(second ?? new Int16Array())).toBeGreaterThan(12_000);
  });

  test("the same words last as long at both rates, and shorter at a quicker pace", async () => {
    const text = "Setting the temperature to twenty degrees.";
    const at24 = seconds(await clauses(text), 24_000);
    const at16 = seconds(await clauses(text, { rateHz: 16_000 }), 16_000);
    const quick = seconds(await clauses(text, { pace: 1.25 }), 24_000);
    expect(at16).toBeCloseTo(at24, 3);
    expect(quick / at24).toBeGreaterThan(0.75);
    expect(quick / at24).toBeLessThan(0.87);
  });

  test("what is spoken is the same each time, also from the cache, whatever was done to it", async () => {
    const first = await clauses("Okay.");
    const kept = first.map((pcm) => pcm.slice());
    first[0]?.fill(0);
    expect(await clauses("Okay.")).toStrictEqual(kept);
  });

  test("a warmed phrase comes without waiting", async () => {
    speech.warm([utterance("Never said before.")]);
    const before = speech.counts().cachedBytes;
    await vi.waitFor(() => expect(speech.counts().cachedBytes).toBeGreaterThan(before));
    let heard = 0;
    speech.speak(utterance("Never said before.")).subscribe(() => heard++);
    expect(heard).toBe(1);
  });

  test("nothing speakable is nothing, not an error", async () => {
    expect(await clauses("你好 😀 …")).toStrictEqual([]);
  });

  test("a text of any length is spoken up to the limit, and what was cut is counted", async () => {
    const before = speech.counts().cutChars;
    const parts = await clauses("Stop now please. ".repeat(400), { voice: "kal16" });
    expect(parts).toHaveLength(117);
    expect(speech.counts().cutChars - before).toBe(400 * 17 - 1 - (117 * 17 - 1));
  });

  test("closing ends what is being spoken with an error instead of silence", async () => {
    const other = await openSpeech();
    const speaking = firstValueFrom(other.speak(utterance("This will not be heard.")));
    other.close();
    await expect(speaking).rejects.toThrow("The speech engine was closed.");
    await expect(firstValueFrom(other.speak(utterance("Nor this.")))).rejects.toThrow("The speech engine was closed.");
  });
});

describe("openFlite", () => {
  test("a run after others sounds exactly like a first run, whatever was said before", async () => {
    const [fresh, used] = await Promise.all([openFlite(), openFlite()]);
    for (const voice of VOICES) used.render("Dr. Smith's 22.5 degrees; what else? Number 123,456 is $5.", voice, 1.3);
    expect(() => used.render("Hello.", "nobody" as "slt", 1)).not.toThrow();
    expect(used.render("The window is open.", "slt", 1)).toStrictEqual(fresh.render("The window is open.", "slt", 1));
  });

  test("goes on after a phrase that flite cannot say, and names it", async () => {
    const flite = await openFlite();
    const before = flite.render("Hello.", "kal16", 1);
    expect(() => flite.render("Hello.", "kal16", 1_000)).toThrow(/^flite cannot say "Hello\."/u);
    expect(flite.render("Hello.", "kal16", 1)).toStrictEqual(before);
  });
});
