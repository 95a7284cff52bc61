import { lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { ENDPOINT } from "../../../../src/engine/hear/endpoint.ts";
import type { HearingEvent } from "../../../../src/engine/hear/hearing.ts";
import { type ModelledHearing, openHearing } from "../../../../src/engine/hear/open-hearing.ts";
import { openSpeech } from "../../../../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../../../../src/engine/speak/speech.ts";
import type { GrammarSpec } from "../../../../src/engine/understand/grammar.ts";
import { haveOrSkip } from "../../../support/require-or-skip.ts";

const WIDE_MODEL = "/usr/share/pocketsphinx/model/en-us/en-us/mdef";

const SPEC: GrammarSpec = {
  wakeWord: "jarvis",
  lists: {
    zone: [
      { say: "driver", value: "driver" },
      { say: "passenger", value: "passenger" },
    ],
  },
  phrases: {
    window_set: ["(open|close) [the] [{zone}] window [half way|completely]"],
    climate_set_temperature: ["set the temperature to {celsius:number(16..28,0.5)} [degrees]"],
    climate_defrost: ["turn (on|off) the rear defroster"],
    vehicle_status: ["how far can we get"],
  },
};

let speech: Speech;
beforeAll(async () => {
  speech = await openSpeech();
});
afterAll(() => speech.close());

async function say(text: string, voice: Voice = "slt"): Promise<Int16Array> {
  const clauses = await lastValueFrom(speech.speak({ text, voice, rateHz: 16_000 }).pipe(toArray()));
  return joined(clauses);
}

const joined = (parts: readonly Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));
const silence = (ms: number): Int16Array => new Int16Array(ms * 16);

interface Listener {
  readonly hearing: ModelledHearing;
  readonly events: HearingEvent[];
  readonly hear: (...parts: readonly Int16Array[]) => void;
  readonly heard: () => readonly Extract<HearingEvent, { type: "heard" }>[];
}

async function listen(model: string, grammar = SPEC): Promise<Listener> {
  const hearing = await openHearing({ grammar, model });
  const events: HearingEvent[] = [];
  const watching = hearing.events$.subscribe((event) => events.push(event));
  onTestFinished(() => {
    watching.unsubscribe();
    hearing.close();
  });
  return {
    hearing,
    events,
    hear: (...parts) => {
      const pcm = joined(parts);
      for (let at = 0; at < pcm.length; at += 320) hearing.append(pcm.subarray(at, at + 320));
    },
    heard: () => events.filter((event) => event.type === "heard"),
  };
}

const soon = { timeout: 20_000, interval: 20 };

describe.each([
  ["bundled", true],
  ["auto", haveOrSkip(WIDE_MODEL)],
])("with the model %s", (model, isThere) => {
  test.skipIf(!isThere)("commands are heard word for word", { timeout: 60_000 }, async () => {
    const { hear, heard, hearing } = await listen(model);
    expect(hearing.model).toContain(model === "bundled" ? "bundled" : "16 kHz");
    const said = [
      "jarvis, open the driver window",
      "set the temperature to twenty two and a half degrees",
      "jarvis, turn on the rear defroster",
      "how far can we get",
    ];
    for (const [index, text] of said.entries()) {
      hear(silence(300), await say(text, "rms"), silence(1_200));
      await vi.waitFor(() => expect(heard()).toHaveLength(index + 1), soon);
    }
    expect(heard().map(({ text, rejected }) => (rejected ? "" : text))).toEqual(
      said.map((text) => text.replace(",", "")),
    );
  });

  test.skipIf(!isThere)("what is not in the grammar is rejected", { timeout: 60_000 }, async () => {
    const { hear, heard } = await listen(model);
    const said = ["please write down my shopping list for tomorrow", "what is the capital of france"];
    for (const text of said) hear(silence(300), await say(text, "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(said.length), soon);
    expect(heard().map(({ rejected }) => rejected)).toEqual([true, true]);
  });
});

describe("a sentence that is broken off before its last argument", () => {
  test.for(["rms", "slt", "awb"] as const)("is heard as far as it goes, and waited for: %s", async (voice) => {
    const { hear, heard, events } = await listen("bundled");
    hear(silence(300), await say("set the temperature to", voice), silence(1_600));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "set the temperature to", rejected: false });
    const stopped = events.find((event) => event.type === "speech-stopped");
    expect((stopped?.atMs ?? 0) - (stopped?.endOfSpeechMs ?? 0)).toBeGreaterThanOrEqual(ENDPOINT.incompleteMs);
  });

  test("is whole when the driver goes on after a pause", async () => {
    const { hear, heard } = await listen("bundled");
    hear(silence(300), await say("set the temperature to"), silence(500), await say("twenty two"), silence(1_600));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "set the temperature to twenty two", rejected: false });
  });
});

