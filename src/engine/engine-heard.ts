import { beginReply, cancelReply, dueReply } from "./engine-reply.ts";
import { type EngineState, MAX_REMEMBERED, tell, withItem } from "./engine-state.ts";
import type { HearingEvent } from "./hear/hearing.ts";
import type { DialogueInput } from "./understand/dialogue.ts";

/** One thing that the ear says. With `server` turns the client is told all of it, and answered at once. */
export function afterHearing(state: EngineState, event: HearingEvent): EngineState {
  if (event.type === "failed") {
    const message = `the recogniser failed: ${event.reason}`;
    return tell(state, { type: "error", kind: "server", message, eventId: undefined });
  }
  return state.config.turns === "server" ? inServerTurn(state, event) : inManualTurn(state, event);
}

/** A client that listens without a wake word says so: then other talk may reach us too. */
const isAddressed = ({ context }: EngineState): boolean => context["listening"] !== "follow-up";

type Heard = Exclude<HearingEvent, { type: "failed" }>;

function inServerTurn(state: EngineState, event: Heard): EngineState {
  switch (event.type) {
    case "speech-started": {
      const [itemId, next] = withItem(state);
      const told = tell({ ...next, speaking: itemId }, { type: "speech-started", itemId, atMs: event.atMs });
      return state.config.interrupts ? cancelReply(told) : told;
    }
    case "partial":
      if (state.speaking === undefined) return state;
      return tell(state, { type: "transcript", itemId: state.speaking, text: event.text, final: false });
    case "speech-stopped":
      return afterSpeech(state, event.endOfSpeechMs);
    case "heard": {
      const [itemId, ...unheard] = state.unheard;
      if (itemId === undefined) return state;
      const { text, rejected } = event;
      // What was rejected is known not to have been said.
      const told = tell({ ...state, unheard }, { type: "transcript", itemId, text: rejected ? "" : text, final: true });
      return answered(told, { type: "heard", text, rejected, addressed: isAddressed(state) });
    }
  }
}

/** At once, unless the client asks for replies itself. */
function answered(state: EngineState, input: DialogueInput): EngineState {
  if (state.config.answers) return beginReply(state, [input]);
  const asked = { ...state, unanswered: [...state.unanswered, input].slice(-MAX_REMEMBERED) };
  return state.replyDue ? dueReply(asked) : asked;
}

function afterSpeech(state: EngineState, atMs: number): EngineState {
  const { speaking: itemId } = state;
  if (itemId === undefined) return state;
  const previousItemId = state.itemIds[state.itemIds.indexOf(itemId) - 1];
  const item = { type: "message", itemId, role: "user", text: "", spoken: true } as const;
  return tell(
    { ...state, speaking: undefined, appended: false, unheard: [...state.unheard, itemId] },
    { type: "speech-stopped", itemId, atMs },
    { type: "audio-committed", itemId, previousItemId },
    { type: "item-created", item, previousItemId },
  );
}

/** The client says when a turn is over: until then the ear's utterances are collected. */
function inManualTurn(state: EngineState, event: Heard): EngineState {
  if (event.type !== "heard") return state;
  const texts = event.rejected ? state.texts : [...state.texts, event.text].slice(-MAX_REMEMBERED);
  const [itemId] = state.unheard;
  return itemId === undefined ? { ...state, texts } : resolveTurn({ ...state, texts }, itemId);
}

/** The words of a committed turn are known, or there were none. */
export function resolveTurn(state: EngineState, itemId: string): EngineState {
  if (!state.unheard.includes(itemId)) return state;
  const text = state.texts.join(" ");
  const unheard = state.unheard.filter((id) => id !== itemId);
  const input = { type: "heard", text, rejected: text === "", addressed: isAddressed(state) } as const;
  const resolved = tell({ ...state, unheard, texts: [] }, { type: "transcript", itemId, text, final: true });
  const inputs = [...resolved.unanswered, input].slice(-MAX_REMEMBERED);
  const asked = { ...resolved, unanswered: inputs };
  return state.replyDue ? dueReply(asked) : asked;
}
