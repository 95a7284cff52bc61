import {
  concat,
  connect,
  distinctUntilChanged,
  EMPTY,
  endWith,
  interval,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  scan,
  switchMap,
  type TimestampProvider,
} from "rxjs";

import type { PlaybackEvent } from "../audio/playback-event.ts";
import type { VoiceEvent } from "../audio/voice-event.ts";
import { assertNever } from "../shared/assert-never.ts";

/** What to do about somebody who speaks while a reply is heard. */
export type BargeInDecision =
  /** Somebody speaks: be silent until it is known whether they mean it. */
  | { readonly type: "pause" }
  /** They did not: go on. */
  | { readonly type: "resume" }
  /** They do, since `onsetAtMs` on the clock of the frames: the reply is over, listen. */
  | { readonly type: "interrupt"; readonly onsetAtMs: number };

export interface BargeInInputs {
  /** Subscribed only while a reply is heard. */
  readonly voice$: Observable<VoiceEvent>;
  readonly playback$: Observable<PlaybackEvent>;
}

export interface BargeInOptions {
  /** So much speech takes the turn. Default 300 ms. */
  readonly decideMs?: number;
  /** So much quiet lets the reply go on. Default 200 ms. */
  readonly quietMs?: number;
  /** A pause lasts no longer than this, whatever is heard. Default 2 s. */
  readonly maxHoldMs?: number;
  /** All pauses of one reply together; then it is played on, and only speech long enough to take the turn ends it. Default 4 s. */
  readonly maxHeldPerReplyMs?: number;
  /** Default: the process's monotonic clock, which is that of the frames. */
  readonly clock?: TimestampProvider;
}

export type BargeInLimits = Required<Omit<BargeInOptions, "clock">>;

export const BARGE_IN: BargeInLimits = { decideMs: 300, quietMs: 200, maxHoldMs: 2_000, maxHeldPerReplyMs: 4_000 };

/** A reply that waits until it is known who is speaking. */
interface Hold {
  readonly sinceMs: number;
  /** When the speech ended, if it has. */
  readonly quietSinceMs: number | undefined;
}

export interface BargeIn {
  /** Replies that are heard: the device is given the next one a little before the last has ended. */
  readonly playing: readonly string[];
  /** When the speech that goes on began, on the clock of the frames. */
  readonly onsetAtMs: number | undefined;
  readonly hold: Hold | undefined;
  /** How long the newest reply has been held before. */
  readonly heldMs: number;
  readonly output: readonly BargeInDecision[];
}

export const UNDISTURBED: BargeIn = { playing: [], onsetAtMs: undefined, hold: undefined, heldMs: 0, output: [] };

/** What moves it on; `voice-lost` when the detector hears nothing any more. */
export type BargeInEvent = PlaybackEvent | VoiceEvent | { readonly type: "tick" } | { readonly type: "voice-lost" };

/** Between two looks at the clock: how late the end of a pause may be. */
const TICK_MS = 20;

/**
 * Decides about speech over a reply: pause at once, interrupt when it lasts, resume when it does not. Every `pause` is
 * followed by exactly one `resume`, after `maxHoldMs` at the latest, or by the end of what was paused. The decisions
 * must reach the playback that is listened to. Completes with the playback.
 */
export function bargeIn(options: BargeInOptions = {}): (inputs: BargeInInputs) => Observable<BargeInDecision> {
  const { clock = performance, ...others } = options;
  const limits = { ...BARGE_IN, ...others };
  return ({ voice$, playback$ }) => {
    const listening$ = concat(voice$, of<BargeInEvent>({ type: "voice-lost" }));
    const ticks$ = interval(TICK_MS).pipe(map((): BargeInEvent => ({ type: "tick" })));
    return playback$.pipe(
      connect((shared$) => merge(shared$, shared$.pipe(whilePlaying(merge(listening$, ticks$))))),
      scan((state, event: BargeInEvent) => nextBargeIn(state, event, clock.now(), limits), UNDISTURBED),
      mergeMap(({ output }) => output),
    );
  };
}

