import { concat, defer, type Observable, Subject, tap, timer } from "rxjs";

import { answeredOnce } from "../../../src/session/answered-once.ts";
import { bothSides } from "../../../src/session/both-sides.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio } from "../../support/session.ts";
import { virtualTime } from "../../support/virtual-time.ts";
import { gatedModel, SCALE } from "./gated-model.ts";

type Side = "primary" | "fallback";

/** One thing that happens, `pause` milliseconds after the last. */
export interface Step {
  readonly what:
    | "frame"
    | "end"
    | "cut"
    | "typed"
    | "cancel"
    | "truncate"
    | "context"
    | "listen"
    | "result"
    | "ready"
    | "lost"
    | "refused"
    | "stopped"
    | "begin"
    | "sound"
    | "words"
    | "call"
    | "finish";
  readonly side: Side;
  readonly index: number;
  readonly pause: number;
}

/** What a schedule comes to, from the first step until long after the last, when everything is well again. */
export function conversationOf(schedule: readonly Step[]) {
  const told: SessionEvent[] = [];
  const faults: string[] = [];
  const notes: string[] = [];
  const results: string[] = [];
  const trace: string[] = [];
  const calls: { callId: string; place: string }[] = [];
  const heardLast: Side[] = [];
  const left: string[] = [];
  let last: Side = "primary";
  let outages = 1;
  let now = 0;
  let isOver = false;
  virtualTime(({ flush }) => {
    const commands$ = new Subject<LinkCommand>();
    const events = { primary: new Subject<SessionEvent>(), fallback: new Subject<SessionEvent>() };
    const spoken = { latest: -1, last: -1, at: new Map<number, number>() };
    const refusedUntil = { primary: 0, fallback: 0 };
    let isOpen = false;
    let typed = 0;
    let speaking: string | undefined;
    let item: string | undefined;
    const fault = (what: string): void => void faults.push(what);
    const modelOf = (side: Side) =>
      gatedModel(
        side,
        () => now,
        fault,
        (event) => {
          trace.push(`${now} <${side} ${event.type}`);
          events[side].next(event);
        },
      );
    const models = { primary: modelOf("primary"), fallback: modelOf("fallback") };
    const open = (side: Side, said$: Observable<LinkCommand>): Observable<SessionEvent> => {
      said$.subscribe((command) => {
        trace.push(`${now} >${side} ${command.type} ${command.type === "send-audio" ? command.frame.pcm[0] : ""}`);
        if (command.type === "note") notes.push(command.text);
        if (isOver && command.type === "user-text") heardLast.push(side);
        if (command.type === "tool-result" && isAnswer(command.output))
          results.push(models[side].place(command.callId));
        models[side].hear(command, now, spoken);
      });
      return defer(() => (events[side] = new Subject()));
    };
    const say = (command: LinkCommand): void => commands$.next(command);
    const close = (cut: boolean): void => {
      if (!isOpen) return;
      isOpen = false;
      say(cut ? { type: "audio-end", cut } : { type: "audio-end" });
    };
    const listen = (event: SessionEvent): void => {
      told.push(event);
      trace.push(`${now} told ${event.type}`);
      if (event.type === "failover") last = event.to;
      if (event.type === "reply-started") speaking = event.replyId;
      if (event.type === "reply-audio") item = event.itemId;
      if (event.type === "tool-call") {
        const side = event.callId.startsWith("fb-") ? "fallback" : "primary";
        const wireId = event.callId.replace(/^fb-/, "").replace(/~\d+$/, "");
        calls.push({ callId: event.callId, place: models[side].place(wireId) });
      }
      // As the wake gate does: it closes with the end of speech, and with the link.
      if (event.type === "speech-stopped" || event.type === "session-lost") close(true);
    };
    const running = answeredOnce(
      commands$,
      { open: (passed$) => bothSides(passed$, { open }, { notice: "NOTICE" }) },
      { answersItself: false },
    ).subscribe(listen);

    const act = ({ what, side, index }: Step): void => {
      const other = models[side];
      // Frames come every 20 ms: where there are none any more, the gate is shut.
      if (now - (spoken.at.get(spoken.last) ?? 0) > 1_000) close(true);
      switch (what) {
        case "frame": {
          if (!isOpen) {
            spoken.latest += 1;
            spoken.last = spoken.latest * SCALE - 1;
          }
          isOpen = true;
          spoken.last += 1;
          spoken.at.set(spoken.last, now);
          return say(audio(spoken.last));
        }
        case "end":
          return close(false);
        case "cut":
          return close(true);
        case "typed":
          say({ type: "user-text", text: `typed-${++typed}` });
          return say({ type: "create-reply" });
        case "cancel":
          return speaking === undefined ? undefined : say({ type: "cancel-reply", replyId: speaking });
        case "truncate":
          return item === undefined ? undefined : say({ type: "truncate", itemId: item, contentIndex: 0, playedMs: 1 });
        case "context":
          return say({ type: "context", key: "k", text: "v" });
        case "listen":
          return say({ type: "listening", addressed: index % 2 === 0 });
        case "result": {
          const callId = calls[index]?.callId;
          if (callId === undefined) return;
          say({ type: "tool-result", callId, output: { status: "done", say: `about ${callId}` } });
          return say({ type: "create-reply" });
        }
        case "ready":
          // What was refused is tried again after five minutes.
          return now < refusedUntil[side] ? undefined : other.ready(now);
        case "lost":
          if (now < refusedUntil[side]) return;
          if (side === "primary" && other.isReady) outages += 1;
          return other.lost();
        case "refused":
          if (now < refusedUntil[side]) return;
          if (side === "primary" && other.isReady) outages += 1;
          other.gone();
          refusedUntil[side] = now + 300_001;
          return events[side].error(new ProviderError("refused", side, "no"));
        case "stopped":
          return other.stopped();
        default:
          return other.isReady ? other[what]() : undefined;
      }
    };
    const step = (pause: number, then: () => void): Observable<unknown> =>
      timer(pause).pipe(
        tap(() => {
          now += pause;
          then();
        }),
      );
    concat(
      ...schedule.map((each) =>
        step(each.pause, () => {
          trace.push(`${now} * ${each.what} ${each.side}`);
          act(each);
        }),
      ),
      step(0, () => close(false)),
      // What was refused has been tried again by then.
      step(301_000, () => {
        for (const side of ["primary", "fallback"] as const) {
          models[side].ready(now);
          models[side].finish();
        }
      }),
      step(120_000, () => {
        isOver = true;
        act({ what: "typed", side: "primary", index: 0, pause: 0 });
      }),
      step(10, () => {
        isOver = false;
        running.unsubscribe();
      }),
    ).subscribe();
    flush();
    left.push(...models.primary.open, ...models.fallback.open);
  });
  return { told, faults, notes, results, calls, heardLast, last, outages, open: left, trace };
}

/** Not one that says that somebody else answers. */
function isAnswer(output: unknown): boolean {
  const status = typeof output === "object" && output !== null && "status" in output ? output.status : undefined;
  return status === "done" || status === "failed";
}