describe("an utterance", () => {
  test("is told in order, its times in milliseconds of audio", async () => {
    const { hear, events, heard } = await listen("bundled");
    const command = await say("open the driver window");
    hear(silence(500), command, silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe("speech-started");
    expect(types.slice(1, -2)).toEqual(types.slice(1, -2).map(() => "partial"));
    expect(types.slice(-2)).toEqual(["speech-stopped", "heard"]);
    const lengthMs = command.length / 16;
    const [started, stopped] = [events[0], events.at(-2)];
    if (started?.type !== "speech-started" || stopped?.type !== "speech-stopped") throw new Error("unreachable");
    expect(started.atMs).toBeGreaterThanOrEqual(450);
    expect(started.atMs).toBeLessThan(900);
    expect(stopped.endOfSpeechMs).toBeGreaterThan(lengthMs);
    expect(stopped.endOfSpeechMs).toBeLessThan(500 + lengthMs + 150);
    expect(stopped.atMs).toBeGreaterThan(stopped.endOfSpeechMs);
  });

  test("is not ended by a pause in the middle", async () => {
    const { hear, heard } = await listen("bundled");
    hear(silence(300), await say("open the driver", "rms"), silence(500), await say("window", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).not.toHaveLength(0), soon);
    expect(heard()[0]?.text).toBe("open the driver window");
  });

  test("is heard when only the end of the wake word was recorded", async () => {
    const { hear, heard } = await listen("bundled");
    const whole = await say("jarvis, open the driver window", "rms");
    hear(silence(100), whole.subarray(6_400), silence(1_500));
    await vi.waitFor(() => expect(heard()).not.toHaveLength(0), soon);
    expect(heard()).toMatchObject([
      { text: expect.stringMatching(/^(jarvis )?open the driver window$/) as string, rejected: false },
    ]);
  });

  test("ends at a commit", async () => {
    const { hear, hearing, heard } = await listen("bundled");
    hear(silence(300), await say("how far can we get", "rms"));
    hearing.commit();
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "how far can we get", rejected: false });
  });

  test("that was cleared is not heard, the next one is", async () => {
    const { hear, hearing, heard } = await listen("bundled");
    hear(silence(300), await say("open the driver window", "rms"));
    hearing.clear();
    hear(silence(300), await say("how far can we get", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).not.toHaveLength(0), soon);
    expect(heard().map(({ text }) => text)).toEqual(["how far can we get"]);
  });
});

