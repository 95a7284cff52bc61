import type { SessionCommand, SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";
import type { Connection, Dialer } from "./socket.ts";

/** What a provider has. The core copes with what it lacks. */
export interface Capabilities {
  readonly inputRateHz: 16_000 | 24_000;
  readonly outputRateHz: 24_000;
  /** Whether the server speaks first: its first message is then answered with the configuration. */
  readonly greets: boolean;
  /** Whether the server says when speech starts and stops. */
  readonly speechEvents: boolean;
  /** Whether the server starts a reply by itself at the end of speech. */
  readonly autoReply: boolean;
  /** Whether `create-reply` must follow a tool result. */
  readonly createAfterToolResult: boolean;
  /** Whether a result may be sent while a reply is still being made; otherwise it waits for that to end. */
  readonly resultsWhileReplying?: boolean;
  readonly cancel: "event" | "mute-only";
  readonly truncate: "ms" | "best-effort" | "none";
  /** When the model may be told something in silence. `when-idle`: it would interrupt whoever speaks. */
  readonly context: "silent" | "when-idle";
  /** How the server learns that no more audio comes: by silence, which its voice activity detection hears, or by a message. */
  readonly audioEnd: "silence" | "message";
  /** How the next session goes on with the conversation: the server remembers it, or is told it again. */
  readonly resume: "handle" | "history";
  /** Whether the next session may be opened while the last one still stands. */
  readonly overlap: boolean;
  readonly maxSessionMs: number | undefined;
}

/** A command as a codec sees it: audio is PCM at `capabilities.inputRateHz`, everything else as the session knows it. */
export type ProviderCommand =
  | Exclude<SessionCommand, { type: "send-audio" | "audio-end" }>
  /** `handle`: the server's own name for a conversation that is to go on. */
  | { readonly type: "configure"; readonly spec: SessionSpec; readonly handle?: string }
  /** What was said and done before this session began, oldest first. Nobody is to answer it. */
  | { readonly type: "history"; readonly entries: readonly HistoryEntry[] }
  /** Only where `capabilities.audioEnd` is `message`. */
  | { readonly type: "audio-end" }
  | { readonly type: "send-audio"; readonly pcm: Int16Array }
  /** What was sent and has not been understood as a whole was never said. */
  | { readonly type: "forget-audio" };

/** One line of a conversation, as any model can be told of it. */
export type HistoryEntry =
  | { readonly type: "user" | "assistant"; readonly text: string }
  | { readonly type: "call"; readonly callId: string; readonly name: string; readonly args: unknown }
  | { readonly type: "result"; readonly callId: string; readonly name: string; readonly output: unknown };

/** One connection's translator. Pure apart from its own memory of ids; never touches a socket, a clock or a log. */
export interface Codec {
  /** Never throws: what cannot be read becomes `ignored` with a `problem`. */
  decode(message: unknown): readonly SessionEvent[];
  encode(command: ProviderCommand): readonly unknown[];
  /** What it means that the server hung up so; nothing where that says no more than that it did. */
  closed?(code: number, reason: string): readonly SessionEvent[];
}

/**
 * The port to a realtime model: a translation between our words and one vendor's wire format.
 * Sockets, retries, limits and the response gate live in this folder, once, for all providers.
 */
export interface Provider {
  readonly name: string;
  readonly capabilities: Capabilities;
  connection(): Connection;
  /** Tried once, at the same attempt, when the server answers the first with 400 or 404: another spelling of the model. */
  fallback?(): Connection;
  /** How the model is reached when not by WebSocket. */
  readonly dialer?: Dialer;
  codec(): Codec;
}
