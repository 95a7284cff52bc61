import type { ClientMessage, EngineConfig, EngineEvent } from "../engine-event.ts";

/** A reason to end a connection, as a WebSocket close says it. */
export interface HangUp {
  readonly code: number;
  readonly reason: string;
}

/** One connection's wire format, from the server's side. Pure apart from its own memory. Never throws. */
export interface Dialect {
  /** How a session is set up before its client has said how. */
  readonly defaults: Partial<EngineConfig>;
  /** JSON in binary frames. */
  readonly binary?: boolean;
  /** Takes one parsed message, which may ask for several things. */
  decode(message: unknown): readonly ClientMessage[];
  encode(event: EngineEvent): readonly unknown[];
  /** Where a dialect has no message for it: the event that ends the connection. */
  hangUp?(event: EngineEvent): HangUp | undefined;
}
