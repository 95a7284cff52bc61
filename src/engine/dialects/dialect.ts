import type { ClientMessage, EngineEvent } from "../engine-event.ts";

/** One connection's wire format, from the server's side. Pure apart from counting its own messages. Never throws. */
export interface Dialect {
  /** Takes one parsed message. */
  decode(message: unknown): ClientMessage;
  encode(event: EngineEvent): readonly unknown[];
}
