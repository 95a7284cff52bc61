import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { DialogueOutput } from "../../../../src/engine/understand/dialogue.ts";
import { sample } from "../../../../src/engine/understand/samples.ts";
import { TOOLS } from "../../../../src/tools/index.ts";
import { carLanguage, conversation, type Line, shown } from "./stories.ts";

const language = carLanguage();
const { grammar } = language;
const tools = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** Pieces that only make sense after something. */
const PIECES = [
  ...["and the passenger too", "the rear as well", "also in the back", "same for the driver", "no the passenger one"],
  ...["not that one the left", "no twenty", "make that twenty two", "set it to three", "no nineteen for the rear"],
  ...["a bit more", "more", "less", "again", "a lot more", "all the way", "warmer still", "even lower", "higher"],
  ...["off again", "turn it off", "turn it up", "close it again", "half way", "no blue", "make it red", "no off"],
  ...["undo that", "put it back", "stop", "go on", "say that again", "never mind", "no", "neither"],
  ...["twenty one", "to forty percent", "the airport", "the second one", "number one", "and outside"],
  ...["set the temperature", "take me", "set the volume", "what can you do with the windows", "unlock them"],
];
const JUNK = [
  ...[
    "did you feed the cat",
    "mach bitte das Fenster auf",
    "打开车窗",
    "abre la ventana",
    "the the the",
    "and and and",
  ],
  ...["no no no no", "twenty passenger open", "{percent=100}", "window_set", "constructor", "codriver.undo", "  ", "?"],
];

const sentence = fc.nat(2_000).map((seed) => sample(grammar, seed, { commands: 1 + (seed % 3) }).text);
const salad = fc.array(fc.constantFrom(...grammar.words), { maxLength: 8 }).map((words) => words.join(" "));
const said = fc.oneof(
  { weight: 3, arbitrary: sentence },
  { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.constantFrom(...JUNK) },
  { weight: 1, arbitrary: salad },
);
const result = fc.oneof(
  fc.record({
    status: fc.constantFrom("done", "accepted", "refused", "no-answer", "answer", "superseded"),
    say: fc.constant("It is so."),
    undo: fc.constantFrom<unknown>(undefined, { name: "change_undo", args: { call: "c" } }, { name: "x", args: {} }, 7),
    facts: fc.constantFrom<unknown>(
      { before: [{ path: "a", value: 1 }], ops: [{ path: "a", value: 9 }] },
      { before: [{ path: "a", value: 9 }], ops: [{ path: "a", value: 1 }] },
      { before: "?", ops: [null] },
    ),
  }),
  fc.constant({
    status: "choose",
    say: "Which one?",
    options: ["home", "work"].map((destination) => ({ say: destination, args: { destination } })),
  }),
  fc.object(),
);
/** Typed nonsense is slow, because something near it is looked for. */
const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...PIECES) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("heard" as const),
      text: said,
      rejected: fc.boolean(),
      addressed: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.array(result, { maxLength: 4 }).map((results) => ({ results })) },
  { weight: 1, arbitrary: fc.constantFrom<Line>({ type: "pause" }, { type: "cut", unheard: "It is so." }) },
  { weight: 1, arbitrary: fc.string().map((text) => ({ type: "note" as const, text })) },
);

const callsIn = (outputs: readonly DialogueOutput[]) => outputs.filter((output) => output.type === "call");
const mayCall = (one: Line): boolean =>
  typeof one === "string" || ("type" in one && one.type === "heard" && !one.rejected);

describe("whatever is said, in whatever order", { timeout: 60_000 }, () => {
  test("every call is one that its tool takes, and only words that were understood make one", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 14 }), (lines) => {
        const talk = conversation(language);
        for (const one of lines) {
          const calls = callsIn(talk.next(one));
          if (!mayCall(one)) expect(calls, JSON.stringify(one)).toEqual([]);
          for (const { name, args } of calls) {
            const parsed = tools.get(name)?.parameters.safeParse(args);
            expect(parsed?.success, `${JSON.stringify(one)} became ${name} ${JSON.stringify(args)}`).toBe(true);
          }
        }
      }),
      { numRuns: 120 },
    );
  });

  test("a call is never made twice with the same number", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
        const talk = conversation(language);
        const numbers = lines.flatMap((one) => callsIn(talk.next(one)).map(({ call }) => call));
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }),
      { numRuns: 100 },
    );
  });

  test("what was rejected changes nothing: it is as if it had not been said", () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 4 }), fc.constantFrom(...PIECES), said, (before, piece, rejected) => {
        const [plain, disturbed] = [conversation(language), conversation(language)];
        for (const text of before) {
          plain.next({ type: "heard", text, rejected: false });
          disturbed.next({ type: "heard", text, rejected: false });
        }
        expect(callsIn(disturbed.next({ type: "heard", text: rejected, rejected: true }))).toEqual([]);
        const calls = (outputs: readonly DialogueOutput[]) => shown(callsIn(outputs));
        const next = { type: "heard", text: piece, rejected: false } as const;
        expect(calls(disturbed.next(next))).toBe(calls(plain.next(next)));
      }),
      { numRuns: 100 },
    );
  });
});

test.for(["", "open my window", "set the temperature"])("ten turns of junk after %j never make a call", (first) => {
  const talk = conversation(language);
  talk.next(first);
  for (let turn = 0; turn < 10; turn += 1) {
    const text = JUNK[turn] ?? "";
    expect(callsIn(talk.next(text)), text).toEqual([]);
    for (const addressed of [true, false]) {
      expect(callsIn(talk.next({ type: "heard", text, rejected: false, addressed })), text).toEqual([]);
      expect(callsIn(talk.next({ type: "heard", text: "a bit more", rejected: true, addressed })), text).toEqual([]);
    }
  }
});
