import type { PlaybackCommand, PlaybackEvent, PlayedItem } from "./playback-event.ts";
import {
  isSame,
  type Ledger,
  type Moment,
  msOf,
  type Playout,
  type Segment,
  SILENT,
  samplesIn,
} from "./playout-state.ts";

/** A reply is kept whole up to here, however fast it comes: cutting it would lose words. */
const MAX_REPLY_MS = 60_000;
/** What waits behind the reply that is being played; older than this nobody wants to hear it. */
const MAX_BEHIND_MS = 10_000;
const IGNORE_INTERRUPTED_MS = 10_000;

/** What a command changes, before the device is given anything. */
export function carryOut(playout: Playout, command: PlaybackCommand, moment: Moment): Playout {
  switch (command.type) {
    case "enqueue":
      return isIgnored(playout, command.replyId, moment) ? playout : enqueue(playout, command);
    case "end-of-reply":
      return endOfReply(playout, command.replyId, moment);
    case "pause":
      return playout.paused || playout.replies.length === 0 ? playout : pause(playout);
    case "resume":
      return playout.paused ? { ...playout, paused: false, events: [...playout.events, { type: "resumed" }] } : playout;
    case "interrupt":
      return interrupt(playout, moment);
  }
}

function enqueue(playout: Playout, { replyId, itemId, contentIndex, pcm }: Segment): Playout {
  const kept = pcm.slice(0, Math.max(0, roomFor(playout, replyId)));
  const dropped = pcm.length - kept.length;
  const events: PlaybackEvent[] = dropped > 0 ? [{ type: "dropped", replyId, samples: dropped }] : [];
  if (kept.length === 0) return { ...playout, events: [...playout.events, ...events] };

  const item = { replyId, itemId, contentIndex };
  const known = playout.items.some((other) => isSame(other, item));
  const items = known ? playout.items : [...playout.items, { ...item, enqueued: 0, played: 0 }];
  return {
    ...withReply(playout, replyId),
    waiting: [...playout.waiting, { ...item, pcm: kept }],
    items: items.map((other) => (isSame(other, item) ? { ...other, enqueued: other.enqueued + kept.length } : other)),
    events: [...playout.events, ...events],
  };
}

function roomFor({ waiting, handed, items }: Playout, replyId: string): number {
  const inReply = sum(items.filter((item) => item.replyId === replyId).map((item) => item.enqueued));
  const playing = (handed[0] ?? waiting[0])?.replyId ?? replyId;
  const behind = sum(waiting.filter((segment) => segment.replyId !== playing).map(({ pcm }) => pcm.length));
  const inReplyRoom = samplesIn(MAX_REPLY_MS) - inReply;
  return playing === replyId ? inReplyRoom : Math.min(inReplyRoom, samplesIn(MAX_BEHIND_MS) - behind);
}

function endOfReply(playout: Playout, replyId: string, moment: Moment): Playout {
  if (isIgnored(playout, replyId, moment)) {
    return { ...playout, ignored: playout.ignored.filter((other) => other.replyId !== replyId) };
  }
  const known = withReply(playout, replyId);
  const replies = known.replies.map((reply) => (reply.replyId === replyId ? { ...reply, ended: true } : reply));
  return { ...known, replies };
}

/** What the device holds waits again, in front of everything else. */
function pause(playout: Playout): Playout {
  return {
    ...playout,
    waiting: [...playout.handed, ...playout.waiting],
    handed: [],
    paused: true,
    heardUntilMs: 0,
    flush: true,
    events: [...playout.events, { type: "paused", items: unfinishedItems(playout) }],
  };
}

function interrupt(playout: Playout, { nowMs }: Moment): Playout {
  const ignored = [
    ...playout.ignored.filter(({ untilMs }) => untilMs > nowMs),
    ...openReplies(playout).map((replyId) => ({ replyId, untilMs: nowMs + IGNORE_INTERRUPTED_MS })),
  ];
  const events: PlaybackEvent[] = [...playout.events, { type: "interrupted", items: unfinishedItems(playout) }];
  return { ...SILENT, ignored, flush: true, events };
}

/** Not heard to their end, or to whose end more could come. */
function unfinishedItems(playout: Playout): readonly PlayedItem[] {
  const open = openReplies(playout);
  const mayGrow = (item: Ledger): boolean =>
    open.includes(item.replyId) && lastOf(playout.items, item.replyId) === item;
  return playout.items.filter((item) => item.played < item.enqueued || mayGrow(item)).map(playedItem);
}

function openReplies({ replies }: Playout): readonly string[] {
  return replies.filter(({ ended }) => !ended).map(({ replyId }) => replyId);
}

function withReply(playout: Playout, replyId: string): Playout {
  if (playout.replies.some((reply) => reply.replyId === replyId)) return playout;
  return { ...playout, replies: [...playout.replies, { replyId, started: false, ended: false }] };
}

function isIgnored({ ignored }: Playout, replyId: string, { nowMs }: Moment): boolean {
  return ignored.some((other) => other.replyId === replyId && other.untilMs > nowMs);
}

function lastOf(items: readonly Ledger[], replyId: string): Ledger | undefined {
  return items.findLast((item) => item.replyId === replyId);
}

function playedItem({ replyId, itemId, contentIndex, played }: Ledger): PlayedItem {
  return { replyId, itemId, contentIndex, playedMs: Math.round(msOf(played)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
