import { concat, defer, type Observable, Subject, tap, timer } from "rxjs";

import { answeredOnce } from "../../../src/session/answered-once.ts";
import { bothSides } from "../../../src/session/both-sides.ts";
import type { LinkCommand } from "../../../src/session/link-command.ts";
import { ProviderError } from "../../../src/session/provider-error.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import { audio } from "../../support/session.ts";
import { virtualTime } from "../../support/virtual-time.ts";

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

/** An utterance is named by its number, a frame by that and its place. */
const SCALE = 200;

/** A link with a response gate, and a model that answers each wish that it was told as a whole when it is made to. */
function model(side: Side, clock: () => number, fault: (what: string) => void, emit: (event: SessionEvent) => void) {
  let link = 0;
  let isReady = false;
  let readyAt = 0;
  let replies = 0;
  let calls = 0;
  let reply: { id: string; wish: string | undefined; muted: boolean } | undefined;
  let buffer: number[] = [];
  let wishes: { name: string; at: number }[] = [];
  const open = new Set<string>();
  const gone = (): void => {
    [isReady, reply, buffer, wishes] = [false, undefined, [], []];
    open.clear();
  };
  const finish = (status: "completed" | "cancelled"): void => {
    const ended = reply;
    reply = undefined;
    if (ended !== undefined) emit({ type: "reply-ended", replyId: ended.id, status });
  };
  const understood = (last: number | undefined): void => {
    if (buffer.length === 0) return;
    const first = buffer[0] ?? 0;
    const whole = buffer.every((each, at) => each === first + at) && first % SCALE === 0;
    const complete = last === undefined || buffer.at(-1) === last;
    if (!whole || !complete) fault(`${side} understood half a sentence: ${buffer.join()}`);
    wishes.push({ name: `spoken-${Math.floor(first / SCALE)}`, at: clock() });
    buffer = [];
  };
  const begin = (): void => {
    if (!isReady || reply !== undefined) return;
    // What it has not answered for half a minute it will not answer.
    wishes = wishes.filter(({ at }) => clock() - at < 30_000);
    reply = { id: `r${++replies}`, wish: wishes.shift()?.name, muted: false };
    emit({ type: "reply-started", replyId: reply.id });
  };
  return {
    get isReady() {
      return isReady;
    },
    get open() {
      return [...open].map((id) => `${side} ${id}`);
    },
    place: (wireId: string): string => `${side}/${link}/${wireId}`,
    get link() {
      return link;
    },
    ready: (now: number): void => {
      if (isReady) return;
      [isReady, readyAt] = [true, now];
      link += 1;
      calls = 0;
      emit({ type: "session-ready" });
    },
    lost: (): void => {
      gone();
      emit({ type: "session-lost", reason: "gone", retryInMs: 100 });
    },
    gone,
    begin,
    sound: (): void => {
      begin();
      if (reply?.muted !== false) return;
      const { id: replyId } = reply;
      emit({ type: "reply-audio", replyId, itemId: `i-${replyId}`, contentIndex: 0, pcm: new Int16Array(240) });
    },
    words: (): void => {
      begin();
      if (reply?.muted !== false) return;
      emit({ type: "reply-text", replyId: reply.id, itemId: `i-${reply.id}`, text: "so", final: false });
    },
    call: (): void => {
      begin();
      if (reply?.muted !== false) return;
      const callId = `c${++calls}`;
      open.add(callId);
      emit({ type: "tool-call", replyId: reply.id, callId, name: "window_set", args: reply.wish });
    },
    finish: () => finish("completed"),
    stopped: (): void => {
      if (!isReady || buffer.length === 0) return;
      understood(undefined);
      emit({ type: "speech-stopped" });
    },
    hear: (command: LinkCommand, now: number, spoken: { latest: number; last: number; at: Map<number, number> }) => {
      const isMatter = command.type === "send-audio" || command.type === "user-text" || command.type === "note";
      if (!isReady && isMatter) fault(`${command.type} was sent to the ${side}, which is not there`);
      if (!isReady) return;
      switch (command.type) {
        case "send-audio": {
          const mark = command.frame.pcm[0] ?? 0;
          const at = spoken.at.get(mark) ?? 0;
          if (Math.floor(mark / SCALE) !== spoken.latest) fault(`${side} hears a former utterance`);
          if (buffer.length > 0 && mark <= (buffer.at(-1) ?? 0)) fault(`${side} hears audio out of order`);
          if (now - at > 2_000 && readyAt > at && side === "primary") fault("old audio went into a new session");
          const ageMs = now - (spoken.at.get(spoken.last) ?? 0);
          if (ageMs > 11_000) fault(`${side} hears a sentence that ended ${ageMs} ms ago`);
          buffer.push(mark);
          return;
        }
        case "audio-end":
          if (command.cut === true) buffer = [];
          else understood(spoken.last);
          return;
        case "user-text":
          wishes.push({ name: command.text, at: now });
          return;
        case "cancel-reply": {
          if (reply?.id !== command.replyId || reply.muted) return;
          reply.muted = true;
          const cancelled = reply;
          timer(50).subscribe(() => reply === cancelled && finish("cancelled"));
          return;
        }
        case "tool-result":
          open.delete(command.callId);
          return;
        default:
      }
    },
  };
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
      model(
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
