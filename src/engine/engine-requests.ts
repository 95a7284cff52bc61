import { parseJson } from "../shared/json-limits.ts";
import { listeningNow } from "./engine-attention.ts";
import type { ClientMessage, ClientRequest, EngineConfig } from "./engine-event.ts";
import { beginReply, cancelReply } from "./engine-reply.ts";
import { truncated } from "./engine-spoken.ts";
import { act, type EngineState, MAX_REMEMBERED, refuse, tell, withItem } from "./engine-state.ts";
import { understand } from "./engine-understanding.ts";
import type { DialogueInput } from "./understand/dialogue.ts";

/** Keys of context that one client may have; of more, the oldest are forgotten. */
const MAX_CONTEXT = 64;

/** One request of the client. What cannot be done is refused with the words that StepFun uses. */
export function afterRequest(state: EngineState, { request, eventId }: ClientMessage): EngineState {
  switch (request.type) {
    case "configure":
      return configured(state, request, eventId);
    case "context":
      return { ...state, context: withContext(state.context, request.context) };
    case "append-audio":
      return act({ ...listeningNow(state), appended: true }, { type: "append", pcm: request.pcm });
    case "commit-audio":
      return committed(state, eventId);
    case "clear-audio":
      return tell(act({ ...state, appended: false, texts: [] }, { type: "clear" }), { type: "audio-cleared" });
    case "add-message":
      return withMessage(state, request);
    case "add-output":
      return withOutput(state, request, eventId);
    case "delete-item":
      return withoutItem(state, request.itemId, eventId);
    case "truncate-item":
      return truncated(state, request, eventId);
    case "create-reply":
      return created(state, request.textOnly, eventId);
    case "cancel-reply":
      return state.reply === undefined ? refuse(state, "no ongoing response to cancel", eventId) : cancelReply(state);
    case "unreadable":
      return refuse(state, request.problem, eventId);
  }
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
  if (patch.tools === undefined && patch.extension === undefined && patch.inputRateHz === undefined)
    return updated(state);
  try {
    const { dialogue, reflexes } = understand(config, state.dialogue.turns);
    const ready = updated(listeningNow({ ...state, config, dialogue }));
    return config.textOnly ? ready : act(ready, { type: "warm", sentences: reflexes, voice: config.voice });
  } catch (error) {
    return refuse(state, error instanceof Error ? error.message : "the session cannot be understood", eventId);
  }
}

function withContext(known: EngineState["context"], told: EngineState["context"]): EngineState["context"] {
  const all = Object.entries({ ...known, ...told }).filter(([, value]) => value !== "");
  return Object.fromEntries(all.slice(-MAX_CONTEXT));
}

function committed(state: EngineState, eventId: string | undefined): EngineState {
  if (state.config.turns === "server") return refuse(state, "commit when server vad", eventId);
  if (!state.appended) return refuse(state, "append is not called", eventId);
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

function withMessage(state: EngineState, { role, text }: ClientRequest & { type: "add-message" }): EngineState {
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state);
  const item = { type: "message", itemId, role, text, spoken: false } as const;
  const told = tell(next, { type: "item-created", item, previousItemId });
  const input = inputOf(role, text);
  return input === undefined ? told : { ...told, unanswered: [...told.unanswered, input].slice(-MAX_REMEMBERED) };
}

/** What marks a system message as one for the driver. All others are silent: they tell a model what it may be asked. */
const FOR_THE_DRIVER = /^tell the driver: /i;

function inputOf(role: "user" | "system" | "assistant", text: string): DialogueInput | undefined {
  if (role === "user") return { type: "typed", text };
  const isNote = role === "system" && FOR_THE_DRIVER.test(text);
  return isNote ? { type: "note", text: text.replace(FOR_THE_DRIVER, "") } : undefined;
}

function withOutput(
  state: EngineState,
  { callId, output }: ClientRequest & { type: "add-output" },
  eventId: string | undefined,
): EngineState {
  const call = state.openCalls.find((open) => open.callId === callId);
  if (call === undefined) return refuse(state, `no function call ${callId} waits for an output`, eventId);
  const previousItemId = state.lastItemId;
  const [itemId, next] = withItem(state);
  const parsed = parseJson(output);
  return tell(
    {
      ...next,
      openCalls: next.openCalls.filter((open) => open !== call),
      outputs: [...next.outputs, { ...call, output: parsed.ok ? parsed.value : output }],
    },
    { type: "item-created", item: { type: "output", itemId, callId, output }, previousItemId },
  );
}

function withoutItem(state: EngineState, itemId: string, eventId: string | undefined): EngineState {
  if (!state.itemIds.includes(itemId)) return refuse(state, `cannot find item ${itemId}`, eventId);
  return tell({ ...state, itemIds: state.itemIds.filter((id) => id !== itemId) }, { type: "item-deleted", itemId });
}

function created(state: EngineState, textOnly: boolean | undefined, eventId: string | undefined): EngineState {
  if (state.reply !== undefined) return refuse(state, "ongoing response already exists", eventId);
  if (state.unheard.length > 0) return { ...state, replyDue: true };
  const { outputs, unanswered } = state;
  const inputs = outputs.length > 0 ? [{ type: "tool-outputs", outputs } as const, ...unanswered] : unanswered;
  return beginReply({ ...state, outputs: [], unanswered: [] }, inputs, textOnly);
}
