import { z } from "zod";

import type { ClientMessage, ClientRequest } from "../../engine/engine-event.ts";
import { beginReply, cancelReply } from "./covo-reply.ts";
import { act, type CovoState, refuse, tell, VOICE, withItem } from "./covo-state.ts";
import { remembered, wordsWithin } from "./prompt.ts";

/** System messages that one session keeps; the oldest are forgotten first. */
const MAX_NOTES = 32;
/** What marks a system message as one for the driver: it is told once. */
const FOR_THE_DRIVER = /^tell the driver: /i;

/** One request of the client. What cannot be done is refused with the words that StepFun uses. */
export function afterRequest(state: CovoState, { request, eventId }: ClientMessage): CovoState {
  switch (request.type) {
    case "configure":
      return configured(state, request);
    // What a client tells the embedded engine about itself concerns nobody here.
    case "context":
      return state;
    case "append-audio":
      return act({ ...state, appended: true }, { type: "append", pcm: request.pcm });
    case "commit-audio":
      return committed(state, eventId);
    case "clear-audio": {
      const cleared = { ...state, appended: false, speaking: undefined };
      return tell(act(cleared, { type: "clear" }), { type: "audio-cleared" });
    }
    case "add-message":
      return withMessage(state, request);
    case "add-call":
      return refuse(state, "unsupported", "this model has no tools: it is not told of calls", eventId);
    case "add-output":
      return refuse(state, "unknown-call", `no function call ${request.callId} waits for an output`, eventId);
    case "retrieve-item":
      return refuse(state, "unsupported", "items cannot be retrieved: keep what you were told of them", eventId);
    case "delete-item":
      return withoutItem(state, request.itemId, eventId);
    case "truncate-item":
      return truncated(state, request, eventId);
    case "create-reply":
      if (state.reply !== undefined) return refuse(state, "reply-active", "ongoing response already exists", eventId);
      return state.awaited.length > 0 ? { ...state, replyDue: true } : beginReply(state, eventId, request.textOnly);
    case "cancel-reply":
      return state.reply === undefined
        ? refuse(state, "nothing-to-cancel", "no ongoing response to cancel", eventId)
        : cancelReply(state, "client");
    case "hush":
      return cancelReply(state, "client");
    case "unreadable":
      return refuse(state, request.unsupported ? "unsupported" : "unreadable", request.problem, eventId);
  }
}

/** The shortest pause ends no word, the longest still ends a turn. */
const silence = z.number().min(100).max(2_000);
const prefix = z.number().min(0).max(2_000);
const wireTiming = z.object({
  turn_detection: z
    .object({
      silence_duration_ms: silence.optional().catch(undefined),
      prefix_padding_ms: prefix.optional().catch(undefined),
    })
    .nullable()
    .catch(null),
});

/** Voice and tools are told back as they are, not as they were asked for. */
function configured(state: CovoState, { patch, wire }: ClientRequest & { type: "configure" }): CovoState {
  const config = { ...state.config, ...patch, voice: VOICE, tools: [], extension: undefined };
  const asked = wireTiming.safeParse(wire).data?.turn_detection;
  const timing = {
    turns: config.turns,
    inputRateHz: config.inputRateHz,
    silenceMs: asked?.silence_duration_ms ?? state.timing.silenceMs,
    prefixMs: asked?.prefix_padding_ms ?? state.timing.prefixMs,
  };
  const detection = {
    type: "server_vad",
    silence_duration_ms: timing.silenceMs,
    prefix_padding_ms: timing.prefixMs,
  };
  const told = { ...wire, voice: VOICE, tools: [], turn_detection: timing.turns === "server" ? detection : null };
  return tell(act({ ...state, config, timing }, { type: "listen", timing }), {
    type: "session-updated",
    config,
    wire: told,
  });
}

function committed(state: CovoState, eventId: string | undefined): CovoState {
  if (state.config.turns === "server") return refuse(state, "not-manual", "commit when server vad", eventId);
  if (!state.appended) return refuse(state, "nothing-to-commit", "append is not called", eventId);
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state);
  return tell(
    act({ ...next, appended: false, awaited: [...next.awaited, itemId] }, { type: "commit" }),
    { type: "audio-committed", itemId, previousItemId },
    {
      type: "item-created",
      item: { type: "message", itemId, role: "user", text: "", spoken: true },
      previousItemId,
    },
  );
}

function withMessage(
  state: CovoState,
  { role, text, itemId: given }: ClientRequest & { type: "add-message" },
): CovoState {
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state, given);
  const item = { type: "message", itemId, role, text, spoken: false } as const;
  const told = tell(next, { type: "item-created", item, previousItemId });
  if (role === "system") {
    const note = { itemId, text, once: FOR_THE_DRIVER.test(text) };
    return { ...told, notes: [...told.notes, note].slice(-MAX_NOTES) };
  }
  return { ...told, said: remembered([...told.said, { itemId, role, text, sound: undefined, ms: 0 }]) };
}

function withoutItem(state: CovoState, itemId: string, eventId: string | undefined): CovoState {
  const isOther = (one: { readonly itemId: string }): boolean => one.itemId !== itemId;
  if ([...state.notes, ...state.said].every(isOther))
    return refuse(state, "unknown-item", `cannot find item ${itemId}`, eventId);
  const left = { ...state, notes: state.notes.filter(isOther), said: state.said.filter(isOther) };
  return tell(left, { type: "item-deleted", itemId });
}

/** Of an item no more than this was heard: what the next prompt says of it is cut to the words before. */
function truncated(
  state: CovoState,
  { itemId, contentIndex, audioEndMs }: ClientRequest & { type: "truncate-item" },
  eventId: string | undefined,
): CovoState {
  const item = state.said.find((one) => one.itemId === itemId && one.ms > 0);
  if (item === undefined) return refuse(state, "unknown-item", `cannot find spoken item ${itemId}`, eventId);
  if (contentIndex !== 0) {
    return refuse(state, "unknown-item", `item ${itemId} has one part: content_index must be 0`, eventId);
  }
  const ms = Math.min(item.ms, audioEndMs);
  const text = ms < item.ms ? wordsWithin(item.text, ms / item.ms) : item.text;
  const said = state.said.map((one) => (one === item ? { ...one, text, ms } : one));
  return tell({ ...state, said }, { type: "item-truncated", itemId, contentIndex, audioEndMs, text });
}
