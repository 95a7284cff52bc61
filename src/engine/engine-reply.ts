import { withDialogue } from "./engine-attention.ts";
import type { EngineConfig, ReplyItem } from "./engine-event.ts";
import { withSpoken } from "./engine-spoken.ts";
import { act, type EngineState, MAX_REMEMBERED, tell, withItem } from "./engine-state.ts";
import { type DialogueInput, type DialogueOutput, nextTurn } from "./understand/dialogue.ts";

/** Starts the reply to what was said. A running one gives way, so there is never more than one. */
export function beginReply(
  state: EngineState,
  inputs: readonly DialogueInput[],
  textOnly: EngineConfig["textOnly"] = state.config.textOnly,
): EngineState {
  const quiet = state.reply === undefined ? state : cancelReply(state);
  const { dialogue, outputs } = inputs.reduce(
    (turn, input) => {
      const { state: dialogue, output } = nextTurn(turn.dialogue, input);
      return { dialogue, outputs: [...turn.outputs, ...output] };
    },
    { dialogue: quiet.dialogue, outputs: [] as readonly DialogueOutput[] },
  );
  const replyId = `resp_${quiet.count + 1}`;
  const [items, planned] = itemsOf({ ...withDialogue(quiet, dialogue), count: quiet.count + 1 }, outputs, textOnly);
  const counts = outputs.flatMap((output) => (output.type === "call" ? [output.call] : []));
  const calls = items
    .filter((item) => item.type === "call")
    .map(({ callId, name }, index) => ({ callId, name, call: counts[index] ?? 0 }));
  const openCalls = [...planned.openCalls, ...calls].slice(-MAX_REMEMBERED);
  const messages = items.filter((item) => item.type === "message");
  const spoken = withSpoken(planned.spoken, textOnly ? [] : messages);
  const reply = { replyId, items };
  // Outputs that wait to be spoken of still do after what the driver says in between.
  const replyDue = planned.replyDue && planned.outputs.length > 0;
  const begun = tell({ ...planned, reply, replyDue, openCalls, spoken }, { type: "reply-started", replyId });
  return act(begun, { type: "speak", reply, voice: begun.config.voice });
}

/** Falls silent, also where a reply is over and may still be heard. */
export function cancelReply(state: EngineState, by: "speech" | "client" = "speech"): EngineState {
  return endReply(act(state, { type: "hush" }), "cancelled", by);
}

export function endReply(
  state: EngineState,
  status: "completed" | "cancelled" | "failed",
  by?: "speech" | "client",
): EngineState {
  if (state.reply === undefined) return state;
  const { replyId, items } = state.reply;
  return tell({ ...state, reply: undefined }, { type: "reply-ended", replyId, status, output: items, by });
}

/** Starts the reply that was asked for, once the one before it is over and all words that it answers are known. */
export function dueReply(state: EngineState, textOnly?: boolean): EngineState {
  if (state.reply !== undefined || state.unheard.length > 0) return { ...state, replyDue: true };
  const { outputs, unanswered } = state;
  const inputs = outputs.length > 0 ? [{ type: "tool-outputs", outputs } as const, ...unanswered] : unanswered;
  return beginReply({ ...state, outputs: [], unanswered: [] }, inputs, textOnly);
}

/** All that is said becomes one message; every call is an item of its own. */
function itemsOf(
  state: EngineState,
  outputs: readonly DialogueOutput[],
  textOnly: boolean,
): readonly [readonly ReplyItem[], EngineState] {
  const text = outputs.flatMap((output) => (output.type === "say" ? [output.text] : [])).join(" ");
  const drafts = [
    ...(text === "" ? [] : [messageDraft(text, !textOnly)]),
    ...outputs.flatMap((output) => (output.type === "call" ? [callDraft(output, state.sessionId)] : [])),
  ];
  return drafts.reduce<readonly [readonly ReplyItem[], EngineState]>(
    ([items, before], draft) => {
      const [itemId, after] = withItem(before);
      return [[...items, draft(itemId, after.count)], after];
    },
    [[], state],
  );
}

type Draft = (itemId: string, count: number) => ReplyItem;

const messageDraft =
  (text: string, spoken: boolean): Draft =>
  (itemId) => ({ type: "message", itemId, role: "assistant", text, spoken });

/** The id of a call holds that of its session, so that no later session, or process, makes the same one. */
const callDraft =
  ({ name, args }: DialogueOutput & { type: "call" }, sessionId: string): Draft =>
  (itemId, count) => ({ type: "call", itemId, callId: `call_${sessionId}_${count}`, name, args: JSON.stringify(args) });
