import { CORE_CODES, type SessionEvent } from "./session-event.ts";

/** What happens to the links of a conversation. Only `SessionEvent` leaves this folder. */
export type LinkEvent =
  | SessionEvent
  /** A link is being opened. `resumed`: by a handle, so that the server knows what went before. */
  | { readonly type: "link-opening"; readonly resumed: boolean }
  /** We have hung up, and open another link at once. */
  | { readonly type: "link-closed" }
  /** The server did not go on with the conversation that we named. */
  | { readonly type: "handle-rejected" };

/** Tells that speech did not reach the model. */
export function audioDropped(ms: number, why: string): SessionEvent {
  return {
    type: "provider-error",
    code: CORE_CODES.audioDropped,
    message: `${Math.round(ms)} ms of microphone audio dropped: ${why}`,
    severity: "benign",
  };
}
