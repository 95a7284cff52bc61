import { CORE_CODES, type SessionEvent } from "./session-event.ts";

/** Tells that speech did not reach the model. */
export function audioDropped(ms: number, why: string): SessionEvent {
  return {
    type: "provider-error",
    code: CORE_CODES.audioDropped,
    message: `${Math.round(ms)} ms of microphone audio dropped: ${why}`,
    severity: "benign",
  };
}
