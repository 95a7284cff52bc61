import { describe, expect, test } from "vitest";

import { ProviderError } from "../../../src/session/provider-error.ts";
import { audio } from "../../support/session.ts";
import {
  begun,
  CONNECTED,
  CREATE,
  call,
  course,
  END,
  ended,
  heard,
  LOST,
  READY,
  result,
  STARTED,
  STOPPED,
  type Step,
  sound,
  text,
  utterance,
  WARM,
  words,
} from "./course.ts";

describe("while the first model answers", () => {
  test("it has the conversation, and the other is not even opened", () => {
    const { log, needs } = course([
      ...CONNECTED,
      ...utterance(100),
      [150, "primary", STOPPED],
      [151, "driver", END],
      [200, "primary", begun()],
      [210, "primary", sound()],
      [900, "primary", ended()],
    ]);
    expect(needs).toEqual([]);
    expect(log.filter((line) => line.startsWith(">f"))).toEqual([]);
    expect(log).toContain("reply-audio:r");
  });

  test("both are told the context", () => {
    const { log } = course([...CONNECTED, [1, "driver", { type: "context", key: "k", text: "50 km/h" }]]);
    expect(log).toEqual(["session-ready", ">p context(50 km/h)", ">f context(50 km/h)"]);
  });
});

describe("when the first model is lost", () => {
  test("the other goes on, is told what was said, and that it is to say so", () => {
    const { log } = course(
      [
        ...CONNECTED,
        [10, "primary", heard("hello")],
        [20, "primary", begun()],
        [30, "primary", words("Good day.")],
        [40, "primary", ended()],
        [50, "primary", LOST],
        [70, "fallback", READY],
      ],
      1_000,
      "I am offline.",
    );
    expect(log.slice(5)).toEqual([
      "failover(fallback)",
      ">f history(hello,Good day.)",
      ">f note(I am offline.)",
      "session-ready",
    ]);
  });

  test("it hears the present utterance from its beginning, and the driver notices nothing", () => {
    const { log } = course([
      ...CONNECTED,
      ...utterance(100),
      [130, "primary", LOST],
      [140, "driver", audio(3)],
      [150, "fallback", READY],
      [160, "driver", audio(4)],
      [170, "driver", END],
    ]);
    expect(log.filter((line) => line.startsWith(">f"))).toEqual(
      [1, 2, 3, 4].map((n) => `>f audio(${n})`).concat(">f audio-end"),
    );
    expect(log).not.toContain("session-lost");
    expect(log).not.toContain(">p audio(3)");
  });

  test("a reply that was under way has ended, and is not asked for again", () => {
    const { log } = course([
      ...WARM,
      [10, "driver", text("sing")],
      [11, "driver", CREATE],
      [20, "primary", begun()],
      [30, "primary", sound()],
      [40, "primary", LOST],
    ]);
    expect(log.slice(-2)).toEqual(["reply-ended:r", "failover(fallback)"]);
  });

  test("what was typed and not answered is asked again", () => {
    const { log } = course(
      [...WARM, [10, "driver", text("sing")], [11, "driver", CREATE], [20, "primary", LOST]],
      1_000,
    );
    expect(log.slice(-3)).toEqual([">f user-text(sing)", ">f create-reply", "failover(fallback)"]);
  });

  test("what came of its calls is told by the other, once", () => {
    const { log } = course([
      ...WARM,
      [10, "primary", begun()],
      [20, "primary", call("1")],
      [30, "primary", LOST],
      [40, "driver", result("1")],
      [41, "driver", CREATE],
      [50, "driver", result("1")],
    ]);
    expect(log.filter((line) => line.startsWith(">"))).toEqual([
      ">f history(call,result)",
      ">f note(about 1)",
      ">f create-reply",
    ]);
  });

  test("before it was ever there, whoever speaks is heard by the other at once", () => {
    const { log } = course([...utterance(100), [140, "fallback", READY]], 1_000);
    expect(log).toEqual(["failover(fallback)", ">f audio(1)", ">f audio(2)", "session-ready"]);
  });

  test("or refuses for good, it is tried again some minutes later", () => {
    const refused = new ProviderError("refused", "p", "the key is not accepted");
    const { log } = course([...WARM, [10, "primary", refused], [301_000, "primary", READY]], 310_000);
    expect(log).toEqual(["session-ready", "failover(fallback)", "failover(primary)"]);
  });

  test("or refuses for good, the driver hears with the next answer what a person must mend, once", () => {
    const advice = "the key is not accepted: check it";
    const refused = new ProviderError("refused", "p", `401, ${advice}`, { advice });
    const { log } = course([...WARM, [10, "primary", refused], ...utterance(100)], 5_000, "I am offline.");
    const notes = log.filter((line) => line.startsWith(">f note"));
    expect(notes).toEqual([`>f note(I am offline. About the model in the cloud: ${advice}.)`]);
  });

  test("and the other as well, that is told", () => {
    const { log } = course([...WARM, [10, "primary", LOST], [20, "fallback", LOST]], 1_000);
    expect(log).toEqual(["session-ready", "failover(fallback)", "session-lost"]);
  });
});

