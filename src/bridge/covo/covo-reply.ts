import type { EngineEvent, MessageItem, Place } from "../../engine/engine-event.ts";
import { act, type CovoState, fail, type Reply, refuse, tell, withItem } from "./covo-state.ts";
import type { Heard } from "./listening.ts";
import { remembered, systemPrompt, unanswered, wordsWithin } from "./prompt.ts";

/** What the model answered. `pcm` is 24 kHz mono, and empty where it did not speak. */
export interface Answer {
  readonly text: string;
  readonly pcm: Int16Array;
}

/** What becomes of a reply, in this order: an answer, its sound piece by piece, its end; or a failure at any time. */
export type ReplyNews = { readonly replyId: string } & (
  | ({ readonly type: "answered" } & Answer)
  | { readonly type: "sound"; readonly pcm: Int16Array }
  | { readonly type: "spoken" }
  | { readonly type: "failed-reply"; readonly message: string }
);

const RATE_HZ = 24_000;
const msOf = (pcm: Int16Array): number => (pcm.length * 1_000) / RATE_HZ;

const SPEECH_ONLY =
  "Covo-Audio answers speech only: what was typed or noted is kept, and goes with the next thing that is spoken";
const MUTE = "Covo-Audio answered without speech: there is only the text of its answer";

/** One thing that the ear says. */
export function afterHearing(state: CovoState, heard: Heard): CovoState {
  switch (heard.type) {
    case "speech-started": {
      const [itemId, next] = withItem(state.config.interrupts ? cancelReply(state, "speech") : state);
      return tell({ ...next, speaking: itemId }, { type: "speech-started", itemId, atMs: heard.atMs });
    }
    case "utterance":
      return state.config.turns === "server" ? answeredTurn(state, heard) : committedTurn(state, heard.pcm);
    case "failed":
      return fail(state, `the bridge cannot hear: ${heard.reason}`);
  }
}

/** The client is told all of it, and answered at once. */
function answeredTurn(state: CovoState, { atMs, pcm }: Heard & { type: "utterance" }): CovoState {
  const { speaking: itemId } = state;
  if (itemId === undefined) return state;
  const told = tell(
    withSound({ ...state, speaking: undefined, appended: false }, itemId, pcm),
    { type: "speech-stopped", itemId, atMs },
    { type: "audio-committed", itemId, previousItemId: undefined },
    {
      type: "item-created",
      item: { type: "message", itemId, role: "user", text: "", spoken: true },
      previousItemId: undefined,
    },
  );
  return state.config.answers ? beginReply(told) : told;
}

function committedTurn(state: CovoState, pcm: Int16Array): CovoState {
  const [itemId, ...awaited] = state.awaited;
  if (itemId === undefined) return state;
  const known = withSound({ ...state, awaited }, itemId, pcm);
  return known.replyDue && awaited.length === 0 ? beginReply({ ...known, replyDue: false }) : known;
}

function withSound(state: CovoState, itemId: string, sound: Int16Array): CovoState {
  if (sound.length === 0) return state;
  return { ...state, said: remembered([...state.said, { itemId, role: "user", text: "", sound, ms: 0 }]) };
}

/** Starts the reply to what was spoken. A running one gives way, so there is never more than one. */
export function beginReply(before: CovoState, eventId?: string, textOnly: boolean = before.config.textOnly): CovoState {
  const state = cancelReply(before, "speech");
  const replyId = `resp_${state.count + 1}`;
  const reply: Reply = { replyId, textOnly, message: undefined };
  const begun = tell({ ...state, count: state.count + 1, reply }, { type: "reply-started", replyId });
  if (unanswered(state.said).every(({ sound }) => sound === undefined)) {
    return endReply(refuse(begun, "unsupported", SPEECH_ONLY, eventId), "failed");
  }
  const notes = state.notes.map(({ text }) => text);
  const system = systemPrompt(state.config.instructions, notes, textOnly);
  return act(begun, { type: "ask", replyId, prompt: { system, said: state.said, textOnly } });
}

type Ending = EngineEvent & { type: "reply-ended" };

/** Of what was being said the model is to remember no more than was sent. */
export function cancelReply(state: CovoState, by: Ending["by"]): CovoState {
  if (state.reply === undefined) return state;
  const { message } = state.reply;
  const said = state.said.map((one) => {
    if (one.itemId !== message?.item.itemId || one.ms <= message.sentMs) return one;
    return { ...one, text: wordsWithin(one.text, message.sentMs / one.ms), ms: message.sentMs };
  });
  return endReply(act({ ...state, said }, { type: "hush" }), "cancelled", by);
}

function endReply(state: CovoState, status: Ending["status"], by?: Ending["by"]): CovoState {
  if (state.reply === undefined) return state;
  const { replyId, message } = state.reply;
  const output = message === undefined ? [] : [message.item];
  return tell({ ...state, reply: undefined }, { type: "reply-ended", replyId, status, output, by });
}

/** News of a reply that is over is nobody's. */
export function afterNews(state: CovoState, news: ReplyNews): CovoState {
  const { reply } = state;
  if (reply?.replyId !== news.replyId) return state;
  switch (news.type) {
    case "answered":
      return afterAnswer(state, reply, news);
    case "sound": {
      if (reply.message === undefined) return state;
      const { place, sentMs } = reply.message;
      const message = { ...reply.message, sentMs: sentMs + msOf(news.pcm) };
      return tell({ ...state, reply: { ...reply, message } }, { type: "reply-audio", place, pcm: news.pcm });
    }
    case "spoken":
      return endReply(withMessageEnd(state, reply), "completed");
    case "failed-reply": {
      // What could not be answered is not asked again: whoever spoke will say it once more.
      const lost = unanswered(state.said);
      const said = state.said.filter((one) => !lost.includes(one));
      return endReply(fail({ ...state, said }, news.message), "failed");
    }
  }
}

function afterAnswer(before: CovoState, reply: Reply, { text, pcm }: Answer): CovoState {
  const [itemId, state] = withItem(before);
  const spoken = !reply.textOnly && pcm.length > 0;
  const item: MessageItem = { type: "message", itemId, role: "assistant", text, spoken };
  const place: Place = { replyId: reply.replyId, itemId, index: 0 };
  const answering: Reply = { ...reply, message: { place, item, sentMs: 0 } };
  const said = [
    ...state.said,
    { itemId, role: "assistant", text, sound: undefined, ms: spoken ? msOf(pcm) : 0 } as const,
  ];
  const begun = tell(
    {
      ...state,
      reply: answering,
      said: remembered(said),
      notes: state.notes.filter(({ once }) => !once),
    },
    { type: "reply-message-started", place, spoken },
    { type: "reply-text", place, spoken, text },
  );
  if (spoken) return act(begun, { type: "speak", replyId: reply.replyId, pcm });
  const ended = withMessageEnd(begun, answering);
  if (reply.textOnly) return endReply(ended, "completed");
  return endReply(fail(ended, MUTE), "failed");
}

function withMessageEnd(state: CovoState, { message }: Reply): CovoState {
  if (message === undefined) return state;
  return tell(state, { type: "reply-message-ended", place: message.place, item: message.item });
}
