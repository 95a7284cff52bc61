import { describe, expect, test } from "vitest";

import type { DialogueInput } from "../../../../src/engine/understand/dialogue.ts";
import type { GrammarSpec } from "../../../../src/engine/understand/grammar.ts";
import { openLanguage } from "../../../../src/engine/understand/language.ts";
import { phrasesFromSchema } from "../../../../src/engine/understand/schema-phrases.ts";
import { carLanguage, conversation, type Line, shown } from "./stories.ts";

const language = carLanguage();
const NOT_UNDERSTOOD = /^"Sorry, I (can't do that|did not understand)/;
const PAUSE: DialogueInput = { type: "pause" };
const heard = (text: string, more: { rejected?: boolean; addressed?: boolean } = {}): DialogueInput => ({
  type: "heard",
  text,
  rejected: false,
  ...more,
});
const moved = (before: number, now: number): Line => ({
  results: [
    {
      status: "accepted",
      say: "Moving.",
      undo: { name: "change_undo", args: { call: `from ${before}` } },
      facts: { before: [{ path: "a", value: before }], ops: [{ path: "a", value: now }] },
    },
  ],
});
const done = (say: string): Line => ({ results: [{ status: "done", say }] });

type Story = readonly (readonly [Line, string | RegExp])[];

test.for<[string, Story]>([
  [
    "the same for others",
    [
      ["open my window", "window_set percent=100 which=driver"],
      ["and the passenger too", "window_set percent=100 which=passenger"],
      ["The rear as well!", "window_set percent=100 which=rear"],
      ["also in the back", "window_set percent=100 which=rear"],
      ["same for the driver", "window_set percent=100 which=driver"],
      ["what about the passenger window", "window_set percent=100 which=passenger"],
    ],
  ],
  [
    "answers to nothing",
    [
      ["open the window a little", "window_set percent=20"],
      ["yes", NOT_UNDERSTOOD],
      ["no", NOT_UNDERSTOOD],
      ["yes please", NOT_UNDERSTOOD],
      [heard("thank you", { addressed: false }), ""],
      ["no, half", "window_set percent=50"],
    ],
  ],
  [
    "corrections",
    [
      ["set the temperature to twenty one", "climate_set_temperature celsius=21"],
      ["no, twenty", "climate_set_temperature celsius=20"],
      ["I meant the passenger", "climate_set_temperature celsius=20 zone=passenger"],
      ["make that twenty two", "climate_set_temperature celsius=22 zone=passenger"],
      ["make it 23 degrees", "climate_set_temperature celsius=23 zone=passenger"],
      ["no, nineteen for the rear", "climate_set_temperature celsius=19 zone=rear"],
      ["Sorry, I meant 19.5.", "climate_set_temperature celsius=19.5 zone=rear"],
    ],
  ],
  [
    "the one and the other",
    [
      ["open the rear right window half way", "window_set percent=50 which=rear_right"],
      ["not that one, the left", "window_set percent=50 which=rear_left"],
      ["and the right one too", "window_set percent=50 which=rear_right"],
      ["no, the passenger one", "window_set percent=50 which=passenger"],
      ["not that one, the left", NOT_UNDERSTOOD],
    ],
  ],
  [
    "steps on from an adjustment",
    [
      ["make it a bit cooler for the passenger", "climate_adjust_temperature delta=-1 zone=passenger"],
      ["a bit more", "climate_adjust_temperature delta=-1 zone=passenger"],
      ["a lot more", "climate_adjust_temperature delta=-4 zone=passenger"],
      ["again", "climate_adjust_temperature delta=-4 zone=passenger"],
      ["less", "climate_adjust_temperature delta=1 zone=passenger"],
      ["warmer still", "climate_adjust_temperature delta=2 zone=passenger"],
      ["even higher", "climate_adjust_temperature delta=2 zone=passenger"],
      ["two degrees less", "climate_adjust_temperature delta=-2 zone=passenger"],
      ["all the way", "climate_set_temperature celsius=16 zone=passenger"],
    ],
  ],
  [
    "steps on from what was set, in the direction that the car went",
    [
      ["close the window to forty percent", "window_set percent=40"],
      ["a bit more", NOT_UNDERSTOOD],
      [moved(100, 40), '"Moving."'],
      ["a bit more", "window_set delta=-20"],
      ["open it half way", "window_set percent=50"],
      [moved(0, 50), '"Moving."'],
      ["even lower", "window_set delta=20"],
      ["all the way", "window_set percent=100"],
      ["close it again", "window_set percent=0"],
    ],
  ],
  [
    "it, and off again",
    [
      ["turn on the seat heating for the passenger", "seat_heat level=2 seat=passenger"],
      ["turn it up", "seat_heat delta=1 seat=passenger"],
      ["no, down", "seat_heat delta=-1 seat=passenger"],
      ["off again", "seat_heat level=0 seat=passenger"],
      ["turn on the a c", "climate_set_ac on=true"],
      ["turn it off again", "climate_set_ac on=false"],
      ["turn on the ambient light", "ambient_light_set on=true"],
      ["make it blue", "ambient_light_set colour=blue"],
      ["no, red", "ambient_light_set colour=red"],
      ["and in the back too", "ambient_light_set colour=red zone=rear"],
      ["lock the rear doors", "doors_lock action=lock which=rear"],
      ["unlock them again", "doors_lock action=unlock which=rear"],
      ["how warm is it in here", "vehicle_status topic=cabin_temperature"],
      ["and outside", "vehicle_status topic=outside_temperature"],
    ],
  ],
  [
    "what is missing is asked for",
    [
      ["set the temperature for the passenger", '"To how many degrees?"'],
      ["twenty one", "climate_set_temperature celsius=21 zone=passenger"],
      ["take me", '"Which destination?"'],
      ["to the airport", "nav_start destination=airport"],
      ["no, the station", "nav_start destination=station"],
      ["navigate to", '"Which destination?"'],
      ["the airport", "nav_start destination=airport"],
      ["raise the temperature by", '"By how much?"'],
      ["open the window and set the temperature", '"To how many degrees?", window_set percent=100'],
      ["to twenty degrees", "climate_set_temperature celsius=20"],
      ["set the fan", '"Which level?"'],
      ["open the window", "window_set percent=100"],
      ["three", NOT_UNDERSTOOD],
      ["set the fan", '"Which level?"'],
      ["no", ""],
      ["three", NOT_UNDERSTOOD],
    ],
  ],
  [
    "a new wish takes the place of the old",
    [
      ["open my window", "window_set percent=100 which=driver"],
      ["lock the doors", "doors_lock action=lock which=all"],
      ["half way", NOT_UNDERSTOOD],
      ["a bit more", NOT_UNDERSTOOD],
    ],
  ],
  [
    "after a pause the next words are a new beginning",
    [
      ["open my window", "window_set percent=100 which=driver"],
      [PAUSE, ""],
      ["and the passenger too", NOT_UNDERSTOOD],
      ["set the temperature", '"To how many degrees?"'],
      [PAUSE, ""],
      ["twenty one", NOT_UNDERSTOOD],
    ],
  ],
  [
    "several at once",
    [
      ["turn on the a c and open my window", "climate_set_ac on=true, window_set percent=100 which=driver"],
      ["and the passenger too", "window_set percent=100 which=passenger"],
      ["no, half way and lock the doors", "window_set percent=50 which=passenger, doors_lock action=lock which=all"],
      ["and unlock the rear doors", "doors_lock action=unlock which=rear"],
    ],
  ],
  [
    "pieces never join what no sentence joins",
    [
      ["open the passenger window a bit more", "window_set delta=20 which=passenger"],
      ["no, forty percent", "window_set percent=40 which=passenger"],
      ["turn off the ambient light in the back", "ambient_light_set on=false zone=rear"],
      ["no, blue", "ambient_light_set colour=blue zone=rear"],
    ],
  ],
])("%s", ([, story]) => {
  const talk = conversation(language);
  const told = story.map(([line]) => shown(talk.next(line)));
  expect(told).toEqual(
    story.map(([, expected]) =>
      typeof expected === "string" ? expected : (expect.stringMatching(expected) as string),
    ),
  );
});

