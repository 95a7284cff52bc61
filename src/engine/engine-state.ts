import type { EngineConfig, EngineEvent, ReplyItem } from "./engine-event.ts";
import type { Understanding } from "./engine-understanding.ts";
import type { DialogueInput, DialogueState, ToolOutput } from "./understand/dialogue.ts";

/** A reply that is being given: at most one message, then calls. */
export interface Reply {
  readonly replyId: string;
  readonly items: readonly ReplyItem[];
}

/** What a step makes happen, in order: events go to the client, the rest to the ear and the voice. */
export type Effect =
  | { readonly type: "tell"; readonly event: EngineEvent }
  | { readonly type: "append"; readonly pcm: Int16Array }
  | { readonly type: "commit"; readonly itemId: string }
  | { readonly type: "clear" }
  | { readonly type: "understand"; readonly understanding: Understanding; readonly config: EngineConfig }
  | { readonly type: "speak"; readonly reply: Reply; readonly voice: string }
  | { readonly type: "hush" };

export interface EngineState {
  readonly sessionId: string;
  readonly config: EngineConfig;
  readonly dialogue: DialogueState;
  readonly reply: Reply | undefined;
  /** A reply was asked for while the words it answers are not known yet. */
  readonly replyDue: boolean;
  /** Ids are numbered through: replies, items and calls alike. */
  readonly count: number;
  readonly lastItemId: string | undefined;
  /** Items that can be deleted; the oldest are forgotten first. */
  readonly itemIds: readonly string[];
  /** Calls whose output is not here yet: id → tool. */
  readonly openCalls: readonly { readonly callId: string; readonly name: string }[];
  /** What the next reply answers. */
  readonly unanswered: readonly DialogueInput[];
  readonly outputs: readonly ToolOutput[];
  /** Audio was appended since the last commit or utterance. */
  readonly appended: boolean;
  /** The ear has been told what to listen for. */
  readonly listening: boolean;
  /** The item of the utterance that is being spoken, and of those whose words are not known yet. */
  readonly speaking: string | undefined;
  readonly unheard: readonly string[];
  /** Of a manual turn that is not committed yet: the ear may find several utterances in it. */
  readonly texts: readonly string[];
  readonly effects: readonly Effect[];
}

export const DEFAULT_CONFIG: EngineConfig = {
  instructions: "",
  voice: "slt",
  textOnly: false,
  turns: "server",
  tools: [],
  extension: undefined,
  inputRateHz: 24_000,
};

export function outset(sessionId: string, dialogue: DialogueState): EngineState {
  return {
    sessionId,
    config: DEFAULT_CONFIG,
    dialogue,
    reply: undefined,
    replyDue: false,
    count: 0,
    lastItemId: undefined,
    itemIds: [],
    openCalls: [],
    unanswered: [],
    outputs: [],
    appended: false,
    listening: false,
    speaking: undefined,
    unheard: [],
    texts: [],
    effects: [],
  };
}

/** Items, calls, inputs and texts that one session remembers; of more, the oldest are forgotten. */
export const MAX_REMEMBERED = 256;

export function tell(state: EngineState, ...events: readonly EngineEvent[]): EngineState {
  return act(state, ...events.map((event): Effect => ({ type: "tell", event })));
}

export function act(state: EngineState, ...effects: readonly Effect[]): EngineState {
  return { ...state, effects: [...state.effects, ...effects] };
}

export function refuse(state: EngineState, message: string, eventId: string | undefined): EngineState {
  return tell(state, { type: "error", kind: "invalid-request", message, eventId });
}

/** A fresh item id, and the state that knows it as the newest. */
export function withItem(state: EngineState): readonly [itemId: string, EngineState] {
  const itemId = `item_${state.count + 1}`;
  const itemIds = [...state.itemIds, itemId].slice(-MAX_REMEMBERED);
  return [itemId, { ...state, count: state.count + 1, itemIds, lastItemId: itemId }];
}
