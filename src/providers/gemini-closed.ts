import type { SessionEvent, Severity } from "../session/session-event.ts";
import { providerError } from "./wire.ts";

/** The code of the error that says: go on without the handle, the server does not know it or does not give it out now. */
export const HANDLE_REFUSED = "handle-refused";

/** How far the session had come. */
export interface Stage {
  readonly ready: boolean;
  /** Whether an earlier conversation was to be gone on with. */
  readonly resuming: boolean;
}

type Meaning = readonly [reason: RegExp, code: string, severity: Severity, advice: string];

/** Hanging up is the only way in which this server complains. */
const MEANINGS: readonly Meaning[] = [
  [
    /api.?key|unauthenticated|permission|authenticat/i,
    "invalid-key",
    "fatal",
    "the key is not accepted: check it, that the Gemini API is enabled for it, and that it may be used from this region",
  ],
  [/location|region|country/i, "region", "fatal", "the API is not offered where this car is: choose another provider"],
  [
    /quota|billing|credit|exhausted/i,
    "quota",
    "retry",
    "the account's quota is used up: wait, or raise it under plan and billing",
  ],
  [
    /not found|not supported for bidi/i,
    "unknown-model",
    "fatal",
    "the model is not known, or cannot converse live: correct model.model, or leave it out for the usual one",
  ],
];

const REFUSED_BEFORE_READY =
  "the server refuses the configuration: correct model.model, or leave out model.webSearch if this model has none";

/** What a hang-up means. Nothing for one that says no more than that it happened. */
export function closedEvents(code: number, reason: string, { ready, resuming }: Stage): readonly SessionEvent[] {
  const known = MEANINGS.find(([text]) => text.test(reason));
  if (!ready && resuming && known?.[2] !== "fatal")
    return [providerError(HANDLE_REFUSED, reason, "retry", "the server does not go on with the conversation")];
  if (known !== undefined) return [providerError(known[1], reason, known[2], known[3])];
  if (code === 1007 || code === 1008)
    return ready
      ? [providerError("bad-request", reason, "retry", "the server took offence at a message")]
      : [providerError("bad-configuration", reason, "fatal", REFUSED_BEFORE_READY)];
  return code === 1011 ? [providerError("server-error", reason, "retry", "the server failed: trying again")] : [];
}