describe("tools of others", () => {
  const talkOf = (phrases: Record<string, string[]>, lists: GrammarSpec["lists"]) =>
    conversation(openLanguage({ phrases, lists, wakeWord: "jarvis" }));
  const tell = (talk: ReturnType<typeof conversation>, ...lines: string[]) =>
    lines.map((line) => shown(talk.next(line)));

  test("that sent nothing but schemas are talked about as well", () => {
    const { phrases, lists } = phrasesFromSchema([
      {
        name: "set_seat_position",
        parameters: {
          properties: { seat: { enum: ["driver", "passenger"] }, height: { type: "integer", minimum: 0, maximum: 10 } },
          required: ["seat", "height"],
        },
      },
    ]);
    const talk = conversation(openLanguage({ phrases, lists, wakeWord: "jarvis" }));
    expect(tell(talk, "set the driver seat position to four", "and the passenger too", "no, five")).toEqual([
      "set_seat_position height=4 seat=driver",
      "set_seat_position height=4 seat=passenger",
      "set_seat_position height=5 seat=passenger",
    ]);
    expect(tell(talk, "set the seat position for the driver", "six")).toEqual([
      '"Which height?"',
      "set_seat_position height=6 seat=driver",
    ]);
  });

  test("about other things have corrections of their own", () => {
    const talk = talkOf(
      { order: ["(i want|give me) a [{size}] {drink} [with {milk}]"] },
      {
        size: ["small", "large"].map((say) => ({ say, value: say })),
        drink: ["latte", "flat white"].map((say) => ({ say, value: say })),
        milk: ["oat milk", "soy milk"].map((say) => ({ say, value: say })),
      },
    );
    expect(
      tell(talk, "give me a large latte with soy milk", "no, oat", "make that small", "and a flat white too"),
    ).toEqual([
      "order drink=latte milk=soy milk size=large",
      "order drink=latte milk=oat milk size=large",
      "order drink=latte milk=oat milk size=small",
      expect.stringMatching(NOT_UNDERSTOOD),
    ]);
    expect(tell(talk, "give me a large latte", "and the flat white too")).toEqual([
      "order drink=latte size=large",
      "order drink=flat white size=large",
    ]);
  });

  test("that nobody can undo or stop are not pretended to be", () => {
    const talk = talkOf({ order: ["order a pizza"] }, {});
    expect(tell(talk, "order a pizza", "undo that", "stop", "a bit more", "and the passenger too")).toEqual([
      "order",
      '"Sorry, I can\'t put that back."',
      '"Sorry, I can\'t stop that."',
      expect.stringMatching(NOT_UNDERSTOOD),
      expect.stringMatching(NOT_UNDERSTOOD),
    ]);
  });
});

