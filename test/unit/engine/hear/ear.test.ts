import { describe, expect, test } from "vitest";

import { Ear, type EarParts } from "../../../../src/engine/hear/ear.ts";
import type { HearingEvent } from "../../../../src/engine/hear/hearing.ts";
import { grammarLoader } from "../../../../src/engine/hear/load-grammar.ts";
import type { Recognised, Recogniser } from "../../../../src/engine/hear/recogniser.ts";
import type { Completeness, Grammar, GrammarSpec } from "../../../../src/engine/understand/grammar.ts";

const SPEC: GrammarSpec = { phrases: { window: ["open the window"] }, lists: {}, wakeWord: "jarvis" };

const completenessOf = (text: string): Completeness => {
  if (text === "" || text === "jarvis") return "nothing";
  if (text.endsWith("sun shade")) return "extendable";
  return text.endsWith("window") ? "complete" : "incomplete";
};

/** Compiles everything, except phrases with the word "broken"; the words of the phrases are those of the grammar. */
function compile({ phrases }: GrammarSpec): Grammar {
  const words = Object.values(phrases).flat().join(" ").split(" ");
  if (words.includes("broken")) throw new Error('window: "broken" has no end');
  return {
    jsgf: "",
    words,
    network: () => ({ states: 0, start: 0, ends: [], breaks: [], arcs: [] }),
    parse: (text) => (completenessOf(text) === "complete" ? [{ name: "window", args: {} }] : undefined),
    completeness: completenessOf,
  };
}

interface World {
  readonly ear: Ear;
  readonly events: HearingEvent[];
  /** Everything the recogniser was told, in order; runs of frames as their length. */
  readonly told: string[];
  /** Frames of one probability, through which the recogniser believes in `text`. */
  readonly hear: (frames: number, probability: number, text?: string, pcm?: Int16Array) => Promise<void>;
  readonly types: () => string[];
}

function listen(result: Partial<Recognised> = {}): World {
  const events: HearingEvent[] = [];
  const told: string[] = [];
  let probabilityNow = 0;
  let believed = "";
  let endSample = 0;
  const recogniser: Recogniser = {
    recall: () => false,
    load: (_name, _network, words) => told.push(`grammar ${words.map(([word]) => word).join(" ")}`),
    start: () => told.push("start", "0"),
    feed: () => {
      told.push(String(Number(told.pop()) + 1));
    },
    settle: () => undefined,
    partial: () => believed,
    partialScore: () => result.score ?? -20,
    finish: () => {
      told.push("finish");
      return { text: believed, score: -20, endsInDoubt: false, ...result };
    },
  };
  const lookUp = (words: readonly string[]) => ({
    known: words.filter((word) => word !== "zyx").map((word) => [word, "AH"] as const),
    guessed: [],
    missing: words.filter((word) => word === "zyx"),
  });
  const parts: EarParts = {
    voice: () => Promise.resolve(probabilityNow),
    suppressor: () => Promise.resolve({ push: (pcm) => pcm, reset: () => undefined }),
    recogniser,
    loadGrammar: grammarLoader({ recogniser, compile, lookUp }),
    thresholds: [{ snrDb: 0, score: -60 }],
    emit: (event) => events.push(event),
  };
  const ear = new Ear(parts, SPEC);
  return {
    ear,
    events,
    told,
    async hear(frames, probability, text = "", pcm = new Int16Array(512).fill(900)) {
      for (let frame = 0; frame < frames; frame += 1) {
        probabilityNow = probability;
        believed = text;
        endSample += 512;
        await ear.frame(pcm, endSample);
      }
    },
    types: () => events.map(({ type }) => type),
  };
}

