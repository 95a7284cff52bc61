import {
  connect,
  endWith,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  observeOn,
  queueScheduler,
  scan,
  switchMap,
  takeWhile,
  timer,
} from "rxjs";

import { type AudioFrame, FRAME_MS } from "../audio/audio-frame.ts";
import type { GatedFrame } from "../audio/gated-frame.ts";
import { assertNever } from "../shared/assert-never.ts";

/** 1.5 s: as much as the gate ever keeps from before a wake. */
export const MAX_PRE_ROLL_FRAMES = 1500 / FRAME_MS;

/** `barge-in`: somebody spoke over a reply. `confirmation` and `follow-up` are windows that the agent opens itself. */
export type OpenReason = "wake" | "push-to-talk" | "barge-in" | "confirmation" | "follow-up";
export type CloseReason = "sleep" | "timeout" | "end";

export interface GateOpening {
  readonly reason: OpenReason;
  /** Of a `barge-in`: what was captured before, on the clock of the frames, stays here. Otherwise the pre-roll decides. */
  readonly fromMs?: number;
}

export interface WakeGateOptions {
  /** Opens the gate. While it is open, an opening only starts its limits anew. */
  readonly open$: Observable<GateOpening>;
  /** Closes the gate: the speech has ended, or nobody wants it any more. While it is closed, changes nothing. */
  readonly sleep$: Observable<unknown>;
  /** How many frames from before a wake or push-to-talk go through first, 0 to 75, so that the first word is not clipped. */
  readonly preRollFrames: number;
  /** How long the gate stays open when no sleep comes. Default 30 s. */
  readonly maxOpenMs?: number;
  /** How much sound, pre-roll included, one wake or push-to-talk may let out, its follow-ups and confirmations included. Default 3 min. */
  readonly maxPerWakeMs?: number;
}

/** Spans are numbered from 1; each is one `opened`, its frames in order, and one `closed` (none when the microphone fails). */
export type GateOutput =
  | { readonly type: "opened"; readonly span: number; readonly reason: OpenReason; readonly preRollBytes: number }
  | { readonly type: "audio"; readonly span: number; readonly frame: GatedFrame }
  | { readonly type: "closed"; readonly span: number; readonly reason: CloseReason };

type GateEvent =
  | { readonly type: "frame"; readonly frame: AudioFrame }
  | { readonly type: "open"; readonly opening: GateOpening }
  | { readonly type: "close"; readonly reason: CloseReason };

interface GateLimits {
  readonly preRollFrames: number;
  readonly framesPerWake: number;
}

interface GateState {
  readonly open: boolean;
  /** The newest span's number. */
  readonly span: number;
  readonly preRoll: readonly AudioFrame[];
  /** How many frames the wake in force may still let out. None before the first: no window opens then. */
  readonly framesLeft: number;
  readonly output: readonly GateOutput[];
}

/**
 * Lets audio through only in open spans, and says when they begin and end. Whatever is not in a span stays here: at most
 * the pre-roll, the oldest dropped first. Ends, and fails, with the microphone.
 *
 * @throws RangeError when `preRollFrames` is not a whole number from 0 to 75, or leaves nothing of `maxPerWakeMs`
 */
export function wakeGate(options: WakeGateOptions): OperatorFunction<AudioFrame, GateOutput> {
  const { open$, sleep$, preRollFrames, maxOpenMs = 30_000, maxPerWakeMs = 180_000 } = options;
  const limits = checked({ preRollFrames, framesPerWake: Math.floor(maxPerWakeMs / FRAME_MS) });
  const shut: GateState = { open: false, span: 0, preRoll: [], framesLeft: 0, output: [] };

  return (frames$) =>
    // Openings are merged first: a frame in the same instant as a wake belongs to the open gate.
    merge(
      open$.pipe(connect((opening$) => merge(opening$.pipe(map(toOpen)), opening$.pipe(timeouts(maxOpenMs))))),
      sleep$.pipe(map(() => close("sleep"))),
      frames$.pipe(map(toFrame), endWith(close("end"))),
    ).pipe(
      // An opening or sleep that somebody downstream fires while being told something waits until all of it is told.
      observeOn(queueScheduler),
      takeWhile((event) => event.type !== "close" || event.reason !== "end", true),
      scan((state, event) => nextState(state, event, limits), shut),
      mergeMap((state) => state.output),
    );
}

