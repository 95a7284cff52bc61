import fc from "fast-check";
import { concat, map, type Observable, of, Subject, tap, timer } from "rxjs";
import { describe, expect, test } from "vitest";

import { answeredOnce } from "../../../src/session/answered-once.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { virtualTime } from "../../support/virtual-time.ts";

type Input = LinkCommand | SessionEvent;

const READY = { type: "session-ready" } as const;
const LOST = { type: "session-lost", reason: "gone", retryInMs: 100 } as const;
const CREATE = { type: "create-reply" } as const;
const call = (callId: string) => ({ type: "tool-call", replyId: "r", callId, name: "window_set", args: {} }) as const;
const result = (callId: string) => ({ type: "tool-result", callId, output: { say: `about ${callId}` } }) as const;
const started = { type: "reply-started", replyId: "r" } as const;
const words = { type: "reply-text", replyId: "r", itemId: "i", text: "so", final: false } as const;
const ended = { type: "reply-ended", replyId: "r", status: "completed" } as const;

const COMMANDS: ReadonlySet<string> = new Set(["tool-result", "create-reply", "user-text"]);

/** Everything that reaches the links, and everything that comes from them, in order. */
function account(inputs$: Observable<Input>, answersItself = false) {
  const commands$ = new Subject<LinkCommand>();
  const events$ = new Subject<SessionEvent>();
  const links: Input[] = [];
  const out: SessionEvent[] = [];
  const running = answeredOnce(
    commands$,
    {
      open: (passed$) => {
        passed$.subscribe((command) => links.push(command));
        return events$;
      },
    },
    { answersItself },
  ).subscribe((event) => out.push(event));
  const feed$ = inputs$.pipe(
    tap((input) => {
      if (COMMANDS.has(input.type)) commands$.next(input as LinkCommand);
      else {
        links.push(input);
        events$.next(input as SessionEvent);
      }
    }),
  );
  return { links, out, feed$, running };
}

const shortly = (input: Input): string => {
  if (input.type === "note") return `note(${input.text})`;
  return "callId" in input ? `${input.type}:${input.callId}` : input.type;
};
const told = (inputs: readonly Input[], answersItself = false): string => {
  const { links, feed$, running } = account(of(...inputs), answersItself);
  feed$.subscribe();
  running.unsubscribe();
  return links
    .filter(({ type }) => COMMANDS.has(type) || type === "note")
    .map(shortly)
    .join(" ");
};

describe("a call is answered once", () => {
  test.for<[string, readonly Input[], string]>([
    ["by its result", [READY, call("1"), result("1"), result("1"), CREATE], "tool-result:1 create-reply"],
    ["not when nobody made it", [READY, result("1")], ""],
    [
      "on the next link as something to tell",
      [READY, call("1"), LOST, result("1"), READY, result("1")],
      "note(about 1)",
    ],
    [
      "and told anew when the link was lost before a reply could tell it",
      [READY, call("1"), result("1"), LOST, READY],
      "tool-result:1 note(about 1) create-reply",
    ],
    ["but not when it was told", [READY, call("1"), result("1"), started, words, LOST], "tool-result:1"],
    ["nor when the model had nothing to say", [READY, call("1"), result("1"), started, ended, LOST], "tool-result:1"],
    ["also when the link was replaced", [READY, call("1"), READY, result("1")], "note(about 1)"],
    [
      "not when the model has withdrawn it",
      [READY, call("1"), { type: "calls-withdrawn", callIds: ["1"] }, result("1")],
      "",
    ],
    [
      "each of two with the same id",
      [READY, call("1"), LOST, READY, call("1"), result("1"), result("1~2")],
      "note(about 1) tool-result:1",
    ],
  ])("%s", ([, inputs, expected]) => {
    expect(told(inputs)).toBe(expected);
  });

  test("by a server that goes on in the same reply", () => {
    const inputs = [READY, started, call("1"), result("1"), words, LOST];
    expect(told(inputs, true)).toBe("tool-result:1");
    expect(told(inputs, false)).toBe("tool-result:1 note(about 1) create-reply");
  });

  test("after 30 s without a result, and then never again", () => {
    virtualTime(({ cold, flush, expectObservable }) => {
      const steps = { r: READY, c: call("1"), x: result("1") };
      const { links, out, feed$ } = account(cold("r c 40s x", steps));
      expectObservable(feed$.pipe(map(({ type }) => type))).toBe("r c 40s x", {
        r: "session-ready",
        c: "tool-call",
        x: "tool-result",
      });
      flush();
      expect(links.map(shortly)).toEqual(["session-ready", "tool-call:1", "tool-result:1", "create-reply"]);
      expect(out.at(-1)).toEqual({ type: "calls-withdrawn", callIds: ["1"] });
    });
  });
});

