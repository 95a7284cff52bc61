import { describe, expect, test } from "vitest";

import { type Failover, ON_PRIMARY } from "../../../src/session/failover-model.ts";
import { nextFailover } from "../../../src/session/failover-state.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import { audio } from "../../support/session.ts";
import {
  begun,
  CONNECTED,
  CREATE,
  call,
  course,
  END,
  ended,
  LOST,
  READY,
  result,
  STOPPED,
  type Step,
  sound,
  text,
  utterance,
  WARM,
} from "./course.ts";

/** As it closes when the end of speech was heard. */
const SHUT = { type: "audio-end", cut: true } as const;
const toFallback = (log: readonly string[]) => log.filter((line) => line.startsWith(">f")).map((line) => line.slice(3));
const told = (log: readonly string[]) => log.filter((line) => !line.startsWith(">"));

describe("a spoken wish whose end was heard", () => {
  const spoken: readonly Step[] = [...WARM, ...utterance(100), [200, "primary", STOPPED], [201, "driver", SHUT]];
  const whole = ["audio(1)", "audio(2)", "audio-end"];

  test("is told to the other as a whole when it is not answered", () => {
    expect(toFallback(course(spoken, 5_000).log)).toEqual(whole);
  });

  test("and when the link is lost", () => {
    expect(toFallback(course([...spoken, [300, "primary", LOST]], 1_000).log)).toEqual(whole);
  });

  test("but nothing of one that was cut off", () => {
    const { log } = course([...WARM, ...utterance(100), [150, "driver", SHUT], [300, "primary", LOST]], 5_000);
    expect(toFallback(log)).toEqual([]);
  });
});

describe("a wish is carried out by one of the two", () => {
  const asked: readonly Step[] = [...WARM, [100, "driver", text("open it")], [101, "driver", CREATE]];
  const primaryWins: readonly Step[] = [...asked, [2_000, "primary", begun("a")], [2_001, "primary", call("1", "a")]];
  const fallbackWins: readonly Step[] = [
    ...asked,
    [2_000, "fallback", begun("b")],
    [2_001, "fallback", call("1", "b")],
    [2_002, "driver", result("fb-1")],
    [2_003, "fallback", ended("b")],
  ];
  const calls = (log: readonly string[]) => told(log).filter((line) => line.startsWith("tool-call"));

  test("also when the one that was first is lost, and the other answers late", () => {
    const { log } = course([
      ...primaryWins,
      [2_100, "primary", LOST],
      [2_200, "fallback", begun("b")],
      [2_201, "fallback", call("1", "b")],
    ]);
    expect(calls(log)).toEqual(["tool-call:1"]);
    expect(log).toContain(">f tool-result:1");
  });

  test("also when the slow one has the conversation back, and only then answers", () => {
    const { log } = course([
      ...fallbackWins,
      [17_000, "primary", begun("a")],
      [17_001, "primary", call("2", "a")],
      [17_010, "primary", ended("a")],
    ]);
    expect(calls(log)).toEqual(["tool-call:fb-1"]);
    expect(log).toContain(">p cancel-reply:a");
    expect(log.at(-1)).toBe("failover(primary)");
  });

  test("the slow one does not have it back while it owes an answer, nor does it wait for ever", () => {
    expect(course(fallbackWins, 30_000).log).not.toContain("failover(primary)");
    expect(course(fallbackWins, 40_000).log).toContain("failover(primary)");
  });

  test("also when the slow one was asked more than once, and has it back because the other is gone", () => {
    const { log } = course([
      ...WARM,
      [90, "driver", text("hm")],
      ...asked.slice(2),
      [2_000, "fallback", begun("b")],
      [2_001, "fallback", call("1", "b")],
      [2_100, "fallback", LOST],
      [2_200, "primary", begun("a")],
      [2_201, "primary", ended("a")],
      [2_300, "primary", begun("c")],
      [2_301, "primary", call("2", "c")],
    ]);
    expect(calls(log)).toEqual(["tool-call:fb-1"]);
  });

  test("a reply that the slow one had begun is ended, and what it says in it is for nobody", () => {
    const { log } = course([
      ...asked,
      [200, "primary", begun("a")],
      [2_000, "fallback", begun("b")],
      [2_001, "fallback", call("1", "b")],
      [2_002, "fallback", ended("b")],
      [2_003, "driver", result("fb-1")],
      [20_000, "primary", sound("a")],
      [20_001, "primary", ended("a")],
    ]);
    expect(log).toContain(">p cancel-reply:a");
    expect(told(log).filter((line) => line.endsWith(":a"))).toEqual(["reply-started:a", "reply-ended:a"]);
  });

  test("the next model knows of a call that is under way", () => {
    const { log } = course([...primaryWins, [2_100, "primary", LOST]], 3_000);
    const later: readonly Step[] = [
      [2_100, "primary", LOST],
      [2_200, "fallback", READY],
    ];
    const { log: other } = course([...CONNECTED, ...primaryWins.slice(2), ...later], 3_000);
    expect(toFallback(log)).toEqual(["user-text(open it)", "create-reply", "history(call,result)"]);
    expect(toFallback(other)).toEqual(["history(open it,call,result)"]);
  });

  test("a call of the slow one is answered, so that it does not wait for what the other is told", () => {
    const { log } = course([
      ...WARM,
      [10, "primary", begun("a")],
      [20, "primary", call("1", "a")],
      [30, "primary", ended("a")],
      [100, "driver", text("and close the roof")],
      [101, "driver", CREATE],
      [2_000, "fallback", begun("b")],
      [2_001, "fallback", call("1", "b")],
      [2_002, "driver", result("1")],
    ]);
    expect(log.filter((line) => line === ">p tool-result:1")).toHaveLength(1);
    expect(log.filter((line) => line === ">f note(about 1)")).toHaveLength(1);
  });
});

