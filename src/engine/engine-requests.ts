import { parseJson } from "../shared/json-limits.ts";
import { listeningNow } from "./engine-attention.ts";
import type { ClientMessage, ClientRequest, EngineConfig } from "./engine-event.ts";
import { cancelReply, dueReply } from "./engine-reply.ts";
import { truncated } from "./engine-spoken.ts";
import { act, type EngineState, MAX_REMEMBERED, refuse, tell, withItem } from "./engine-state.ts";
import { understand } from "./engine-understanding.ts";
import type { DialogueInput } from "./understand/dialogue.ts";

/** Keys of context that one client may have; of more, the oldest are forgotten. */
const MAX_CONTEXT = 64;

/** One request of the client. What cannot be done is refused with the words that StepFun uses. */
export function afterRequest(state: EngineState, message: ClientMessage): EngineState {
  const { request, eventId } = message;
  const given = "itemId" in request && request.type.startsWith("add-") ? request.itemId : undefined;
  if (given === undefined || !state.itemIds.includes(given)) return done(state, message);
  return refuse(state, "duplicate-item", `an item ${given} exists already`, eventId);
}

function done(state: EngineState, { request, eventId }: ClientMessage): EngineState {
  switch (request.type) {
    case "configure":
      return configured(state, request, eventId);
    case "context":
      return { ...state, context: withContext(state.context, request.context) };
    case "append-audio":
      return withAudio(state, request.pcm);
    case "commit-audio":
      return committed(state, eventId);
    case "clear-audio":
      return tell(act({ ...state, appended: false, texts: [] }, { type: "clear" }), { type: "audio-cleared" });
    case "add-message":
      return withMessage(state, request);
    case "add-output":
      return withOutput(state, request, eventId);
    case "add-call":
      return withFormerCall(state, request);
    case "retrieve-item":
      if (!state.itemIds.includes(request.itemId)) return unknownItem(state, request.itemId, eventId);
      return tell(state, { type: "item-retrieved", itemId: request.itemId });
    case "delete-item":
      return withoutItem(state, request.itemId, eventId);
    case "truncate-item":
      return truncated(state, request, eventId);
    case "create-reply":
      if (state.reply === undefined || request.waits) return dueReply(state, request.textOnly);
      return refuse(state, "reply-active", "ongoing response already exists", eventId);
    case "cancel-reply":
      if (state.reply !== undefined) return cancelReply(state, "client");
      return refuse(state, "nothing-to-cancel", "no ongoing response to cancel", eventId);
    case "hush":
      return cancelReply(state, "client");
    case "unreadable":
      return refuse(state, request.unsupported ? "unsupported" : "unreadable", request.problem, eventId);
  }
}

function withAudio(state: EngineState, pcm: Int16Array): EngineState {
  const ms = (pcm.length * 1_000) / state.config.inputRateHz;
  return act({ ...listeningNow(state), appended: true }, { type: "append", pcm, ms });
}

function configured(
  state: EngineState,
  { patch, wire, context }: ClientRequest & { type: "configure" },
  eventId: string | undefined,
): EngineState {
  const config: EngineConfig = { ...state.config, ...patch };
  const updated = (next: EngineState): EngineState =>
    tell({ ...next, config, context: withContext(state.context, context) }, { type: "session-updated", config, wire });
  // Only these change what is understood: the rest keeps the conversation as it is.
  if (patch.tools === undefined && patch.extension === undefined) return updated(atRate(state, config.inputRateHz));
  try {
    const { dialogue, reflexes } = understand(config, state.dialogue.turns);
    const ready = updated(listeningNow({ ...state, config, dialogue }));
    return config.textOnly ? ready : act(ready, { type: "warm", sentences: reflexes, voice: config.voice });
  } catch (error) {
    return refuse(
      state,
      "invalid-session",
      error instanceof Error ? error.message : "the session cannot be understood",
      eventId,
    );
  }
}

