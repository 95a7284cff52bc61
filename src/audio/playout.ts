import type { PlaybackCommand, PlaybackEvent } from "./playback-event.ts";
import { carryOut } from "./playout-commands.ts";
import {
  type Handed,
  isSame,
  type Moment,
  msOf,
  type Playout,
  type Reply,
  type Segment,
  samplesIn,
} from "./playout-state.ts";

/** The device is filled up to `full` whenever it holds less than `low`; the timer may be late by the lower of them. */
const AHEAD_MS = { low: 80, full: 100 };
const TICK_MS = 20;

/** What has been heard is settled first, then the command is carried out, then the device gets what it may have. */
export function nextPlayout(before: Playout, command: PlaybackCommand | undefined, moment: Moment): Playout {
  const settled = settle({ ...before, flush: false, writes: [], events: [] }, moment);
  const commanded = command === undefined ? settled : carryOut(settled, command, moment);
  return finish(settle(handOver(commanded, moment), moment));
}

/** When the next step is due; nothing when all has been heard, or nothing may be. */
export function nextStepInMs(
  { waiting, handed, paused, heardUntilMs }: Playout,
  { nowMs, latencyMs }: Moment,
): number | undefined {
  if (paused || (waiting.length === 0 && handed.length === 0)) return undefined;
  const dueMs = waiting.length > 0 ? heardUntilMs - latencyMs - AHEAD_MS.low : heardUntilMs;
  return Math.max(1, Math.min(TICK_MS, dueMs - nowMs));
}

/** Moves samples whose time has come from the device to the past. */
function settle(playout: Playout, { nowMs, fast }: Moment): Playout {
  if (playout.handed.length === 0) return playout;
  const handed: Handed[] = [];
  const events: PlaybackEvent[] = [];
  let items = playout.items;
  for (const segment of playout.handed) {
    const heard = fast ? segment.pcm.length : Math.min(segment.pcm.length, samplesIn(nowMs - segment.atMs));
    if (heard > 0) {
      events.push({ type: "played", block: segment.pcm.subarray(0, heard), atMs: segment.atMs });
      items = items.map((item) => (isSame(item, segment) ? { ...item, played: item.played + heard } : item));
    }
    const rest = segment.pcm.subarray(Math.max(0, heard));
    if (rest.length > 0) handed.push({ ...segment, pcm: rest, atMs: segment.atMs + Math.max(0, msOf(heard)) });
  }
  return { ...playout, handed, items, events: [...playout.events, ...events] };
}

function handOver(playout: Playout, { nowMs, latencyMs, fast }: Moment): Playout {
  if (playout.paused || playout.waiting.length === 0) return playout;
  const aheadMs = Math.max(0, playout.heardUntilMs - latencyMs - nowMs);
  if (!fast && aheadMs > AHEAD_MS.low) return playout;

  let room = fast ? Number.POSITIVE_INFINITY : samplesIn(AHEAD_MS.full - aheadMs);
  let heardUntilMs = playout.heardUntilMs;
  const waiting: Segment[] = [];
  const given: Handed[] = [];
  for (const segment of playout.waiting) {
    const pcm = segment.pcm.subarray(0, room);
    room -= pcm.length;
    if (pcm.length < segment.pcm.length) waiting.push({ ...segment, pcm: segment.pcm.subarray(pcm.length) });
    if (pcm.length === 0) continue;
    const atMs = fast ? nowMs : Math.max(nowMs + latencyMs, heardUntilMs);
    heardUntilMs = fast ? nowMs : atMs + msOf(pcm.length);
    given.push({ ...segment, pcm, atMs });
  }
  const isGiven = ({ replyId }: Reply): boolean => given.some((segment) => segment.replyId === replyId);
  const starting = playout.replies.filter((reply) => !reply.started && isGiven(reply));
  const events = starting.map(({ replyId }): PlaybackEvent => ({ type: "started", replyId, atMs: nowMs }));
  const started = (reply: Reply): Reply => (starting.includes(reply) ? { ...reply, started: true } : reply);
  return {
    ...playout,
    waiting,
    handed: [...playout.handed, ...given],
    replies: starting.length > 0 ? playout.replies.map(started) : playout.replies,
    heardUntilMs,
    writes: given.map(({ pcm }) => pcm),
    events: [...playout.events, ...events],
  };
}

/** A reply whose end never came is over when all of it has been heard and a later one has started. */
function finish(playout: Playout): Playout {
  const mayBeDone = playout.replies.length > 1 || playout.replies.some(({ ended }) => ended);
  if (!mayBeDone) return playout;
  const sounding = new Set([...playout.waiting, ...playout.handed].map((segment) => segment.replyId));
  const lastStarted = playout.replies.findLastIndex((reply) => reply.started);
  const done = playout.replies.filter(
    ({ replyId, ended }, index) => (ended || index < lastStarted) && !sounding.has(replyId),
  );
  if (done.length === 0) return playout;
  const isDone = (other: { replyId: string }): boolean => done.some(({ replyId }) => replyId === other.replyId);
  return {
    ...playout,
    items: playout.items.filter((item) => !isDone(item)),
    replies: playout.replies.filter((reply) => !isDone(reply)),
    events: [...playout.events, ...done.map(({ replyId }): PlaybackEvent => ({ type: "finished", replyId }))],
  };
}