const IDS = ["1", "2", "3"];
/** A number stands for the result of the call that was made as that one. */
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...IDS).map((id): SessionEvent => call(id)) },
  { weight: 4, arbitrary: fc.nat(9) },
  { weight: 2, arbitrary: fc.constantFrom<SessionEvent>(READY, LOST, started, words, ended) },
);
type Schedule = readonly (readonly [SessionEvent | number, number])[];

/** Plays a schedule in virtual time, and waits until every call is overdue. */
function play(schedule: Schedule) {
  const commands$ = new Subject<LinkCommand>();
  const events$ = new Subject<SessionEvent>();
  const calls: { id: string; link: number }[] = [];
  const answers: { wireId: string; link: number }[] = [];
  const notes: string[] = [];
  const made = new Set<string>();
  let link = 1;
  const open = (passed$: Observable<LinkCommand>): Observable<SessionEvent> => {
    passed$.subscribe((command) => {
      if (command.type === "tool-result") answers.push({ wireId: command.callId, link });
      if (command.type === "note") notes.push(command.text);
    });
    return events$;
  };
  const act = (step: SessionEvent | number): void => {
    if (typeof step === "number") {
      const id = calls[step]?.id;
      if (id !== undefined) commands$.next(result(id));
      return;
    }
    if (step.type === "tool-call") {
      // The gate lets each call of a link through once.
      if (made.has(`${link}/${step.callId}`)) return;
      made.add(`${link}/${step.callId}`);
    }
    if (step.type === "session-lost" || step.type === "session-ready") link += 1;
    events$.next(step);
  };
  virtualTime(({ flush }) => {
    answeredOnce(commands$, { open }, { answersItself: false }).subscribe((event) => {
      if (event.type === "tool-call") calls.push({ id: event.callId, link });
    });
    concat(...schedule.map(([step, ms]) => timer(ms).pipe(tap(() => act(step))))).subscribe();
    flush();
  });
  return { calls, answers, notes };
}

describe("a call is answered once, whatever happens to the links", () => {
  const anySchedule = fc.array(fc.tuple(anyStep, fc.constantFrom(0, 1, 400, 31_000)), { maxLength: 40 });

  test("on the link that it was made on, at most once there, and told to a later one at most once", () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const { calls, answers, notes } = play(schedule);
        const keys = answers.map(({ wireId, link }) => `${link}/${wireId}`);
        expect(new Set(keys).size).toBe(keys.length);
        const places = calls.map(({ id, link }) => `${link}/${id.split("~")[0] ?? ""}`);
        expect(places).toEqual(expect.arrayContaining(keys));
        for (const { id } of calls)
          expect(notes.filter((text) => text === `about ${id}`).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  test("in the end always", () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        const { calls, answers, notes } = play(schedule);
        const unanswered = calls.length - new Set(answers.map(({ wireId, link }) => `${link}/${wireId}`)).size;
        expect(notes.length).toBeGreaterThanOrEqual(unanswered);
        expect(answers.length + notes.length).toBeLessThanOrEqual(2 * calls.length);
      }),
      { numRuns: 500 },
    );
  });
});