describe("what was said before an outage", () => {
  test("and that nobody could hear for long is dropped, and the driver told", () => {
    const spoken: readonly Step[] = [...CONNECTED, ...utterance(100), [140, "driver", END], [150, "primary", LOST]];
    const { log } = course([...spoken, [60_000, "fallback", READY]]);
    expect(toFallback(log)).toEqual([]);
    expect(told(log)).toContain("provider-error");
    expect(toFallback(course([...spoken, [5_000, "fallback", READY]]).log)).toEqual([
      "audio(1)",
      "audio(2)",
      "audio-end",
    ]);
  });

  test("is not told again because somebody has begun to answer it in the meantime", () => {
    const { log } = course([
      ...WARM,
      ...utterance(100),
      [140, "driver", END],
      [6_000, "fallback", begun("b")],
      [7_000, "primary", LOST],
      [13_000, "fallback", LOST],
      [13_100, "fallback", READY],
    ]);
    expect(toFallback(log)).toEqual(["audio(1)", "audio(2)", "audio-end"]);
  });

  test("is not told in a new sentence", () => {
    const { log } = course([
      ...utterance(100),
      [140, "driver", END],
      [200, "driver", audio(7)],
      [220, "driver", END],
      [300, "fallback", READY],
    ]);
    expect(toFallback(log)).toEqual(["audio(7)", "audio-end"]);
  });

  test("is no end of a sentence whose beginning is too long ago", () => {
    const { log } = course([
      ...WARM,
      ...Array.from({ length: 1_001 }, (_, at): Step => [100 + 20 * at, "driver", audio(1)]),
      [20_200, "primary", LOST],
      [20_210, "driver", audio(2)],
      [20_230, "driver", END],
      [21_000, "driver", audio(3)],
      [21_020, "driver", END],
    ]);
    expect(toFallback(log)).toEqual(["audio(3)", "audio-end"]);
    expect(told(log)).toContain("provider-error");
  });

  test("is no end of a sentence that was answered or typed over", () => {
    const { log } = course([
      ...WARM,
      ...utterance(100),
      [130, "driver", text("stop")],
      [140, "primary", LOST],
      [150, "driver", audio(3)],
      [160, "driver", END],
    ]);
    expect(toFallback(log)).toEqual(["user-text(stop)"]);
  });

  test("is told to the other once, however often it is asked", () => {
    const turn = (atMs: number, words: string, replyId: string): readonly Step[] => [
      [atMs, "driver", text(words)],
      [atMs + 1, "driver", CREATE],
      [atMs + 2_000, "primary", begun(replyId)],
      [atMs + 2_001, "primary", sound(replyId)],
      [atMs + 2_002, "primary", ended(replyId)],
    ];
    const { log } = course([
      ...WARM,
      ...turn(0, "one", "a"),
      ...turn(5_000, "two", "b"),
      ...turn(10_000, "three", "c"),
    ]);
    const said = toFallback(log).filter((line) => line.includes("one"));
    expect(said).toEqual(["user-text(one)"]);
  });
});

describe("the conversation is not lost", () => {
  test("with a fallback that does not answer", () => {
    const { log } = course([...WARM, [10, "primary", LOST], [100, "driver", text("hm")], [1_000, "primary", READY]]);
    expect(log.at(-1)).toBe("failover(primary)");
  });

  test("with a fallback that is not there, when the first model is", () => {
    const { log } = course([
      ...CONNECTED,
      [10, "primary", LOST],
      [1_000, "primary", READY],
      [1_100, "driver", text("hello")],
    ]);
    expect(log.slice(-3)).toEqual(["failover(fallback)", "failover(primary)", ">p user-text(hello)"]);
  });

  test("nor is what the driver was to hear from a fallback that never came", () => {
    const { log } = course([
      ...CONNECTED,
      [10, "primary", begun()],
      [20, "primary", call("1")],
      [30, "primary", LOST],
      [40, "driver", result("1")],
      [41, "driver", CREATE],
      [1_000, "primary", READY],
    ]);
    expect(log.filter((line) => line.includes("about 1"))).toEqual([">p note(about 1)"]);
  });

  test("nor does a name of the first model that looks like one of the other's lead astray", () => {
    const { log } = course([
      ...WARM,
      [10, "primary", begun("fb-r")],
      [20, "primary", call("fb-1", "fb-r")],
      [30, "driver", result("own-fb-1")],
    ]);
    expect(log.slice(1)).toEqual(["reply-started:own-fb-r", "tool-call:own-fb-1", ">p tool-result:fb-1"]);
  });

  test("and does not grow without bound while nobody is there", () => {
    const said: readonly LinkCommand[] = Array.from({ length: 5_000 }, (_, at) =>
      at % 3 === 0 ? { type: "note", text: "so" } : at % 3 === 1 ? audio(1) : text("hello"),
    );
    const { log, turn, notes, listening } = said.reduce<Failover>(
      (state, command) => nextFailover(state, { type: "said", command }, {}),
      ON_PRIMARY,
    );
    expect(log.lines.length + turn.commands.length + notes.length + listening.length).toBeLessThan(1_500);
  });
});
