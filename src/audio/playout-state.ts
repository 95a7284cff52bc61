import { SPEAKER_RATE_HZ } from "./audio-frame.ts";
import type { PlaybackEvent } from "./playback-event.ts";

export interface Item {
  readonly replyId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

export interface Segment extends Item {
  readonly pcm: Int16Array;
}

/** A segment in the device's hands. `atMs` is when its first sample is heard. */
export interface Handed extends Segment {
  readonly atMs: number;
}

export interface Ledger extends Item {
  readonly enqueued: number;
  readonly played: number;
}

export interface Reply {
  readonly replyId: string;
  readonly started: boolean;
  readonly ended: boolean;
}

/** All that playback knows. */
export interface Playout {
  readonly waiting: readonly Segment[];
  readonly handed: readonly Handed[];
  readonly items: readonly Ledger[];
  readonly replies: readonly Reply[];
  readonly ignored: readonly { readonly replyId: string; readonly untilMs: number }[];
  /** Nothing is handed to the device. */
  readonly paused: boolean;
  /** When the last sample handed over will have been heard. */
  readonly heardUntilMs: number;
  /** What to do now: the output of the last step. */
  readonly flush: boolean;
  readonly writes: readonly Int16Array[];
  readonly events: readonly PlaybackEvent[];
}

export const SILENT: Playout = {
  waiting: [],
  handed: [],
  items: [],
  replies: [],
  ignored: [],
  paused: false,
  heardUntilMs: 0,
  flush: false,
  writes: [],
  events: [],
};

/** The moment of a step, and what the device says then. In a `fast` one samples are heard as they are handed over. */
export interface Moment {
  readonly nowMs: number;
  readonly latencyMs: number;
  readonly fast: boolean;
}

export function isSame(one: Item, other: Item): boolean {
  return one.replyId === other.replyId && one.itemId === other.itemId && one.contentIndex === other.contentIndex;
}

export function msOf(samples: number): number {
  return (samples * 1000) / SPEAKER_RATE_HZ;
}

/** Whole samples in a time; a hair is added so that 40 ms made of tenths are still 960 samples. */
export function samplesIn(ms: number): number {
  return Math.floor((ms * SPEAKER_RATE_HZ) / 1000 + 0.001);
}