test("nothing is heard in sound without speech, and a command after it is", { timeout: 90_000 }, async () => {
  const { hear, heard, events } = await listen("bundled");
  let seed = 1;
  const noise = (peak: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return (seed / 2 ** 30 - 1) * peak;
  };
  const sound = (ms: number, sample: (index: number) => number): Int16Array =>
    Int16Array.from({ length: ms * 16 }, (_, index) => sample(index));
  hear(
    silence(2_000),
    sound(2_000, noise(3_000)),
    sound(10_000, (index) => 12_000 * Math.sin((index * 2 * Math.PI * 440) / 16_000)),
    sound(1_000, (index) => (index % 200 < 100 ? 32_767 : -32_768)),
    silence(2_000),
    await say("open the driver window", "rms"),
    silence(1_500),
  );
  await vi.waitFor(() => expect(heard().some(({ rejected }) => !rejected)).toBe(true), { ...soon, timeout: 60_000 });
  expect(
    heard()
      .filter(({ rejected }) => !rejected)
      .map(({ text }) => text),
  ).toEqual(["open the driver window"]);
  expect(events.filter(({ type }) => type === "failed")).toEqual([]);
});

describe("a new grammar", () => {
  test("is heard from then on", async () => {
    const { hear, hearing, heard } = await listen("bundled");
    hearing.setGrammar({ ...SPEC, phrases: { nav_start: ["take me to the airport"] } });
    hear(silence(300), await say("take me to the airport", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "take me to the airport", rejected: false });
  });

  test("with a name that no dictionary has is heard as it is spelt", async () => {
    const { hear, hearing, heard } = await listen("bundled");
    hearing.setGrammar({ ...SPEC, phrases: { nav_start: ["take me to (frobridge|the airport)"] } });
    hear(silence(300), await say("take me to frobridge", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "take me to frobridge", rejected: false });
  });

  test("with a word nobody can pronounce is refused by name, and the old one stays", async () => {
    const { hear, hearing, heard, events } = await listen("bundled");
    hearing.setGrammar({ ...SPEC, phrases: { odd: ["drive to 北京"] } });
    hear(silence(300), await say("how far can we get", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(events).toContainEqual({ type: "failed", reason: expect.stringContaining('"北京" (odd:') as string });
    expect(heard()[0]).toMatchObject({ text: "how far can we get", rejected: false });
  });

  test("is left again for the one before", async () => {
    const { hear, hearing, heard } = await listen("bundled");
    for (const phrase of ["take me home", "call the office", "play some jazz", "stop it"]) {
      hearing.setGrammar({ ...SPEC, phrases: { other: [phrase] } });
      hearing.setGrammar(SPEC);
    }
    hear(silence(300), await say("how far can we get", "rms"), silence(1_500));
    await vi.waitFor(() => expect(heard()).toHaveLength(1), soon);
    expect(heard()[0]).toMatchObject({ text: "how far can we get", rejected: false });
  });
});

describe("opening", () => {
  test("with a grammar that cannot be heard is refused by name", async () => {
    await expect(
      openHearing({ grammar: { ...SPEC, phrases: { odd: ["去 home"] } }, model: "bundled" }),
    ).rejects.toThrow(/"去" \(odd: "去 home"\)/);
  });

  test("with a model that is not there names it", async () => {
    await expect(openHearing({ grammar: SPEC, model: "/nowhere" })).rejects.toThrow("/nowhere");
  });
});

test("after close nothing is heard and nothing fails", async () => {
  const { hear, hearing, events } = await listen("bundled");
  const ended = lastValueFrom(hearing.events$, { defaultValue: undefined });
  hearing.close();
  await ended;
  hear(await say("open the driver window"));
  hearing.commit();
  expect(events).toEqual([]);
});

test("more audio than it can work through is dropped from the front, and said", { timeout: 60_000 }, async () => {
  const { hear, events, heard } = await listen("bundled");
  hear(
    silence(300),
    await say("open the", "rms"),
    silence(90_000),
    await say("how far can we get", "rms"),
    silence(1_500),
  );
  await vi.waitFor(() => expect(heard()).not.toHaveLength(0), { ...soon, timeout: 40_000 });
  const failures = events.filter((event) => event.type === "failed");
  expect(failures[0]?.reason).toMatch(/cannot keep up: \d+ ms/);
  expect(heard().at(-1)).toMatchObject({ text: "how far can we get", rejected: false });
});
