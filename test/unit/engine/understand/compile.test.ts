import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { CANNOT, compileGrammar } from "../../../../src/engine/understand/compile.ts";
import type { GrammarSpec, SpokenCall, WordNetwork } from "../../../../src/engine/understand/grammar.ts";
import { GrammarError } from "../../../../src/engine/understand/grammar-error.ts";
import { examplesOf, sample } from "../../../../src/engine/understand/samples.ts";
import { CAR, carGrammar } from "./car-grammar.ts";
import { generate, parseJsgf } from "./jsgf-reader.ts";

const call = (name: string, args: SpokenCall["args"] = {}): SpokenCall => ({ name, args });

describe("parsing", () => {
  const grammar = carGrammar();

  test.for([
    ["open the window", call("window", { percent: 100 })],
    ["open window now", call("window", { percent: 100 })],
    ["lower the rear left window", call("window", { which: "rear_left", percent: 100 })],
    ["open the left rear window half way", call("window", { which: "rear_left", percent: 50 })],
    ["set the window to a hundred percent", call("window", { percent: 100 })],
    [
      "set the driver's temperature to twenty two and a half degrees",
      call("temperature", { zone: "driver", celsius: 22.5 }),
    ],
    ["make it sixteen degrees for the passenger", call("temperature", { zone: "passenger", celsius: 16 })],
    ["make it a bit cooler", call("warmer", { delta: -1 })],
    ["turn the a c off", call("ac", { on: false })],
    ["take me to the nearest charging station", call("go", { place: "charger" })],
    ["leave the gate ajar", call("gate", { open: false })],
    ["what's our range", call("range")],
    ["what can you do", call("codriver.help")],
    ["never mind", call("codriver.never-mind")],
  ] as const)("%s", ([text, expected]) => {
    expect(grammar.parse(text)).toEqual([expected]);
  });

  test.for([
    "jarvis open the window",
    "hey jarvis open the window please",
    "Jarvis  could you please open the window thank you",
    "i'd like you to open the window",
    "open the(2) window",
  ])("courtesies change nothing: %s", (text) => {
    expect(grammar.parse(text)).toEqual([call("window", { percent: 100 })]);
  });

  test.for([
    "",
    "jarvis",
    "please",
    "order a rowing boat",
    "open the",
    "window the open",
    "open the window and",
    "and open the window",
    "open the window open the window",
    "set the temperature to twenty nine",
    "open the window please jarvis",
  ])("no utterance of the grammar: '%s'", (text) => {
    expect(grammar.parse(text)).toBeUndefined();
  });

  test.for(["and", "and then", "then"])("two commands joined by '%s' are two calls in order", (join) => {
    const calls = grammar.parse(`jarvis turn on the air con ${join} please set it twenty and a half degrees thanks`);
    expect(calls).toEqual([call("ac", { on: true }), call("temperature", { celsius: 20.5 })]);
  });

  test("four commands are understood, a litany is not", () => {
    const four = Array.from({ length: 4 }, () => "open the window").join(" and ");
    expect(grammar.parse(four)).toHaveLength(4);
    expect(grammar.parse(`${four} and open the window`)).toBeUndefined();
  });

  test("the longest template wins over two shorter ones, and over the first that fits", () => {
    expect(grammar.parse("play rock and roll")).toEqual([call("music", { genre: "rockabilly" })]);
    expect(grammar.parse("play rock and roll and then open the window")).toEqual([call("music")]);
    expect(grammar.parse("play rock and then open the window")).toEqual([
      call("music", { genre: "rock" }),
      call("window", { percent: 100 }),
    ]);
  });

  test("between equals the earlier template wins", () => {
    const fork = compileGrammar({ ...CAR, phrases: { first: ["go (home|away)"], second: ["go [now] home"] } });
    expect(fork.parse("go home")).toEqual([call("first")]);
    expect(fork.parse("go now home")).toEqual([call("second")]);
  });

  test("an argument that is given twice must be the same twice", () => {
    const heat = compileGrammar({ ...CAR, phrases: { heat: ["warm the [{zone}] seat [for the {zone}]"] } });
    expect(heat.parse("warm the driver seat for the driver's")).toEqual([call("heat", { zone: "driver" })]);
    expect(heat.parse("warm the driver seat for the passenger")).toBeUndefined();
  });
});