/** An ear that is open already must know of another rate. */
function atRate(state: EngineState, inputRateHz: number): EngineState {
  const { hearing: grammar } = state;
  if (grammar === undefined || inputRateHz === state.config.inputRateHz) return state;
  return act(state, { type: "understand", grammar, inputRateHz });
}

function withContext(known: EngineState["context"], told: EngineState["context"]): EngineState["context"] {
  const all = Object.entries({ ...known, ...told }).filter(([, value]) => value !== "");
  return Object.fromEntries(all.slice(-MAX_CONTEXT));
}

function committed(state: EngineState, eventId: string | undefined): EngineState {
  if (state.config.turns === "server") return refuse(state, "not-manual", "commit when server vad", eventId);
  if (!state.appended) return refuse(state, "nothing-to-commit", "append is not called", eventId);
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state);
  const item = { type: "message", itemId, role: "user", text: "", spoken: true } as const;
  return tell(
    act(
      { ...next, appended: false, unheard: [...next.unheard, itemId].slice(-MAX_REMEMBERED) },
      { type: "commit", itemId },
    ),
    { type: "audio-committed", itemId, previousItemId },
    { type: "item-created", item, previousItemId },
  );
}

function withMessage(
  state: EngineState,
  { role, text, itemId: given, past }: ClientRequest & { type: "add-message" },
): EngineState {
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state, given);
  const item = { type: "message", itemId, role, text, spoken: false } as const;
  const told = tell(next, { type: "item-created", item, previousItemId });
  if (past) return told;
  // What an answer follows has been answered: a history that is told again must not be acted on again.
  if (role === "assistant") return { ...told, unanswered: told.unanswered.filter(({ type }) => type !== "typed") };
  const input = inputOf(role, text);
  return input === undefined ? told : { ...told, unanswered: [...told.unanswered, input].slice(-MAX_REMEMBERED) };
}

/** What marks a system message as one for the driver. All others are silent: they tell a model what it may be asked. */
const FOR_THE_DRIVER = /^tell the driver: /i;

function inputOf(role: "user" | "system", text: string): DialogueInput | undefined {
  if (role === "user") return { type: "typed", text };
  return FOR_THE_DRIVER.test(text) ? { type: "note", text: text.replace(FOR_THE_DRIVER, "") } : undefined;
}

function withFormerCall(
  state: EngineState,
  { callId, name, args, itemId: given }: ClientRequest & { type: "add-call" },
): EngineState {
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state, given);
  const formerCalls = [...next.formerCalls, callId].slice(-MAX_REMEMBERED);
  const item = { type: "call", itemId, callId, name, args } as const;
  const unanswered = next.unanswered.filter(({ type }) => type !== "typed");
  return tell({ ...next, formerCalls, unanswered }, { type: "item-created", item, previousItemId });
}

function withOutput(
  state: EngineState,
  { callId, output, itemId: given }: ClientRequest & { type: "add-output" },
  eventId: string | undefined,
): EngineState {
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state, given);
  const told = { type: "item-created", item: { type: "output", itemId, callId, output }, previousItemId } as const;
  const call = state.openCalls.find((open) => open.callId === callId);
  if (call === undefined) {
    if (state.formerCalls.includes(callId)) return tell(next, told);
    return refuse(state, "unknown-call", `no function call ${callId} waits for an output`, eventId);
  }
  const parsed = parseJson(output);
  return tell(
    {
      ...next,
      openCalls: next.openCalls.filter((open) => open !== call),
      outputs: [...next.outputs, { ...call, output: parsed.ok ? parsed.value : output }],
    },
    told,
  );
}

function withoutItem(state: EngineState, itemId: string, eventId: string | undefined): EngineState {
  if (!state.itemIds.includes(itemId)) return unknownItem(state, itemId, eventId);
  return tell({ ...state, itemIds: state.itemIds.filter((id) => id !== itemId) }, { type: "item-deleted", itemId });
}

const unknownItem = (state: EngineState, itemId: string, eventId: string | undefined): EngineState =>
  refuse(state, "unknown-item", `cannot find item ${itemId}`, eventId);
