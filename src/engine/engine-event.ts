import type { ListEntry } from "./understand/grammar.ts";

/** What only our own clients send: how drivers say each tool, and how the persona answers. */
export interface EngineExtension {
  /** Tool → language → templates (`docs/phrases.md`). */
  readonly phrases: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  readonly wording: Readonly<Record<string, readonly string[]>>;
  readonly wakeWord: string | undefined;
}

export interface EngineTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How a session is set up. An update replaces the fields that it names. */
export interface EngineConfig {
  readonly instructions: string;
  /** As the client calls it; a voice that we do not have is spoken by our default one. */
  readonly voice: string;
  readonly textOnly: boolean;
  /** `server`: we hear the end of speech and answer by ourselves. `manual`: the client commits and asks. */
  readonly turns: "server" | "manual";
  /** Where turns are ours: whether we answer without being asked. */
  readonly answers: boolean;
  /** Where turns are ours: whether we fall silent as soon as somebody speaks. Otherwise the client cancels. */
  readonly interrupts: boolean;
  /** How we know what was heard of an interrupted reply: the client tells, or we assume that it plays what it gets. */
  readonly playback: "told" | "assumed";
  readonly tools: readonly EngineTool[];
  readonly extension: EngineExtension | undefined;
  readonly inputRateHz: number;
}

/** What a client asks for, in any dialect. */
export type ClientRequest =
  | {
      readonly type: "configure";
      readonly patch: Partial<EngineConfig>;
      readonly wire: Readonly<Record<string, unknown>>;
      readonly context: Readonly<Record<string, string>>;
    }
  /** What a client keeps telling about itself; an empty value ends its key. */
  | { readonly type: "context"; readonly context: Readonly<Record<string, string>> }
  | { readonly type: "append-audio"; readonly pcm: Int16Array }
  | { readonly type: "commit-audio" }
  | { readonly type: "clear-audio" }
  /** Items have the client's own ids where it gives any. */
  | {
      readonly type: "add-message";
      readonly role: "user" | "system" | "assistant";
      readonly text: string;
      readonly itemId?: string | undefined;
      /** It was answered in an earlier session. */
      readonly past?: boolean;
    }
  /** A call of an earlier session. Its output is history as well. */
  | {
      readonly type: "add-call";
      readonly callId: string;
      readonly name: string;
      readonly args: string;
      readonly itemId?: string | undefined;
    }
  | {
      readonly type: "add-output";
      readonly callId: string;
      readonly output: string;
      readonly itemId?: string | undefined;
    }
  | { readonly type: "retrieve-item"; readonly itemId: string }
  | { readonly type: "delete-item"; readonly itemId: string }
  /** Of a spoken item no more than this was played. */
  | {
      readonly type: "truncate-item";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly audioEndMs: number;
    }
  /** `waits`: behind a running reply. Otherwise that is a mistake of the client. */
  | { readonly type: "create-reply"; readonly textOnly: boolean | undefined; readonly waits?: boolean }
  | { readonly type: "cancel-reply" }
  /** Whatever is being said, or still played, ends. */
  | { readonly type: "hush" }
  | { readonly type: "unreadable"; readonly problem: string; readonly unsupported?: boolean };

/** A request and the client's own name for it, which errors refer to. */
export interface ClientMessage {
  readonly request: ClientRequest;
  readonly eventId: string | undefined;
}

export interface MessageItem {
  readonly type: "message";
  readonly itemId: string;
  readonly role: "user" | "system" | "assistant";
  readonly text: string;
  readonly spoken: boolean;
}
export interface CallItem {
  readonly type: "call";
  readonly itemId: string;
  readonly callId: string;
  readonly name: string;
  /** JSON text. */
  readonly args: string;
}
export interface OutputItem {
  readonly type: "output";
  readonly itemId: string;
  readonly callId: string;
  readonly output: string;
}
export type Item = MessageItem | CallItem | OutputItem;
export type ReplyItem = MessageItem | CallItem;

/** A place in a reply. */
export interface Place {
  readonly replyId: string;
  readonly itemId: string;
  readonly index: number;
}

/** Why a request was refused; the dialects have their own names for it. */
export type RefusalCode =
  | "unreadable"
  | "unsupported"
  | "invalid-session"
  | "reply-active"
  | "nothing-to-cancel"
  | "nothing-to-commit"
  | "not-manual"
  | "unknown-item"
  | "duplicate-item"
  | "unknown-call";

/** What we tell a client, in any dialect. Times are milliseconds of audio since the session's first sample. */
export type EngineEvent =
  | {
      readonly type: "session-created";
      readonly sessionId: string;
      readonly config: EngineConfig;
      /** What a session says of itself in its client's words: another model, what it cannot do. */
      readonly about?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: "session-updated";
      readonly config: EngineConfig;
      readonly wire: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "speech-started"; readonly itemId: string; readonly atMs: number }
  | { readonly type: "speech-stopped"; readonly itemId: string; readonly atMs: number }
  | { readonly type: "audio-committed"; readonly itemId: string; readonly previousItemId: string | undefined }
  | { readonly type: "audio-cleared" }
  | { readonly type: "item-created"; readonly item: Item; readonly previousItemId: string | undefined }
  | { readonly type: "item-deleted"; readonly itemId: string }
  /** The client asked for it again. */
  | { readonly type: "item-retrieved"; readonly itemId: string }
  /** `text` is what was heard of it. */
  | {
      readonly type: "item-truncated";
      readonly itemId: string;
      readonly contentIndex: number;
      readonly audioEndMs: number;
      readonly text: string;
    }
  /** The whole text so far. */
  | { readonly type: "transcript"; readonly itemId: string; readonly text: string; readonly final: boolean }
  | { readonly type: "reply-started"; readonly replyId: string }
  | { readonly type: "reply-message-started"; readonly place: Place; readonly spoken: boolean }
  | { readonly type: "reply-text"; readonly place: Place; readonly spoken: boolean; readonly text: string }
  /** 24 kHz mono PCM, at most 100 ms. */
  | { readonly type: "reply-audio"; readonly place: Place; readonly pcm: Int16Array }
  | { readonly type: "reply-message-ended"; readonly place: Place; readonly item: MessageItem }
  | { readonly type: "reply-call"; readonly place: Place; readonly item: CallItem }
  | {
      readonly type: "reply-ended";
      readonly replyId: string;
      readonly status: "completed" | "cancelled" | "failed";
      readonly output: readonly ReplyItem[];
      /** Who cancelled it. */
      readonly by?: "speech" | "client" | undefined;
    }
  /** By now it has been heard, where the client plays what it gets as it gets it. */
  | { readonly type: "reply-played"; readonly replyId: string }
  /** It was silenced while it was being heard, by the same assumption. */
  | { readonly type: "reply-cut"; readonly itemId: string; readonly heardMs: number }
  | {
      readonly type: "error";
      readonly kind: "invalid-request" | "server";
      readonly code?: RefusalCode;
      readonly message: string;
      /** The client's message that caused it. */
      readonly eventId: string | undefined;
    };