describe("undo", () => {
  test("makes the calls that the results named, the last turn first, and each once", () => {
    const talk = conversation(language);
    const told = [
      "open my window",
      moved(0, 100),
      "turn on the a c and set the fan to three",
      {
        results: [
          { status: "done", say: "One.", undo: { name: "change_undo", args: { call: "one" } } },
          { status: "done", say: "Two.", undo: { name: "change_undo", args: { call: "two" } } },
        ],
      },
      "undo that",
      { results: [{ status: "done", say: "Back.", undo: { name: "change_undo", args: { call: "never" } } }] },
      "put it back",
      "undo",
    ].map((line) => shown(talk.next(line)));
    expect(told.slice(4)).toEqual([
      "change_undo call=two, change_undo call=one",
      '"Back."',
      "change_undo call=from 0",
      '"Sorry, I can\'t put that back."',
    ]);
  });

  test.for([
    ["a tool that was never offered", { name: "format_disk", args: {} }],
    ["arguments that are none", { name: "change_undo", args: { call: { deep: true } } }],
    ["no object", "change_undo"],
  ])("does not call %s", ([, undo]) => {
    const talk = conversation(language);
    talk.next("open my window");
    talk.next({ results: [{ status: "done", say: "Open.", undo }] });
    expect(shown(talk.next("undo that"))).toBe('"Sorry, I can\'t put that back."');
  });
});

