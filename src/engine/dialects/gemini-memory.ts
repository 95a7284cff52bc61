import type { CallItem, ClientRequest } from "../engine-event.ts";
import type { Setup } from "./gemini-setup.ts";

/** Turns that wait for the one which completes them; the oldest are forgotten first. */
export const MAX_HELD = 64;
const MAX_CALLS = 256;

/** What both directions of one connection know. */
export interface GeminiMemory {
  sessionId: string;
  setup: Setup | undefined;
  isReady: boolean;
  inputRateHz: number;
  /** The first `clientContent` is what was said before. */
  history: boolean;
  /** Said by the client, without asking for an answer yet. */
  held: readonly ClientRequest[];
  /** Our turn: what it has said, and whether the client thinks that it goes on. */
  turn: { readonly said: boolean } | undefined;
  /** Calls of the reply that is being given: all go in one message. */
  calling: readonly CallItem[];
  /** Calls without a response: id → reply. */
  readonly open: Map<string, string>;
}

export function createMemory(): GeminiMemory {
  return {
    sessionId: "",
    setup: undefined,
    isReady: false,
    inputRateHz: 16_000,
    history: false,
    held: [],
    turn: undefined,
    calling: [],
    open: new Map(),
  };
}

export function openCall({ open }: GeminiMemory, callId: string, replyId: string): void {
  open.set(callId, replyId);
  const [oldest] = open.keys();
  if (open.size > MAX_CALLS && oldest !== undefined) open.delete(oldest);
}

export const hasOpenCalls = ({ open }: GeminiMemory, replyId: string): boolean => [...open.values()].includes(replyId);
