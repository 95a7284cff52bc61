import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  type DialogueInput,
  type DialogueOutput,
  nextTurn,
  openDialogue,
} from "../../../../src/engine/understand/dialogue.ts";
import type { DialogueState } from "../../../../src/engine/understand/dialogue-state.ts";
import { openLanguage } from "../../../../src/engine/understand/language.ts";
import { readWording } from "../../../../src/engine/understand/wording.ts";
import { CAR } from "./car-grammar.ts";

const language = openLanguage(CAR);
const { grammar } = language;
const ADA = readWording({
  ack: ["Okay.", "All right."],
  refused: ["I'm sorry. {say}"],
  cannot: ["I can't do that. {help}"],
  greeting: ["Yes?"],
  help: ["I can {examples}."],
});

const opened = (wording?: unknown): DialogueState => openDialogue(language, readWording(wording));
const heard = (text: string, rejected = false): DialogueInput => ({ type: "heard", text, rejected });
const typed = (text: string): DialogueInput => ({ type: "typed", text });
const outputs = (...results: readonly unknown[]): DialogueInput => ({
  type: "tool-outputs",
  outputs: results.map((output, index) => ({ callId: `call-${index}`, name: "tool", output })),
});
type Plain = DialogueOutput | Omit<DialogueOutput & { type: "call" }, "call">;
/** Without the numbers of calls. */
const answer = (input: DialogueInput, state = opened()): readonly Plain[] =>
  nextTurn(state, input).output.map((output) =>
    output.type === "call" ? { type: output.type, name: output.name, args: output.args } : output,
  );
const said = (input: DialogueInput, state = opened()): string =>
  answer(input, state)
    .flatMap((output) => (output.type === "say" ? [output.text] : []))
    .join(" ");

describe("what the driver says", () => {
  test("is acknowledged and becomes calls", () => {
    expect(answer(heard("jarvis turn on the a c and lower the rear window"))).toEqual([
      { type: "say", text: "Okay." },
      { type: "call", name: "ac", args: { on: true } },
      { type: "call", name: "window", args: { which: "rear", percent: 100 } },
    ]);
  });

  test("a question is simply answered", () => {
    expect(answer(heard("hey jarvis how far can we go"))).toEqual([{ type: "call", name: "range", args: {} }]);
  });

  test("a persona that says nothing first is taken at its word", () => {
    expect(answer(heard("make it warmer"), opened({ ack: [] }))).toEqual([
      { type: "call", name: "warmer", args: { delta: 1 } },
    ]);
  });

  test("just the name is greeted", () => {
    expect(said(heard("jarvis"))).toBe("Yes?");
    expect(said(typed("Hey Jarvis!"))).toBe("Yes?");
  });

  test("what it cannot do is said honestly, with things that it can", () => {
    expect(said(heard("open the window", true))).toBe(
      "Sorry, I can't do that. I can set the temperature to twenty two, make it warmer or turn on the air conditioning.",
    );
    expect(answer(heard("open the window", true)).every(({ type }) => type === "say")).toBe(true);
  });

  test("half a sentence is not understood, and not guessed", () => {
    expect(said(heard("open the"))).toMatch(/^Sorry, I did not understand that\./);
    expect(said(heard("", true))).toMatch(/^Sorry, I did not understand that\./);
  });

  test("help names other things each time, and each of them works", () => {
    let state = opened();
    const helps: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      helps.push(said(heard("what can you do"), state));
      ({ state } = nextTurn(state, heard("what can you do")));
    }
    expect(new Set(helps).size).toBeGreaterThan(2);
    for (const example of helps.flatMap((help) => help.replace(/^I can |\.$/g, "").split(/, | or /))) {
      expect(grammar.parse(example), example).toHaveLength(1);
    }
  });

  test("acknowledgements take turns, whatever happens between them", () => {
    let state = openDialogue(language, ADA);
    const acks: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      acks.push(said(heard("make it warmer"), state));
      ({ state } = nextTurn(state, heard("make it warmer")));
      ({ state } = nextTurn(state, outputs({ status: "done", say: "It is warmer." })));
    }
    expect(acks).toEqual(["Okay.", "All right.", "Okay."]);
  });

  test("never mind is fine", () => {
    expect(answer(heard("never mind"))).toEqual([{ type: "say", text: "Okay." }]);
  });
});