describe("which one", () => {
  const choose = (...says: string[]): Line => ({
    results: [
      {
        status: "choose",
        say: "Which one?",
        options: says.map((say) => ({ say, args: { destination: say.toLowerCase() } })),
      },
    ],
  });
  test.for([
    ["the second one", "nav_start destination=central station"],
    ["Harbour Street", "nav_start destination=harbour street"],
    ["the harbour one", "nav_start destination=harbour street"],
    ["number one", "nav_start destination=harbour street"],
    ["the last one please", "nav_start destination=central station"],
    ["central", "nav_start destination=central station"],
    ["neither", ""],
    ["open my window", "window_set percent=100 which=driver"],
    ["the third one", NOT_UNDERSTOOD],
  ] as const)("%s", ([answer, expected]) => {
    const talk = conversation(language);
    talk.next("take me to a charging station");
    expect(shown(talk.next(choose("Harbour Street", "Central Station")))).toBe('"Which one?"');
    expect(shown(talk.next(answer))).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  test.for([
    ["one option", [{ say: "A", args: {} }]],
    ["no options", undefined],
    ["options without arguments", [{ say: "Home" }, { say: "Work" }]],
    ["options that are no objects", ["Home", "Work"]],
  ])("%s is no question, but what was said is said", ([, options]) => {
    const talk = conversation(language);
    talk.next("take me home");
    expect(shown(talk.next({ results: [{ status: "choose", say: "Which one?", options }] }))).toBe('"Which one?"');
    expect(shown(talk.next("the first one"))).toMatch(NOT_UNDERSTOOD);
  });
});

describe("stop", () => {
  test("stops what moves", () => {
    const talk = conversation(language);
    expect(shown(talk.next("stop"))).toBe("motion_stop");
    expect(shown(talk.next("stop the window"))).toBe("motion_stop");
  });

  test("over a reply is only silence, unless something is on its way", () => {
    const talk = conversation(language);
    talk.next("what can you do");
    talk.next({ type: "cut", unheard: "turn on the air conditioning." });
    expect(shown(talk.next("stop"))).toBe("");
    expect(shown(talk.next("stop"))).toBe("motion_stop");
    talk.next("open my window");
    talk.next({ results: [{}, moved(0, 100)].slice(0, 0) });
    talk.next({
      results: [
        { status: "accepted", say: "Opening." },
        { status: "accepted", say: "Opening." },
      ],
    });
    talk.next({ type: "cut", unheard: "Opening." });
    expect(shown(talk.next("stop"))).toBe("motion_stop");
  });

  test("is refused where nothing can be stopped", () => {
    const talk = conversation(openLanguage({ phrases: { ac: ["turn on the a c"] }, lists: {}, wakeWord: "jarvis" }));
    expect(shown(talk.next("stop"))).toBe('"Sorry, I can\'t stop that."');
  });
});

describe("what was said", () => {
  test("is said again as a whole, also when half of it was heard", () => {
    const talk = conversation(language);
    expect(shown(talk.next("say that again"))).toBe('"I haven\'t said anything yet."');
    talk.next("how far can we go");
    talk.next(done("We can go about 210 kilometres."));
    talk.next({ type: "cut", unheard: "210 kilometres." });
    expect(shown(talk.next("what did you say"))).toBe('"We can go about 210 kilometres."');
  });

  test("goes on from where it was cut", () => {
    const talk = conversation(language);
    talk.next("how far can we go");
    talk.next(done("The range is fine. We can go about 210 kilometres."));
    expect(shown(talk.next("go on"))).toMatch(NOT_UNDERSTOOD);
    talk.next(done("The range is fine. We can go about 210 kilometres."));
    talk.next({ type: "cut", unheard: "We can go about 210 kilometres." });
    expect(shown(talk.next("go on"))).toBe('"We can go about 210 kilometres."');
    expect(shown(talk.next("go on"))).toMatch(NOT_UNDERSTOOD);
  });
});

describe("help", () => {
  test.for([
    ["what can you do with the windows", /window/],
    ["what can I say about the temperature?", /temperature/],
    ["help me with the seat heating", /seat heating/],
    ["what can you do about the lights", /light/],
    ["how do i use the navigation", /home|navigation/],
  ] as const)("%s", ([question, about]) => {
    const [said] = conversation(language).next(question);
    const text = said?.type === "say" ? said.text : "";
    const examples = text.replace(/^I can |\.$/g, "").split(/, | or /);
    expect(text).toMatch(about);
    for (const example of examples) expect(language.grammar.parse(example), example).toHaveLength(1);
  });

  test("keeps the question that is open", () => {
    const talk = conversation(language);
    talk.next("set the temperature");
    talk.next("what can you do");
    expect(shown(talk.next("twenty"))).toBe("climate_set_temperature celsius=20");
  });
});

describe("what came of several", () => {
  test("tells what was done, and what was not in the driver's own words", () => {
    const talk = conversation(language);
    talk.next("open my window and take me home and then set the temperature to 20 degrees please");
    const results = [
      { status: "refused", say: "It is raining." },
      { status: "done", say: "The route home is set." },
      { status: "no-answer", say: "The car did not answer." },
    ];
    expect(shown(talk.next({ results }))).toBe(
      "\"The route home is set, but I couldn't open your window: It is raining. " +
        "And I couldn't set the temperature to twenty degrees: The car did not answer.\"",
    );
  });

  test("without words for it, in those of the persona", () => {
    const talk = conversation(language);
    talk.next("i'm cold and open my window");
    const results = [
      { status: "refused", say: "Not now." },
      { status: "done", say: "The window is open." },
    ];
    expect(shown(talk.next({ results }))).toBe('"The window is open, but sorry, not now."');
  });
});

describe("talk that was not addressed to us", () => {
  const overheard = (text: string, rejected = false) => heard(text, { rejected, addressed: false });

  test("is not answered unless it asks for something we can do", () => {
    const talk = conversation(language);
    expect(shown(talk.next(heard("open my window")))).toBe("window_set percent=100 which=driver");
    for (const line of [overheard("open my window", true), overheard("did you feed the cat"), overheard("", true)])
      expect(talk.next(line)).toEqual([]);
    expect(talk.next(overheard("open the sunroof"))).toEqual([]);
    expect(talk.next(overheard("jarvis"))).toEqual([]);
    expect(shown(talk.next(overheard("and the passenger too")))).toBe("window_set percent=100 which=passenger");
    expect(shown(talk.next(overheard("say that again")))).toMatch(/^"/);
  });

  test("is told when it was addressed", () => {
    const talk = conversation(language);
    expect(shown(talk.next(heard("open my window", { rejected: true })))).toMatch(NOT_UNDERSTOOD);
    expect(shown(talk.next(heard("open the sunroof")))).toMatch(/^"Sorry, I can't do that/);
  });
});

test("the recogniser's marks of pronunciation mean nothing", () => {
  const talk = conversation(language);
  expect(shown(talk.next(heard("open(2) the(2) driver window")))).toBe("window_set percent=100 which=driver");
  expect(shown(talk.next(heard("and the(2) passenger too")))).toBe("window_set percent=100 which=passenger");
});