describe("what is wrong with a grammar", () => {
  const problemsOf = (spec: Partial<GrammarSpec>): readonly string[] => {
    try {
      compileGrammar({ ...CAR, ...spec });
      return [];
    } catch (error) {
      return (error as GrammarError).problems;
    }
  };

  test("is said all at once, each with its place", () => {
    const problems = problemsOf({
      wakeWord: "r2d2",
      lists: { empty: [], zone: [{ say: "seat 2", value: 2 }] },
      phrases: { window: ["open {which}", "close (the window"], ac: ["ac on"] },
    });
    expect(problems).toEqual([
      'list "empty" is empty',
      'list "zone", entry "seat 2": letters, apostrophes and spaces only',
      'wake word "r2d2": letters, apostrophes and spaces only',
      'window, template 1 "open {which}": there is no list "which"',
      'window, template 2 "close (the window", column 7: "(" is not closed',
    ]);
  });

  test("names from a prototype are no lists", () => {
    expect(problemsOf({ phrases: { window: ["open {constructor}"] } })).toEqual([
      'window, template 1 "open {constructor}": there is no list "constructor"',
    ]);
  });

  test.for([
    ["too many templates", { phrases: { a: Array.from({ length: 5_001 }, () => "go home") } }],
    ["too many entries", { lists: { zone: Array.from({ length: 5_001 }, () => ({ say: "a", value: 1 })) } }],
  ] as const)("%s", ([, spec]) => {
    expect(problemsOf({ lists: {}, phrases: {}, ...spec })).toHaveLength(1);
  });

  test("a grammar that explodes is refused, not built", () => {
    const bomb = `go ${"[a] ".repeat(240)}home`;
    const phrases = { bomb: Array.from({ length: 200 }, () => bomb) };
    expect(() => compileGrammar({ ...CAR, phrases })).toThrow(GrammarError);
  });

  test("a compile error is a GrammarError", () => {
    expect(() => compileGrammar({ ...CAR, wakeWord: "" })).toThrow(GrammarError);
  });
});

describe("wishes that no tool can fulfil", () => {
  const namesOf = (text: string, grammar = carGrammar()) => grammar.parse(text)?.map(({ name }) => name);

  test.for(["open the sunroof", "jarvis turn on the headlights", "close the trunk please", "tell me a joke"])(
    "'%s' is understood as such",
    (text) => {
      expect(namesOf(text)).toEqual([CANNOT]);
    },
  );

  test("a tool about the same thing knows better, in all its sentences", () => {
    const phrases = { ...CAR.phrases, roof: ["(open|close) the {which:roofs}"], trunk: ["pop the trunk"] };
    const lists = { ...CAR.lists, roofs: [{ say: "sunroof", value: "front" }] };
    const grammar = compileGrammar({ ...CAR, phrases, lists });
    expect(namesOf("open the sunroof", grammar)).toEqual(["roof"]);
    expect(namesOf("pop the trunk", grammar)).toEqual(["trunk"]);
    expect(namesOf("open the trunk", grammar)).toBeUndefined();
  });

  test("a grammar without tools has none", () => {
    expect(namesOf("open the sunroof", compileGrammar({ ...CAR, phrases: {} }))).toBeUndefined();
  });
});