describe("an utterance", () => {
  test("is reported from its first sound to its text", async () => {
    const { hear, events } = listen();
    await hear(20, 0);
    await hear(30, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(events).toEqual([
      { type: "speech-started", atMs: 20 * 32 },
      { type: "partial", text: "open the window" },
      { type: "speech-stopped", atMs: 54 * 32, endOfSpeechMs: 50 * 32 },
      { type: "heard", text: "open the window", rejected: false, score: -20, confidence: 1 },
    ]);
  });

  test("is decoded with the 300 ms before it", async () => {
    const { hear, told } = listen();
    await hear(40, 0);
    await hear(3, 0.9);
    expect(told.slice(1)).toEqual(["start", "12"]);
  });

  test("of a long pause decodes only the beginning, until speech goes on", async () => {
    const { hear, told } = listen();
    await hear(10, 0.9, "open the");
    await hear(18, 0, "open the");
    expect(told.at(-1)).toBe(String(10 + 4));
    await hear(1, 0.9, "open the");
    expect(told.at(-1)).toBe(String(10 + 18 + 1));
  });

  test.each([
    ["a tenth of it, is understood all the same", 51, false],
    ["half of it, fits anything and is rejected", 256, true],
  ])("that the microphone cut off, %s", async (_, cut, rejected) => {
    const { hear, events } = listen();
    const pcm = Int16Array.from({ length: 512 }, (_sample, at) => (at < cut ? -32_768 : 900));
    await hear(20, 0);
    await hear(30, 0.9, "open the window", pcm);
    await hear(20, 0, "open the window");
    expect(events.at(-1)).toMatchObject({ type: "heard", rejected });
  });

  test.each([
    ["quiet", 5, false],
    ["as loud as itself", 100, true],
  ])("that is faint in noise that is %s", async (_, noise, rejected) => {
    const { hear, events } = listen();
    await hear(40, 0, "", new Int16Array(512).fill(noise));
    await hear(30, 0.9, "open the window", new Int16Array(512).fill(100));
    await hear(20, 0, "open the window", new Int16Array(512).fill(noise));
    expect(events.at(-1)).toMatchObject({ type: "heard", rejected });
  });

  test("is forgotten where audio is missing in the middle", async () => {
    const { ear, hear, types, told } = listen();
    await hear(20, 0.9, "open the");
    await ear.frame(new Int16Array(512), 400 * 512);
    expect(told.at(-1)).toBe("finish");
    expect(types()).not.toContain("heard");
  });

  test("costs nothing while there is only noise", async () => {
    const { hear, told } = listen();
    await hear(200, 0.3);
    expect(told).toHaveLength(1);
  });

  test("with a low score is rejected, with what it sounded like", async () => {
    const { hear, events } = listen({ score: -80 });
    await hear(30, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(events.at(-1)).toMatchObject({ type: "heard", text: "open the window", rejected: true });
  });

  test("loses a last word that hardly fits, where it is whole without it", async () => {
    const { hear, events } = listen({ text: "open the window more", endsInDoubt: true });
    await hear(30, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(events.at(-1)).toMatchObject({ text: "open the window" });
    const other = listen({ text: "open the window", endsInDoubt: true });
    await other.hear(30, 0.9, "open the window");
    await other.hear(20, 0, "open the window");
    expect(other.events.at(-1)).toMatchObject({ text: "open the window" });
  });

  test("that stops in the middle of a sentence is rejected with its beginning", async () => {
    const { hear, events } = listen({ text: "", score: -999 });
    await hear(30, 0.9, "open the");
    await hear(40, 0, "open the");
    expect(events.at(-1)).toMatchObject({ type: "heard", text: "open the", rejected: true });
  });

  test("waits through a pause inside a sentence", async () => {
    const { hear, types } = listen();
    await hear(20, 0.9, "open the");
    await hear(18, 0, "open the");
    await hear(20, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(types().filter((type) => type === "heard")).toHaveLength(1);
  });
});

describe("where more could follow", () => {
  const SENTENCE = "open the sun shade";
  const waitedAfter = async ({ hear, events }: World): Promise<number> => {
    await hear(20, 0, SENTENCE);
    const ends = events.filter((event) => event.type === "speech-stopped");
    const last = ends.at(-1);
    if (last?.type !== "speech-stopped") throw new Error("not over yet");
    return last.atMs - last.endOfSpeechMs;
  };

  test("a stranger is waited for longer than someone who has spoken fluently", async () => {
    const world = listen();
    await world.hear(30, 0.9, SENTENCE);
    const first = await waitedAfter(world);
    await world.hear(40, 0);
    await world.hear(30, 0.9, SENTENCE);
    const second = await waitedAfter(world);
    expect(first).toBeGreaterThan(300);
    expect(second).toBeLessThan(first);
  });

  test("someone who pauses inside a sentence is waited for longer", async () => {
    const world = listen();
    await world.hear(20, 0.9, "open the");
    await world.hear(14, 0, "open the");
    await world.hear(20, 0.9, SENTENCE);
    expect(await waitedAfter(world)).toBeGreaterThanOrEqual(14 * 32);
  });
});

test("talk that is no command is not waited out like a sentence that stops in the middle", async () => {
  const { hear, types } = listen({ score: -90 });
  await hear(30, 0.9, "open the");
  await hear(15, 0, "open the");
  expect(types()).toContain("heard");
});

describe("not reported", () => {
  test("the wake word alone: what follows is heard by itself", async () => {
    const { hear, events, told } = listen();
    await hear(15, 0.9, "jarvis");
    await hear(20, 0, "jarvis");
    expect(told.slice(1)).toEqual(["start", expect.any(String), "finish"]);
    await hear(30, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(events.filter(({ type }) => type === "heard")).toHaveLength(1);
  });

  test("a cough that resembles a command", async () => {
    const { hear, types } = listen({ score: -80 });
    await hear(6, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(types()).not.toContain("heard");
  });
});

describe("commit", () => {
  test("ends the utterance at once", async () => {
    const { ear, hear, events } = listen();
    await hear(20, 0.9, "open the");
    ear.commit(20 * 512);
    expect(events.slice(-2)).toEqual([
      { type: "speech-stopped", atMs: 640, endOfSpeechMs: 640 },
      { type: "heard", text: "open the", rejected: false, score: -20, confidence: 1 },
    ]);
  });

  test("is answered even when nothing was said", () => {
    const { ear, types } = listen({ text: "", score: -999 });
    ear.commit(0);
    expect(types()).toEqual(["speech-stopped", "heard"]);
  });
});

test("clear forgets the utterance under way", async () => {
  const { ear, hear, types, told } = listen();
  await hear(20, 0.9, "open the window");
  ear.clear();
  await hear(40, 0);
  expect(types()).not.toContain("heard");
  expect(told.at(-1)).toBe("finish");
});

describe("a new grammar", () => {
  test("is loaded with its words", () => {
    const { ear, told } = listen();
    ear.setGrammar({ ...SPEC, phrases: { window: ["open curtains"] } });
    expect(told.at(-1)).toBe("grammar open curtains");
  });

  test("waits for the end of the utterance under way", async () => {
    const { ear, hear, told } = listen();
    await hear(20, 0.9, "open the window");
    ear.setGrammar({ ...SPEC, phrases: { window: ["open curtains"] } });
    expect(told.at(-1)).not.toContain("grammar");
    await hear(20, 0, "open the window");
    expect(told.at(-1)).toBe("grammar open curtains");
  });

  test.for([
    ["a word that cannot be pronounced", "open the zyx", /"zyx" \(window: "open the zyx"\)/],
    ["a broken template", "broken", /"broken" has no end/],
  ] as const)("with %s is refused by name, and the old one stays", async ([, template, reason]) => {
    const { ear, hear, events } = listen();
    ear.setGrammar({ ...SPEC, phrases: { window: [template] } });
    expect(events).toEqual([{ type: "failed", reason: expect.stringMatching(reason) as string }]);
    await hear(30, 0.9, "open the window");
    await hear(20, 0, "open the window");
    expect(events.at(-1)).toMatchObject({ type: "heard", rejected: false });
  });
});
