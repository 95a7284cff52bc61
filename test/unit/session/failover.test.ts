import { defer, type Observable, Subject, tap, timer } from "rxjs";
import { describe, expect, test } from "vitest";

import { answeredOnce } from "../../../src/session/answered-once.ts";
import { bothSides } from "../../../src/session/both-sides.ts";
import { type Failover, ON_PRIMARY } from "../../../src/session/failover-model.ts";
import { nextFailover } from "../../../src/session/failover-state.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio } from "../../support/session.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const READY = { type: "session-ready" } as const;
const LOST = { type: "session-lost", reason: "gone", retryInMs: 100 } as const;
const STARTED = { type: "speech-started" } as const;
const STOPPED = { type: "speech-stopped" } as const;
const END = { type: "audio-end" } as const;
const CREATE = { type: "create-reply" } as const;
const text = (words: string) => ({ type: "user-text", text: words }) as const;
const begun = (replyId = "r") => ({ type: "reply-started", replyId }) as const;
const sound = (replyId = "r") =>
  ({ type: "reply-audio", replyId, itemId: `i-${replyId}`, contentIndex: 0, pcm: new Int16Array(240) }) as const;
const words = (said: string, replyId = "r") =>
  ({ type: "reply-text", replyId, itemId: `i-${replyId}`, text: said, final: true }) as const;
const ended = (replyId = "r") => ({ type: "reply-ended", replyId, status: "completed" }) as const;
const call = (callId: string, replyId = "r") =>
  ({ type: "tool-call", replyId, callId, name: "window_set", args: {} }) as const;
const result = (callId: string) => ({ type: "tool-result", callId, output: { say: `about ${callId}` } }) as const;
const heard = (said: string) => ({ type: "transcript", itemId: "u", text: said, final: true }) as const;

/** At a time in milliseconds: what the driver's side says, or what a model does. */
type Step = readonly [atMs: number, who: "driver" | "primary" | "fallback", what: LinkCommand | SessionEvent | Error];

const short = (message: LinkCommand | SessionEvent): string => {
  switch (message.type) {
    case "history":
      return `history(${message.entries.map((entry) => ("text" in entry ? entry.text : entry.type)).join(",")})`;
    case "note":
    case "user-text":
    case "context":
      return `${message.type}(${message.text})`;
    case "failover":
      return `failover(${message.to})`;
    case "session-lost":
      return "session-lost";
    case "send-audio":
      return `audio(${message.frame.pcm[0] ?? ""})`;
    default:
      if ("callId" in message) return `${message.type}:${message.callId}`;
      return "replyId" in message ? `${message.type}:${message.replyId}` : message.type;
  }
};

function course(steps: readonly Step[], untilMs = 60_000, notice?: string) {
  const log: string[] = [];
  const needs: number[] = [];
  virtualTime(({ flush }) => {
    const commands$ = new Subject<LinkCommand>();
    const sides = { primary: new Subject<SessionEvent>(), fallback: new Subject<SessionEvent>() };
    let now = 0;
    const links = {
      open: (side: "primary" | "fallback", said$: Observable<LinkCommand>, needed$: Observable<boolean>) => {
        said$.subscribe((command) => log.push(`>${side[0] ?? ""} ${short(command)}`));
        if (side === "fallback") needed$.subscribe((isNeeded) => isNeeded && needs.push(now));
        // A side that is refused is subscribed to anew.
        return defer(() => (sides[side] = new Subject()));
      },
    };
    const events$ = answeredOnce(
      commands$,
      { open: (passed$) => bothSides(passed$, links, notice === undefined ? {} : { notice }) },
      { answersItself: false },
    );
    const running = events$.subscribe((event) => log.push(short(event)));
    for (const [atMs, who, what] of steps) {
      timer(atMs)
        .pipe(
          tap(() => {
            now = atMs;
            if (who === "driver") commands$.next(what as LinkCommand);
            else if (what instanceof Error) sides[who].error(what);
            else sides[who].next(what as SessionEvent);
          }),
        )
        .subscribe();
    }
    timer(untilMs).subscribe(() => running.unsubscribe());
    flush();
  });
  return { log, needs };
}

const CONNECTED: readonly Step[] = [[0, "primary", READY]];
const WARM: readonly Step[] = [
  [0, "primary", READY],
  [0, "fallback", READY],
];
const utterance = (atMs: number): readonly Step[] => [
  [atMs, "driver", audio(1)],
  [atMs + 20, "driver", audio(2)],
];

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
