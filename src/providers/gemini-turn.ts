import type { ReplyStatus, SessionEvent } from "../session/session-event.ts";

/** Of an utterance or a reply. Past this the beginning must do. */
const MAX_TEXT = 4_096;

/** What is being said, on a wire that gives names to neither utterances nor replies. */
export interface Turns {
  /** Begins all names of this connection. */
  readonly prefix: string;
  count: number;
  /** What the driver says, as far as it is known. `open`: the reply to it has not begun. */
  speech: { readonly itemId: string; readonly text: string; readonly open: boolean } | undefined;
  reply: { readonly replyId: string; readonly text: string } | undefined;
  /** We no longer listen to the running reply, and nobody can be told to stop it. */
  muted: boolean;
}

export function createTurns(prefix: string): Turns {
  return { prefix, count: 0, speech: undefined, reply: undefined, muted: false };
}

/**
 * A piece of what was heard. Pieces come in no order with the reply: one that comes after the reply has begun still
 * belongs to the utterance before it.
 */
export function heard(turns: Turns, piece: string, finished: boolean): readonly SessionEvent[] {
  const late = turns.reply !== undefined && !turns.muted;
  const known = turns.speech?.open || late ? turns.speech : undefined;
  const itemId = known?.itemId ?? nameOf(turns, "speech");
  const text = `${known?.text ?? ""}${piece}`.slice(0, MAX_TEXT);
  const final = finished || late;
  turns.speech = { itemId, text, open: !final };
  return [transcript(turns.speech)];
}

/** The reply that is being said; begins one when there is none, which closes the utterance that it answers. */
export function replying(turns: Turns): { readonly replyId: string; readonly begun: readonly SessionEvent[] } {
  if (turns.reply !== undefined) return { replyId: turns.reply.replyId, begun: [] };
  const replyId = nameOf(turns, "reply");
  turns.reply = { replyId, text: "" };
  return { replyId, begun: [...closeSpeech(turns), { type: "reply-started", replyId }] };
}

export function said(turns: Turns, piece: string): readonly SessionEvent[] {
  const { replyId, begun } = replying(turns);
  turns.reply = { replyId, text: `${turns.reply?.text ?? ""}${piece}`.slice(0, MAX_TEXT) };
  return [...begun, { type: "reply-text", replyId, itemId: replyId, text: piece, final: false }];
}

/** Ends the running reply, if there is one. */
export function endReply(turns: Turns, status: ReplyStatus): readonly SessionEvent[] {
  const { reply } = turns;
  turns.reply = undefined;
  turns.muted = false;
  if (reply === undefined) return closeSpeech(turns);
  const { replyId, text } = reply;
  const whole: readonly SessionEvent[] =
    text === "" ? [] : [{ type: "reply-text", replyId, itemId: replyId, text: text.trim(), final: true }];
  return [...whole, { type: "reply-ended", replyId, status }];
}

function closeSpeech(turns: Turns): readonly SessionEvent[] {
  if (turns.speech?.open !== true) return [];
  turns.speech = { ...turns.speech, open: false };
  return [transcript(turns.speech)];
}

function transcript({ itemId, text, open }: NonNullable<Turns["speech"]>): SessionEvent {
  return { type: "transcript", itemId, text: text.trim(), final: !open };
}

function nameOf(turns: Turns, what: string): string {
  return `${what}_${turns.prefix}_${++turns.count}`;
}
