import { concat, defer, map, NEVER, Observable, of, Subject, throwError, timer } from "rxjs";
import type { RunHelpers } from "rxjs/testing";
import { describe, expect, test } from "vitest";

import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { LinkEvent } from "../../../src/session/link-event.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import { rotating } from "../../../src/session/rotating.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const READY: LinkEvent = { type: "session-ready" };
const HOUR = 60 * 60_000;
const says = (command: string): LinkCommand => ({ type: "user-text", text: command });

interface Course {
  /** y: quiet, n: not. */
  readonly quiet?: string;
  readonly overlap?: boolean;
  readonly commands?: string;
  /** What the nth link does, after it was dialled. */
  readonly link?: (index: number) => Observable<LinkEvent>;
}

const readyIn = (ms: number): Observable<LinkEvent> => timer(ms).pipe(map(() => READY));
const lasting = (ms = 100): Observable<LinkEvent> => concat(readyIn(ms), NEVER);

/** What whoever listens hears, as letters, and which link stood when, in minutes and milliseconds. */
function course({ hot }: RunHelpers, { quiet = "y", overlap = true, commands = "-", link = () => lasting() }: Course) {
  const log: string[] = [];
  const took: string[] = [];
  let opened = 0;
  const events$ = rotating(hot(commands, { a: says("a"), b: says("b") }), {
    provider: "p",
    maxSessionMs: HOUR,
    overlap,
    quiet$: hot(quiet, { y: true, n: false }),
    open: (said$) =>
      defer(() => {
        const index = ++opened;
        log.push(`+${index}`);
        said$.subscribe((command) => took.push(`${index}${command.type === "user-text" ? command.text : ""}`));
        return new Observable<LinkEvent>((subscriber) => {
          const inner = link(index).subscribe(subscriber);
          return () => {
            inner.unsubscribe();
            log.push(`-${index}`);
          };
        });
      }),
  });
  return { log, took, events$: events$.pipe(map(({ type }) => LETTERS[type] ?? "?")) };
}

const LETTERS: Readonly<Partial<Record<LinkEvent["type"], string>>> = {
  "session-ready": "r",
  "link-closed": "c",
  "session-expiring": "x",
  "provider-error": "e",
};

describe("a link that the provider would end", () => {
  test("is replaced five minutes before, the next one standing before the last one goes", () => {
    virtualTime((helpers) => {
      const { log, took, events$ } = course(helpers, { commands: "1m a 56m b" });
      helpers.expectObservable(events$, "^ 60m !").toBe("100ms r 3299999ms 100ms r");
      helpers.flush();
      expect(log).toEqual(["+1", "+2", "-1", "-2"]);
      expect(took).toEqual(["1a", "2b"]);
    });
  });

  test("goes before the next one comes where the provider bears only one", () => {
    virtualTime((helpers) => {
      const { log, events$ } = course(helpers, { overlap: false });
      helpers.expectObservable(events$, "^ 60m !").toBe("100ms r 3299999ms c 399ms r");
      helpers.flush();
      expect(log).toEqual(["+1", "-1", "+2", "-2"]);
    });
  });

  test("is left alone while somebody speaks, and replaced when they have finished", () => {
    virtualTime((helpers) => {
      const { log, events$ } = course(helpers, { quiet: "y 3239999ms n 2m y" });
      helpers.expectObservable(events$, "^ 58m !").toBe("100ms r 3360000ms r");
      helpers.flush();
      expect(log).toEqual(["+1", "+2", "-1", "-2"]);
    });
  });

  test("stays when somebody begins to speak while the next one is being opened", () => {
    virtualTime((helpers) => {
      const { log, took, events$ } = course(helpers, { quiet: "y 3300149ms n 9999ms y", commands: "55m 5s a" });
      helpers.expectObservable(events$, "^ 58m !").toBe("100ms r 3310149ms r");
      helpers.flush();
      expect(log).toEqual(["+1", "+2", "-2", "+3", "-1", "-3"]);
      expect(took).toEqual(["1a"]);
    });
  });

  test("is given up a quarter of a minute before its end, whatever goes on", () => {
    virtualTime((helpers) => {
      const { events$ } = course(helpers, { quiet: "y 1m n" });
      const failure = new ProviderError("connection-lost", "p", "the session is as old as the provider lets it become");
      helpers.expectObservable(events$).toBe(`100ms r ${HOUR - 15_000 - 1}ms #`, undefined, failure);
    });
  });

  test("is replaced at once when the server announces the end", () => {
    virtualTime((helpers) => {
      const expiring: LinkEvent = { type: "session-expiring", inMs: 60_000 };
      const link = (index: number) =>
        index === 1 ? concat(readyIn(100), timer(900).pipe(map(() => expiring)), NEVER) : lasting();
      const { events$ } = course(helpers, { link });
      helpers.expectObservable(events$, "^ 10s !").toBe("100ms r 899ms x 99ms r");
    });
  });

  test("stays when the next one cannot be opened, which is tried again half a minute later", () => {
    virtualTime((helpers) => {
      const link = (index: number) =>
        index === 2
          ? timer(100).pipe(
              map(() => {
                throw new Error("busy");
              }),
            )
          : lasting();
      const { log, events$ } = course(helpers, { link });
      helpers.expectObservable(events$, "^ 57m !").toBe("100ms r 3300099ms e 30099ms r");
      helpers.flush();
      expect(log).toEqual(["+1", "+2", "-2", "+3", "-1", "-3"]);
    });
  });
});

describe("a link that breaks", () => {
  test("ends with its own error", () => {
    virtualTime((helpers) => {
      const broken = new ProviderError("hostile", "p", "garbage");
      const { events$ } = course(helpers, {
        link: () =>
          concat(
            readyIn(100),
            throwError(() => broken),
          ),
      });
      helpers.expectObservable(events$).toBe("100ms (r#)", undefined, broken);
    });
  });

  test("or as lost when the server just hangs up", () => {
    virtualTime((helpers) => {
      const { events$ } = course(helpers, { link: () => of(READY) });
      const lost = new ProviderError("connection-lost", "p", "the server hung up");
      helpers.expectObservable(events$).toBe("(r#)", undefined, lost);
    });
  });
});

test("nothing is rotated where there is no limit", () => {
  virtualTime(() => {
    const quiet$ = new Subject<boolean>();
    const types: string[] = [];
    const running = rotating(NEVER, {
      provider: "p",
      maxSessionMs: undefined,
      overlap: true,
      quiet$,
      open: () => concat(of(READY), NEVER),
    }).subscribe(({ type }) => types.push(type));
    running.unsubscribe();
    expect(types).toEqual(["session-ready"]);
  });
});
