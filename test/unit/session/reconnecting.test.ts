import { concat, defer, map, NEVER, type Observable, of, throwError, timer } from "rxjs";
import { describe, expect, test } from "vitest";

import { ProviderError } from "../../../src/session/provider-error.ts";
import { reconnecting } from "../../../src/session/reconnecting.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { LOOPBACK_BACKOFF } from "../../../src/shared/backoff.ts";
import { seededRandom } from "../../../src/shared/random.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const BACKOFF = { minMs: 100, maxMs: 2_000, random: () => 1 };
const LOST = new ProviderError("connection-lost", "p", "gone");
const READY: Observable<SessionEvent> = of({ type: "session-ready" });
const fails = (error: Error = LOST): Observable<never> => throwError(() => error);

/** Each subscription is the next of the sessions, then the last one again and again. */
function sessions(...each: readonly Observable<SessionEvent>[]): Observable<SessionEvent> {
  let next = 0;
  return defer(() => each[Math.min(next++, each.length - 1)] ?? NEVER);
}

const pauses = (source$: Observable<SessionEvent>) =>
  source$.pipe(
    reconnecting(BACKOFF),
    map((event) => (event.type === "session-lost" ? String(event.retryInMs) : "r")),
  );

describe("reconnecting", () => {
  test("pauses longer each time, up to the cap, and never gives up", () => {
    virtualTime(({ expectObservable }) => {
      const failing$ = pauses(sessions(fails()));
      const values = { a: "200", b: "400", c: "800", d: "1600", e: "2000" };
      expectObservable(failing$, "^ 7s !").toBe("a 199ms a 199ms b 399ms c 799ms d 1599ms e 1999ms e", values);
    });
  });

  test("also when the server accepts and hangs up", () => {
    virtualTime(({ expectObservable }) => {
      const fleeting$ = pauses(sessions(concat(READY, fails())));
      expectObservable(fleeting$, "^ 1s !").toBe("(ra) 196ms (ra) 196ms (rb) 396ms (rc)", {
        r: "r",
        a: "200",
        b: "400",
        c: "800",
      });
    });
  });

  test("which is tried no more than once a second on average", () => {
    virtualTime(({ flush }) => {
      const random = seededRandom(7);
      let attempts = 0;
      const accepting$ = defer(() => {
        attempts += 1;
        return concat(READY, fails());
      });
      const running = accepting$.pipe(reconnecting({ ...LOOPBACK_BACKOFF, random })).subscribe();
      timer(600_000).subscribe(() => running.unsubscribe());
      flush();
      expect(attempts).toBeLessThanOrEqual(600);
    });
  });

  test("a session that lasted begins anew", () => {
    virtualTime(({ expectObservable }) => {
      const good$ = concat(
        READY,
        timer(10_000).pipe(map((): SessionEvent => ({ type: "ignored", wireType: "" }))),
        fails(),
      );
      const mixed$ = pauses(sessions(fails(), fails(), fails(), good$, NEVER)).pipe(map((text) => text));
      expectObservable(mixed$, "^ 20s !").toBe("a 199ms a 199ms b 399ms r 9999ms (ra)", { a: "200", b: "400", r: "r" });
    });
  });

  test("waits as long as the server asks", () => {
    virtualTime(({ expectObservable }) => {
      const busy = new ProviderError("connection-failed", "p", "429", { retryAfterMs: 5_000 });
      expectObservable(pauses(sessions(fails(busy), NEVER)), "^ 10s !").toBe("a", { a: "5000" });
    });
  });

  test("gives up when only a person can mend it", () => {
    virtualTime(({ expectObservable }) => {
      const refused = new ProviderError("refused", "p", "the key is not accepted");
      expectObservable(pauses(sessions(fails(refused)))).toBe("#", undefined, refused);
    });
  });

  test("says why the session was lost", () => {
    const events: SessionEvent[] = [];
    sessions(fails(), NEVER)
      .pipe(reconnecting(BACKOFF))
      .subscribe((event) => events.push(event))
      .unsubscribe();
    expect(events).toEqual([{ type: "session-lost", reason: "p: gone", retryInMs: 200 }]);
  });

  test("our own bug is not taken for a lost link", () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(pauses(sessions(fails(new TypeError("bug"))))).toBe("#", undefined, new TypeError("bug"));
    });
  });
});