describe("names", () => {
  test("of the two never collide, and lead back to whom they belong", () => {
    const { log } = course([
      ...WARM,
      [10, "primary", LOST],
      [20, "fallback", begun()],
      [30, "fallback", sound()],
      [40, "fallback", call("1")],
      [50, "driver", result("fb-1")],
      [60, "driver", { type: "cancel-reply", replyId: "fb-r" }],
      [70, "driver", { type: "truncate", itemId: "fb-i-r", contentIndex: 0, playedMs: 5 }],
    ]);
    expect(log.slice(2)).toEqual([
      "reply-started:fb-r",
      "reply-audio:fb-r",
      "tool-call:fb-1",
      ">f tool-result:1",
      ">f cancel-reply:r",
      ">f truncate",
    ]);
  });
});

describe("when the first model does not answer", () => {
  const asked: readonly Step[] = [...WARM, [100, "driver", text("open it")], [101, "driver", CREATE]];

  test("the other is asked as well after a second and a half", () => {
    const { log } = course(asked, 1_602);
    expect(log.slice(-2)).toEqual([">f user-text(open it)", ">f create-reply"]);
    expect(course(asked, 1_600).log).not.toContain(">f create-reply");
  });

  test("a sign of life counts", () => {
    const { log } = course([...asked, [1_000, "primary", begun()]], 2_000);
    expect(log).not.toContain(">f create-reply");
  });

  test("the first that does something wins, and the other is silenced", () => {
    const { log } = course(
      [
        ...asked,
        [1_700, "fallback", begun("a")],
        [1_710, "fallback", call("1", "a")],
        [1_800, "primary", begun("b")],
        [1_810, "primary", call("2", "b")],
        [1_820, "primary", sound("b")],
      ],
      5_000,
    );
    expect(log.slice(5)).toEqual([
      "failover(fallback)",
      "reply-started:fb-a",
      "tool-call:fb-1",
      ">p cancel-reply:b",
      ">p tool-result:2",
    ]);
  });

  test("the first model wins when it is the first", () => {
    const { log } = course(
      [
        ...asked,
        [1_700, "fallback", begun("a")],
        [1_710, "primary", begun("b")],
        [1_720, "primary", sound("b")],
        [1_730, "fallback", sound("a")],
      ],
      5_000,
    );
    expect(log.slice(5)).toEqual([">f cancel-reply:a", "reply-started:b", "reply-audio:b"]);
  });

  test("an answer of the other that does nothing counts when nothing better comes", () => {
    const steps: readonly Step[] = [...asked, [1_700, "fallback", begun("a")], [1_710, "fallback", sound("a")]];
    expect(course(steps, 5_000).log).not.toContain("reply-audio:fb-a");
    expect(course(steps, 6_000).log).toContain("reply-audio:fb-a");
  });
});

describe("when the first model is back", () => {
  const away: readonly Step[] = [
    ...WARM,
    [10, "primary", LOST],
    [20, "fallback", heard("hello")],
    [30, "fallback", begun()],
    [40, "fallback", words("Hi.")],
    [50, "fallback", ended()],
  ];

  test("and stays, it goes on and is told what it has missed", () => {
    const { log } = course([...away, [10_000, "primary", READY]]);
    expect(log.slice(-2)).toEqual([">p history(hello,Hi.)", "failover(primary)"]);
    expect(course([...away, [10_000, "primary", READY]], 14_999).log).not.toContain("failover(primary)");
  });

  test("but goes again, it does not", () => {
    const { log } = course([...away, [10_000, "primary", READY], [12_000, "primary", LOST]]);
    expect(log).not.toContain("failover(primary)");
  });

  test("nobody is interrupted for it", () => {
    const { log } = course([
      ...away,
      [10_000, "primary", READY],
      [11_000, "driver", audio(1)],
      [11_500, "fallback", STARTED],
    ]);
    expect(log).not.toContain("failover(primary)");
  });
});
