import { defer, type Observable, Subject, tap, timer } from "rxjs";

import { answeredOnce } from "../../../src/session/answered-once.ts";
import { bothSides } from "../../../src/session/both-sides.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio } from "../../support/session.ts";
import { virtualTime } from "../../support/virtual-time.ts";

export const READY = { type: "session-ready" } as const;
export const LOST = { type: "session-lost", reason: "gone", retryInMs: 100 } as const;
export const STARTED = { type: "speech-started" } as const;
export const STOPPED = { type: "speech-stopped" } as const;
export const END = { type: "audio-end" } as const;
export const CREATE = { type: "create-reply" } as const;
export const text = (words: string) => ({ type: "user-text", text: words }) as const;
export const begun = (replyId = "r") => ({ type: "reply-started", replyId }) as const;
export const sound = (replyId = "r") =>
  ({ type: "reply-audio", replyId, itemId: `i-${replyId}`, contentIndex: 0, pcm: new Int16Array(240) }) as const;
export const words = (said: string, replyId = "r") =>
  ({ type: "reply-text", replyId, itemId: `i-${replyId}`, text: said, final: true }) as const;
export const ended = (replyId = "r") => ({ type: "reply-ended", replyId, status: "completed" }) as const;
export const call = (callId: string, replyId = "r") =>
  ({ type: "tool-call", replyId, callId, name: "window_set", args: {} }) as const;
export const result = (callId: string) =>
  ({ type: "tool-result", callId, output: { say: `about ${callId}` } }) as const;
export const heard = (said: string) => ({ type: "transcript", itemId: "u", text: said, final: true }) as const;

/** At a time in milliseconds: what the driver's side says, or what a model does. */
export type Step = readonly [
  atMs: number,
  who: "driver" | "primary" | "fallback",
  what: LinkCommand | SessionEvent | Error,
];

export const short = (message: LinkCommand | SessionEvent): string => {
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

export function course(steps: readonly Step[], untilMs = 60_000, notice?: string) {
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

export const CONNECTED: readonly Step[] = [[0, "primary", READY]];
export const WARM: readonly Step[] = [
  [0, "primary", READY],
  [0, "fallback", READY],
];
export const utterance = (atMs: number): readonly Step[] => [
  [atMs, "driver", audio(1)],
  [atMs + 20, "driver", audio(2)],
];
