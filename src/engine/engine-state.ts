import type { EngineConfig, EngineEvent, RefusalCode, ReplyItem } from "./engine-event.ts";
import type { DialogueInput, ToolOutput } from "./understand/dialogue.ts";
import type { DialogueState } from "./understand/dialogue-state.ts";
import type { GrammarSpec } from "./understand/grammar.ts";

/** A reply that is being given: at most one message, then calls. */
export interface Reply {
  readonly replyId: string;
  readonly items: readonly ReplyItem[];
}

/** The voice has rendered the next clause of a message. Its pause behind it counts in `ms` only. */
export interface ClauseSpoken {
  readonly type: "clause-spoken";
  readonly itemId: string;
  readonly ms: number;
  readonly audibleMs: number;
}

/** A message, and how long its clauses take. */
export interface Spoken {
  readonly itemId: string;
  readonly text: string;
  readonly clauses: readonly Pick<ClauseSpoken, "ms" | "audibleMs">[];
  /** How much of it was played; undefined when nothing is known of an interruption. */
  readonly heardMs?: number;
}

/** What a step makes happen, in order: events go to the client, the rest to the ear and the voice. */
export type Effect =
  | { readonly type: "tell"; readonly event: EngineEvent }
  | { readonly type: "append"; readonly pcm: Int16Array; readonly ms: number }
  | { readonly type: "commit"; readonly itemId: string }
  | { readonly type: "clear" }
  | { readonly type: "understand"; readonly grammar: GrammarSpec; readonly inputRateHz: number }
  /** The sentences are worth rendering beforehand. */
  | { readonly type: "warm"; readonly sentences: readonly string[]; readonly voice: string }
  /** What was said last may be referred to for a while from now. */
  | { readonly type: "remember" }
  | { readonly type: "speak"; readonly reply: Reply; readonly voice: string }
  | { readonly type: "hush" };

export interface EngineState {
  readonly sessionId: string;
  readonly config: EngineConfig;
  readonly dialogue: DialogueState;
  readonly reply: Reply | undefined;
  /** A reply was asked for while the words it answers are not known yet, or while another one is given. */
  readonly replyDue: boolean;
  /** Ids are numbered through: replies, items and calls alike. */
  readonly count: number;
  readonly lastItemId: string | undefined;
  /** Items that can be deleted; the oldest are forgotten first. */
  readonly itemIds: readonly string[];
  /** Calls whose output is not here yet: id → tool, and how the dialogue counts it. */
  readonly openCalls: readonly { readonly callId: string; readonly name: string; readonly call: number }[];
  /** Ids of calls of earlier sessions, whose outputs nobody waits for. */
  readonly formerCalls: readonly string[];
  /** What the next reply answers. */
  readonly unanswered: readonly DialogueInput[];
  readonly outputs: readonly ToolOutput[];
  /** Audio was appended since the last commit or utterance. */
  readonly appended: boolean;
  /** What the ear has been told to listen for. */
  readonly hearing: GrammarSpec | undefined;
  /** What the client keeps telling about itself, by key. */
  readonly context: Readonly<Record<string, string>>;
  /** The newest messages that were spoken. */
  readonly spoken: readonly Spoken[];
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
  answers: true,
  interrupts: false,
  playback: "told",
  tools: [],
  extension: undefined,
  inputRateHz: 24_000,
};

export function outset(sessionId: string, config: EngineConfig, dialogue: DialogueState): EngineState {
  return {
    sessionId,
    config,
    dialogue,
    reply: undefined,
    replyDue: false,
    count: 0,
    lastItemId: undefined,
    itemIds: [],
    openCalls: [],
    formerCalls: [],
    unanswered: [],
    outputs: [],
    appended: false,
    hearing: undefined,
    context: {},
    spoken: [],
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

export function refuse(
  state: EngineState,
  code: RefusalCode,
  message: string,
  eventId: string | undefined,
): EngineState {
  return tell(state, { type: "error", kind: "invalid-request", code, message, eventId });
}

/** An item id, fresh unless the client gave one, and the state that knows it as the newest. */
export function withItem(state: EngineState, given?: string): readonly [itemId: string, EngineState] {
  const itemId = given ?? `item_${state.count + 1}`;
  const itemIds = [...state.itemIds, itemId].slice(-MAX_REMEMBERED);
  return [itemId, { ...state, count: state.count + 1, itemIds, lastItemId: itemId }];
}