function checked(limits: GateLimits): GateLimits {
  const { preRollFrames, framesPerWake } = limits;
  if (!Number.isInteger(preRollFrames) || preRollFrames < 0 || preRollFrames > MAX_PRE_ROLL_FRAMES) {
    throw new RangeError(
      `preRollFrames is ${preRollFrames}; it must be a whole number from 0 to ${MAX_PRE_ROLL_FRAMES}`,
    );
  }
  if (framesPerWake <= preRollFrames) throw new RangeError("maxPerWakeMs must be longer than the pre-roll");
  return limits;
}

function timeouts(afterMs: number): OperatorFunction<unknown, GateEvent> {
  return (opening$) =>
    opening$.pipe(
      switchMap(() => timer(afterMs)),
      map(() => close("timeout")),
    );
}

function nextState(state: GateState, event: GateEvent, limits: GateLimits): GateState {
  switch (event.type) {
    case "open":
      return opened(state, event.opening, limits);
    case "frame":
      return state.open ? passed(state, event.frame) : kept(state, event.frame, limits);
    case "close":
      return state.open ? closed(state, event.reason) : { ...state, output: [] };
    default:
      return assertNever(event, "gate event");
  }
}

function opened(state: GateState, { reason, fromMs = -Infinity }: GateOpening, limits: GateLimits): GateState {
  const asked = reason === "wake" || reason === "push-to-talk";
  const framesLeft = asked ? limits.framesPerWake : state.framesLeft;
  if (state.open || framesLeft === 0) return { ...state, framesLeft, output: [] };

  const span = state.span + 1;
  // What came before a window that the agent opens itself was the agent's own voice.
  const isWindow = reason === "confirmation" || reason === "follow-up";
  const before = isWindow ? [] : state.preRoll.filter(({ capturedAt }) => capturedAt >= fromMs);
  const preRoll = before.slice(-framesLeft);
  const preRollBytes = preRoll.reduce((bytes, frame) => bytes + frame.pcm.byteLength, 0);
  const output: GateOutput[] = [
    { type: "opened", span, reason, preRollBytes },
    ...preRoll.map((frame) => audio(span, frame)),
  ];
  return { open: true, span, preRoll: [], framesLeft: framesLeft - preRoll.length, output };
}

function passed(state: GateState, frame: AudioFrame): GateState {
  const framesLeft = state.framesLeft - 1;
  const output = [audio(state.span, frame)];
  if (framesLeft > 0) return { ...state, framesLeft, output };
  return {
    ...state,
    open: false,
    framesLeft,
    output: [...output, { type: "closed", span: state.span, reason: "timeout" }],
  };
}

function kept(state: GateState, frame: AudioFrame, { preRollFrames }: GateLimits): GateState {
  if (preRollFrames === 0) return { ...state, output: [] };
  const preRoll = state.preRoll.slice(Math.max(0, state.preRoll.length - preRollFrames + 1));
  preRoll.push(frame);
  return { ...state, preRoll, output: [] };
}

function closed(state: GateState, reason: CloseReason): GateState {
  return { ...state, open: false, output: [{ type: "closed", span: state.span, reason }] };
}

function toOpen(opening: GateOpening): GateEvent {
  return { type: "open", opening };
}

function toFrame(frame: AudioFrame): GateEvent {
  return { type: "frame", frame };
}

function audio(span: number, frame: AudioFrame): GateOutput {
  return { type: "audio", span, frame: frame as GatedFrame };
}

function close(reason: CloseReason): GateEvent {
  return { type: "close", reason };
}
