import { timer } from "rxjs";

import type { LinkCommand } from "../../../src/session/link-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";

type Side = "primary" | "fallback";

/** An utterance is named by its number, a frame by that and its place. */
export const SCALE = 200;

/** A link with a response gate, and a model that answers each wish that it was told as a whole when it is made to. */
export function gatedModel(
  side: Side,
  clock: () => number,
  fault: (what: string) => void,
  emit: (event: SessionEvent) => void,
) {
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