function whilePlaying(events$: Observable<BargeInEvent>): OperatorFunction<PlaybackEvent, BargeInEvent> {
  return (playback$) =>
    playback$.pipe(
      scan(nowPlaying, [] as readonly string[]),
      map((playing) => playing.length > 0),
      endWith(false),
      distinctUntilChanged(),
      switchMap((isPlaying) => (isPlaying ? events$ : EMPTY)),
    );
}

/** The table: what each event changes, and in `output` what is to be done. */
export function nextBargeIn(before: BargeIn, event: BargeInEvent, nowMs: number, limits: BargeInLimits): BargeIn {
  const state = before.output.length > 0 ? { ...before, output: [] } : before;
  switch (event.type) {
    case "started":
      return { ...state, playing: nowPlaying(state.playing, event), heldMs: 0 };
    case "finished":
      return released({ ...state, playing: nowPlaying(state.playing, event) }, nowMs);
    case "interrupted":
      return UNDISTURBED;
    case "onset":
      return state.playing.length === 0 ? state : begun(state, event.atMs, nowMs, limits);
    case "voiced":
      return spoken(state, event.ms, event.atMs, limits);
    case "offset":
      return ended(spoken(state, event.speechMs, event.atMs, limits), event.atMs, nowMs);
    case "voice-lost":
      return state.hold === undefined ? state : resumed(state, nowMs);
    case "tick":
      return isOver(state, nowMs, limits) ? resumed(state, nowMs) : state;
    case "played":
    case "dropped":
    case "paused":
    case "resumed":
      return state;
    default:
      return assertNever(event, "barge-in event");
  }
}

function nowPlaying(playing: readonly string[], event: PlaybackEvent): readonly string[] {
  switch (event.type) {
    case "started":
      return [...playing, event.replyId];
    case "finished":
      return playing.filter((replyId) => replyId !== event.replyId);
    case "interrupted":
      return [];
    default:
      return playing;
  }
}

/** A reply that was all heard is held no longer: the next one must not wait for it. */
function released(state: BargeIn, nowMs: number): BargeIn {
  if (state.playing.length > 0) return state;
  return state.hold === undefined ? UNDISTURBED : { ...UNDISTURBED, output: resumed(state, nowMs).output };
}

/** The first onset pauses; another one within the pause only says that it is not quiet. */
function begun(state: BargeIn, onsetAtMs: number, nowMs: number, limits: BargeInLimits): BargeIn {
  if (state.hold !== undefined) return { ...state, onsetAtMs, hold: { ...state.hold, quietSinceMs: undefined } };
  const isTooShortToDecide = limits.maxHeldPerReplyMs - state.heldMs < limits.decideMs;
  if (isTooShortToDecide) return { ...state, onsetAtMs };
  return { ...state, onsetAtMs, hold: { sinceMs: nowMs, quietSinceMs: undefined }, output: [{ type: "pause" }] };
}

function spoken(state: BargeIn, speechMs: number, atMs: number, { decideMs }: BargeInLimits): BargeIn {
  if (speechMs < decideMs || state.playing.length === 0) return state;
  return { ...UNDISTURBED, output: [{ type: "interrupt", onsetAtMs: state.onsetAtMs ?? atMs - speechMs }] };
}

function ended(state: BargeIn, atMs: number, nowMs: number): BargeIn {
  if (state.hold === undefined) return { ...state, onsetAtMs: undefined };
  return { ...state, onsetAtMs: undefined, hold: { ...state.hold, quietSinceMs: Math.min(atMs, nowMs) } };
}

function isOver({ hold, heldMs }: BargeIn, nowMs: number, limits: BargeInLimits): boolean {
  if (hold === undefined) return false;
  const holdMs = nowMs - hold.sinceMs;
  const isQuiet = hold.quietSinceMs !== undefined && nowMs - hold.quietSinceMs >= limits.quietMs;
  return isQuiet || holdMs >= Math.min(limits.maxHoldMs, limits.maxHeldPerReplyMs - heldMs);
}

function resumed(state: BargeIn, nowMs: number): BargeIn {
  const heldMs = state.heldMs + nowMs - (state.hold?.sinceMs ?? nowMs);
  return { ...state, hold: undefined, heldMs, output: [{ type: "resume" }] };
}