describe("one grammar, three forms", () => {
  const grammar = carGrammar();
  const seed = fc.integer({ min: 0, max: 100_000 });
  const commands = fc.integer({ min: 1, max: 2 });
  const spoken = fc.boolean();

  test("every sample sentence means what its template says", () => {
    fc.assert(
      fc.property(seed, commands, spoken, (number, count, polite) => {
        const { text, calls } = sample(grammar, number, { commands: count, spoken: polite });
        expect(grammar.parse(text), text).toEqual(calls);
      }),
    );
  });

  test("every word of every sample is a word of the grammar, and the network has a path for it", () => {
    fc.assert(
      fc.property(seed, commands, (number, count) => {
        const { text } = sample(grammar, number, { commands: count, spoken: true });
        expect(grammar.words).toEqual(expect.arrayContaining(text.split(" ")));
        expect(accepts(grammar.network(), text), text).toBe(true);
      }),
    );
  });

  test("whatever the network accepts is understood", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (choices) => {
        const text = walk(grammar.network(), choices);
        fc.pre(!isLitany(text));
        if (text !== "jarvis" && text !== "hey jarvis") expect(grammar.parse(text), text).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test("the network is deterministic, and smaller than its sentences", () => {
    const { arcs, states } = grammar.network();
    expect(new Set(arcs.map(({ from, word }) => `${from} ${word}`)).size).toBe(arcs.length);
    expect(arcs.every(({ from, to }) => from < states && to < states)).toBe(true);
    expect(states).toBeLessThan(250);
    expect([...new Set(arcs.map(({ word }) => word))].sort()).toEqual(grammar.words);
  });

  test("a sentence may be broken off where one argument is missing, which is no end of it", () => {
    const { arcs, start, ends, breaks } = grammar.network();
    const placeAfter = (text: string): number =>
      text
        .split(" ")
        .reduce((from, word) => arcs.find((arc) => arc.from === from && arc.word === word)?.to ?? -1, start);
    const mayBreak = (text: string): boolean => breaks.includes(placeAfter(text));
    for (const text of ["set the temperature", "put the rear left temperature to", "jarvis take me to", "drive to"])
      expect(mayBreak(text), text).toBe(true);
    for (const text of ["set the", "make it", "make it a bit", "turn on the", "jarvis", "what can you"])
      expect(mayBreak(text), text).toBe(false);
    expect(breaks.filter((place) => ends.includes(place))).toEqual([]);
  });

  test("a second command is far less likely than the end of the first, or than its next word", () => {
    const { arcs, start } = grammar.network();
    const at = "make it a bit warmer"
      .split(" ")
      .reduce((from, word) => arcs.find((arc) => arc.from === from && arc.word === word)?.to ?? -1, start);
    const weights = new Map(arcs.filter(({ from }) => from === at).map(({ word, weight }) => [word, weight]));
    expect(weights.get("please")).toBeGreaterThan(0.1);
    expect(weights.get("and")).toBeLessThan(0.1);
    expect(weights.get("then")).toBeLessThan(0.1);
  });

  test("whatever the JSGF text allows is understood, and all its rules are there", () => {
    const rules = parseJsgf(grammar.jsgf);
    expect([...rules.values()].filter(({ isPublic }) => isPublic)).toHaveLength(1);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (choices) => {
        const text = generate(rules, choices);
        fc.pre(!isLitany(text));
        if (text !== "jarvis" && text !== "hey jarvis") expect(grammar.parse(text), text).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test("successive seeds go through all templates, the same seed says the same", () => {
    const names = new Set(
      Array.from({ length: grammar.commands.length }, (_, index) => sample(grammar, index).calls[0]?.name),
    );
    expect([...names].sort()).toEqual(Object.keys(CAR.phrases).sort());
    expect(sample(grammar, 7)).toEqual(sample(grammar, 7));
  });

  test("one plain order of each tool serves as an example", () => {
    expect(examplesOf(grammar)).toEqual([
      "set the temperature to twenty two",
      "make it warmer",
      "turn on the air conditioning",
      "open the window",
      "leave the gate wide",
      "play rock",
      "take me home",
    ]);
  });
});

/** More commands than one utterance may hold: the recogniser's forms know no such bound. */
const isLitany = (text: string): boolean => text.split(/ and then | and | then /).length > 4;

function accepts({ arcs, start, ends }: WordNetwork, text: string): boolean {
  const end = text
    .split(" ")
    .reduce<number | undefined>((at, word) => arcs.find((arc) => arc.from === at && arc.word === word)?.to, start);
  return end !== undefined && ends.includes(end);
}

function walk({ arcs, start, ends }: WordNetwork, choices: Iterator<number>): string {
  const next = (): number => Number(choices.next().value);
  const words: string[] = [];
  for (let at = start; !ends.includes(at) || next() % 3 > 0; ) {
    const onward = arcs.filter(({ from }) => from === at);
    // Past a few commands it takes the shortest way out.
    const arc = onward[next() % onward.length];
    if (arc === undefined || (ends.includes(at) && words.length > 12)) break;
    words.push(arc.word);
    at = arc.to;
  }
  return words.join(" ");
}
