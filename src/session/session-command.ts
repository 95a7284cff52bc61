import type { GatedFrame } from "../audio/gated-frame.ts";

/** A tool as every provider can be told of it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What only our own engine understands; sent as `session.codriver` to the `local` provider and to nobody else. */
export interface EngineExtension {
  /** How drivers say each tool: tool → language → templates (`docs/phrases.md`). */
  readonly phrases: Readonly<Record<string, Readonly<Partial<Record<string, readonly string[]>>>>>;
  /** What may stand in a slot. */
  readonly lists: Readonly<Record<string, readonly { say: string; value: string | number | boolean }[]>>;
  /** The persona's reply templates: `ack`, `result`, `refused`, `cannot`, `not_understood`, … */
  readonly wording: Readonly<Record<string, readonly string[]>>;
  /** The name it listens to; may stand before a command. */
  readonly wakeWord: string;
  /** Rate of the audio we append, so that the microphone's 16 kHz need not be resampled twice. */
  readonly inputRateHz: number;
}

/** How a conversation is set up, for every provider alike. */
export interface SessionSpec {
  readonly instructions: string;
  readonly voice: string;
  readonly tools: readonly ToolSpec[];
  readonly engine: EngineExtension;
}

/** What we ask of a conversation. Audio is of a type that only the wake gate can make. */
export type SessionCommand =
  | { readonly type: "send-audio"; readonly frame: GatedFrame }
  /**
   * No more audio comes. The core adds the trailing silence that server VADs need; where the gate was `cut` shut, the
   * model is to forget what it has begun to hear instead: half a sentence is another one, and must not become a command.
   */
  | { readonly type: "audio-end"; readonly cut?: boolean }
  | { readonly type: "user-text"; readonly text: string }
  /** Silent context: the same key replaces what was said before under it. */
  | { readonly type: "context"; readonly key: string; readonly text: string }
  /** Whether what comes next was meant for us: after a wake it was, in a follow-up window it may be talk among passengers. */
  | { readonly type: "listening"; readonly addressed: boolean }
  /** Something that happened and that the driver is to hear: the next reply tells it. `callId`: how a confirmed call ended. */
  | { readonly type: "note"; readonly text: string; readonly callId?: string }
  | { readonly type: "tool-result"; readonly callId: string; readonly output: unknown }
  /** Asks for a reply. Held back by the response gate while one is active; several queued ones become one. */
  | { readonly type: "create-reply" }
  | { readonly type: "cancel-reply"; readonly replyId: string }
  /** Of this item the driver heard no more than its first `playedMs`: the model is not to think otherwise. */
  | {
      readonly type: "truncate";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly playedMs: number;
    };
