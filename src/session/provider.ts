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
  readonly cancel: "event" | "mute-only";
  readonly truncate: "ms" | "best-effort" | "none";
  readonly maxSessionMs: number | undefined;
}

/** A command as a codec sees it: audio is PCM at `capabilities.inputRateHz`, everything else as the session knows it. */
export type ProviderCommand =
  | Exclude<SessionCommand, { type: "send-audio" | "audio-end" }>
  | { readonly type: "configure"; readonly spec: SessionSpec }
  | { readonly type: "send-audio"; readonly pcm: Int16Array }
  /** What was sent and has not been understood as a whole was never said. */
  | { readonly type: "forget-audio" };

/** One connection's translator. Pure apart from its own memory of ids; never touches a socket, a clock or a log. */
export interface Codec {
  /** Never throws: what cannot be read becomes `ignored` with a `problem`. */
  decode(message: unknown): readonly SessionEvent[];
  encode(command: ProviderCommand): readonly unknown[];
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