describe("typed turns", () => {
  test.for([
    ["a book", "open the driver window and ".repeat(200)],
    ["spaces", " ".repeat(130_000)],
    ["two endless words", `${"a".repeat(65_000)} ${"a".repeat(65_000)}`],
  ] as const)("%s is not read, and nothing is done of it", ([, text]) => {
    expect(answer(typed(text))).toEqual([{ type: "say", text: expect.stringMatching(/not understand/) as string }]);
  });

  test.for([
    ["Set the temperature to 22.5°C, please.", { type: "call", name: "temperature", args: { celsius: 22.5 } }],
    ["JARVIS: what’s our range?", { type: "call", name: "range", args: {} }],
    ["turn on the AC", { type: "call", name: "ac", args: { on: true } }],
    ["Open the window halfway", { type: "call", name: "window", args: { percent: 50 } }],
  ] as const)("%s", ([text, call]) => {
    expect(answer(typed(text))).toContainEqual(call);
  });

  test("a near miss is suggested, never done", () => {
    expect(answer(typed("lower the rear left windw"))).toEqual([
      { type: "say", text: "Sorry, I did not understand that. You could say: lower the rear left window." },
    ]);
  });

  test("a miss between two tools suggests neither", () => {
    const state = openDialogue(language, ADA);
    expect(said(typed("make me a pizza"), state)).toMatch(/^I can't do that\. I can /);
  });
});

describe("what came of it", () => {
  test("results of several calls are one reply, failures told as such", () => {
    const results = outputs(
      { status: "done", say: "The air conditioning is on." },
      { status: "accepted", say: "Opening the driver window." },
      { status: "refused", say: "The doors stay locked while we drive." },
      { status: "no-answer", say: "The car did not answer." },
    );
    expect(said(results)).toBe(
      "The air conditioning is on. Opening the driver window, but sorry, the doors stay locked while we drive. " +
        "Sorry, that did not work. The car did not answer.",
    );
    expect(said(outputs({ status: "refused", say: "Not now." }), openDialogue(language, ADA))).toBe(
      "I'm sorry. Not now.",
    );
  });

  test("a question to the driver is asked as it is", () => {
    expect(said(outputs({ status: "needs-confirmation", say: "Shall I unlock the doors?" }))).toBe(
      "Shall I unlock the doors?",
    );
  });

  test("a tool's sentence is said even by a wording that has no place for it", () => {
    const state = opened({ result: ["Done!"], refused: ["Nope."] });
    expect(said(outputs({ status: "done", say: "The window is open." }), state)).toBe("Done! The window is open.");
  });

  test("names and abbreviations keep their capitals inside a sentence", () => {
    expect(said(outputs({ status: "refused", say: "I can't tell." }))).toBe("Sorry, I can't tell.");
    expect(said(outputs({ status: "refused", say: "AC is off." }))).toBe("Sorry, AC is off.");
  });

  test.for([
    ['{"status":"done","say":"The window is open."}', "The window is open."],
    ["The weather is sunny, 21.5 degrees.", "The weather is sunny, 21.5 degrees."],
    ['"It is sunny."', "It is sunny."],
    [{ success: true }, "That's done."],
    ["ok", "That's done."],
    [true, "That's done."],
    [{ message: "Playing jazz." }, "Playing jazz."],
    [{ error: "E_TIMEOUT" }, "Sorry, that did not work."],
    ["Error: ECONNREFUSED 127.0.0.1:80", "Sorry, that did not work."],
    [{ success: false, message: "No network." }, "Sorry, that did not work. No network."],
    [{ status: "failed" }, "Sorry, that did not work."],
    [{ status: "done" }, "That's done."],
    [{ temperature: 21 }, "I have an answer, but I can't read it out."],
    [{ status: "__proto__" }, "I have an answer, but I can't read it out."],
    ["<html><body>502</body></html>", "I have an answer, but I can't read it out."],
    [[1, 2], "I have an answer, but I can't read it out."],
    [null, "I have an answer, but I can't read it out."],
    ["", "I have an answer, but I can't read it out."],
  ] as const)("a client's own %j is told as: %s", ([output, text]) => {
    expect(said(outputs(output))).toBe(text);
  });

  test("no JSON, no markup and no endless text ever reaches the voice", () => {
    const anyOutput = fc.oneof(fc.jsonValue(), fc.json(), fc.string({ unit: "grapheme", maxLength: 3_000 }));
    fc.assert(
      fc.property(anyOutput, (output) => {
        const text = said(outputs(output));
        expect(text).not.toMatch(/[{}[\]<>\\]/);
        expect(text.length).toBeLessThan(700);
      }),
    );
  });

  test("a note is said, nothing is said of nothing", () => {
    expect(said({ type: "note", text: "The window did not close." })).toBe("The window did not close.");
    expect(answer({ type: "note", text: '{"a":1}' })).toEqual([]);
    expect(answer(outputs())).toEqual([]);
  });
});

describe("a dialogue", () => {
  test("never crashes, and only ever calls tools that it was offered", () => {
    const tools = Object.keys(CAR.phrases);
    const input = fc.oneof(
      fc.record({ type: fc.constant("heard" as const), text: fc.string(), rejected: fc.boolean() }),
      fc.record({ type: fc.constant("typed" as const), text: fc.string({ unit: "grapheme" }) }),
      fc.record({ type: fc.constant("note" as const), text: fc.string() }),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 5 }), (inputs) => {
        inputs.reduce((state, one) => {
          const turn = nextTurn(state, one);
          const called = turn.output.flatMap((output) => (output.type === "call" ? [output.name] : []));
          expect(tools).toEqual(expect.arrayContaining(called));
          return turn.state;
        }, opened());
      }),
    );
  });

  test.for([
    [undefined],
    [null],
    ["hello"],
    [{ ack: "Okay." }],
    [{ ack: [1] }],
    [{ ack: [""] }],
    [{ ack: Array(99).fill("a") }],
  ])("wording %j keeps the built-in words", ([raw]) => {
    expect(readWording(raw)).toEqual(readWording({}));
  });
});
