import type { EngineConfig, EngineEvent, MessageItem, Place, RefusalCode } from "../../engine/engine-event.ts";
import { DEFAULT_CONFIG as ENGINE_CONFIG } from "../../engine/engine-state.ts";
import type { EarEffect, Timing } from "./covo-ear.ts";
import type { Prompt, Said } from "./prompt.ts";

/** A reply that is being given. */
export interface Reply {
  readonly replyId: string;
  readonly textOnly: boolean;
  /** Since the model has answered. */
  readonly message: { readonly place: Place; readonly item: MessageItem; readonly sentMs: number } | undefined;
}

/** A system message: context, or something that the driver is to hear once. */
export interface Note {
  readonly itemId: string;
  readonly text: string;
  readonly once: boolean;
}

/** What a step makes happen, in order. */
export type Effect =
  | EarEffect
  | { readonly type: "tell"; readonly event: EngineEvent }
  | { readonly type: "ask"; readonly replyId: string; readonly prompt: Prompt }
  | { readonly type: "speak"; readonly replyId: string; readonly pcm: Int16Array }
  /** Nothing more is asked or said. */
  | { readonly type: "hush" };

export interface CovoState {
  readonly config: EngineConfig;
  readonly timing: Timing;
  /** Audio was appended since the last commit or utterance. */
  readonly appended: boolean;
  /** The item of the utterance that is being spoken. */
  readonly speaking: string | undefined;
  /** Committed items whose sound is not here yet; a reply may be due to them. */
  readonly awaited: readonly string[];
  readonly replyDue: boolean;
  readonly reply: Reply | undefined;
  readonly notes: readonly Note[];
  readonly said: readonly Said[];
  /** Replies and items are numbered through. */
  readonly count: number;
  readonly lastItemId: string | undefined;
  readonly effects: readonly Effect[];
}

/** The only speaker that the model was published with. */
export const VOICE = "default_female";

export const DEFAULT_CONFIG: EngineConfig = { ...ENGINE_CONFIG, voice: VOICE };

export const DEFAULT_TIMING: Timing = { turns: "server", inputRateHz: 24_000, silenceMs: 500, prefixMs: 300 };

export const OUTSET: CovoState = {
  config: DEFAULT_CONFIG,
  timing: DEFAULT_TIMING,
  appended: false,
  speaking: undefined,
  awaited: [],
  replyDue: false,
  reply: undefined,
  notes: [],
  said: [],
  count: 0,
  lastItemId: undefined,
  effects: [],
};

export function act(state: CovoState, ...effects: readonly Effect[]): CovoState {
  return { ...state, effects: [...state.effects, ...effects] };
}

export function tell(state: CovoState, ...events: readonly EngineEvent[]): CovoState {
  return act(state, ...events.map((event): Effect => ({ type: "tell", event })));
}

export function refuse(state: CovoState, code: RefusalCode, message: string, eventId: string | undefined): CovoState {
  return tell(state, { type: "error", kind: "invalid-request", code, message, eventId });
}

/** The bridge or the model behind it cannot. */
export function fail(state: CovoState, message: string): CovoState {
  return tell(state, { type: "error", kind: "server", message, eventId: undefined });
}

/** An item id, fresh unless the client gave one, and the state that knows it as the newest. */
export function withItem(state: CovoState, given?: string): readonly [itemId: string, CovoState] {
  const itemId = given ?? `item_${state.count + 1}`;
  return [itemId, { ...state, count: state.count + 1, lastItemId: itemId }];
}
