import { distinctUntilChanged, map, type OperatorFunction, of, switchMap, timer } from "rxjs";

import { SPEAKER_RATE_HZ } from "../audio/audio-frame.ts";
import type { LinkCommand } from "./link-command.ts";
import type { LinkEvent } from "./link-event.ts";

/** What goes on in a conversation, as far as its link knows. */
export interface Activity {
  /** The microphone is open. */
  readonly hearing: boolean;
  readonly speaking: boolean;
  readonly replyId: string | undefined;
  readonly openCalls: readonly string[];
  /** Something was asked and no reply has begun. */
  readonly owed: boolean;
  /** The sound of the newest reply, which may still be heard. */
  readonly samples: number;
}

export const NO_ACTIVITY: Activity = {
  hearing: false,
  speaking: false,
  replyId: undefined,
  openCalls: [],
  owed: false,
  samples: 0,
};

export function nextActivity(now: Activity, input: LinkCommand | LinkEvent): Activity {
  switch (input.type) {
    case "send-audio":
      return now.hearing ? now : { ...now, hearing: true };
    case "audio-end":
      return { ...now, hearing: false, speaking: false };
    case "speech-started":
      return { ...now, speaking: true };
    case "speech-stopped":
      return { ...now, speaking: false, owed: true };
    case "user-text":
    case "note":
    case "create-reply":
      return { ...now, owed: true };
    case "reply-started":
      return { ...now, replyId: input.replyId, owed: false, samples: 0 };
    case "reply-audio":
      return { ...now, samples: now.samples + input.pcm.length };
    case "reply-ended":
      return { ...now, replyId: undefined };
    case "tool-call":
      return { ...now, openCalls: [...now.openCalls, input.callId] };
    case "tool-result":
      return { ...now, openCalls: now.openCalls.filter((callId) => callId !== input.callId) };
    case "calls-withdrawn":
      return { ...now, openCalls: now.openCalls.filter((callId) => !input.callIds.includes(callId)) };
    case "session-lost":
      return NO_ACTIVITY;
    default:
      return now;
  }
}

/** Nobody has said anything for so long, and what was said has been heard. */
const PEACE_MS = 2_000;
/** A reply that is owed and has not come in this time will not come. */
const OWED_MS = 15_000;

/** Whether it is a moment that nobody would be disturbed in. */
export function quiet(): OperatorFunction<Activity, boolean> {
  return (activity$) =>
    activity$.pipe(
      map(peaceOf),
      distinctUntilChanged(),
      switchMap((ms) => (ms === undefined ? of(false) : timer(ms).pipe(map(() => true)))),
      distinctUntilChanged(),
    );
}

/** How long nothing may happen until it is quiet; nothing while something goes on. */
function peaceOf({ hearing, speaking, replyId, openCalls, owed, samples }: Activity): number | undefined {
  if (hearing || speaking || replyId !== undefined || openCalls.length > 0) return undefined;
  return owed ? OWED_MS : PEACE_MS + (samples * 1_000) / SPEAKER_RATE_HZ;
}
