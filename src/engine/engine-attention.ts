import { act, type EngineState } from "./engine-state.ts";
import { hasContext, listening, nextTurn } from "./understand/dialogue.ts";
import type { DialogueState } from "./understand/dialogue-state.ts";

/** Goes on with a dialogue: the ear is told when other words make sense now, and for how long they do is counted anew. */
export function withDialogue(state: EngineState, dialogue: DialogueState): EngineState {
  const before = state.dialogue.memory;
  const { recent, question, moving } = dialogue.memory;
  const isNews = recent !== before.recent || question !== before.question || moving !== before.moving;
  const next = attuned({ ...state, dialogue });
  return isNews && hasContext(dialogue) ? act(next, { type: "remember" }) : next;
}

/** Nobody has gone on for a while: what comes now is a new beginning. */
export function afterPause(state: EngineState): EngineState {
  return withDialogue(state, nextTurn(state.dialogue, { type: "pause" }).state);
}

/** An ear that is open listens for what can be understood now. */
export function attuned(state: EngineState): EngineState {
  return state.hearing === undefined ? state : listeningNow(state);
}

/** Opens the ear where it is not open yet. */
export function listeningNow(state: EngineState): EngineState {
  const { spec } = listening(state.dialogue);
  if (state.hearing === spec) return state;
  const { inputRateHz } = state.config;
  return act({ ...state, hearing: spec }, { type: "understand", grammar: spec, inputRateHz });
}
