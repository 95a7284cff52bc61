import { CORE_CODES, type SessionEvent, type Severity } from "../session/session-event.ts";
import { providerError } from "./wire.ts";

/** What an error is called, how bad it is, and what a person can do about it. */
type Meaning = readonly [text: RegExp, code: string, severity: Severity, advice?: string];

/** There are few stable codes, so what an error means is told by its text. */
const MEANINGS: readonly Meaning[] = [
  [/no ongoing response to cancel/i, CORE_CODES.nothingToCancel, "benign"],
  [/ongoing response already exists/i, CORE_CODES.replyActive, "benign"],
  [/no speech found|append is not called/i, "no-speech", "benign"],
  [/commit when server vad/i, "commit-with-vad", "benign"],
  [/cannot find previous item/i, "no-previous-item", "benign"],
  [/continue_final_message/i, "empty-history", "benign"],
  [/invalid event format/i, "invalid-event", "benign"],
  [
    /voice.*is not valid/i,
    "invalid-voice",
    "fatal",
    "this model has no such voice: correct voices.stepfun in the persona",
  ],
  [
    /(invalid|incorrect|expired).{0,20}api.?key|unauthori[sz]ed/i,
    "invalid-key",
    "fatal",
    "the key is not accepted: check it, and that it belongs to this site (stepfun.com and stepfun.ai have their own)",
  ],
  [
    /quota|balance|arrears|billing/i,
    "no-balance",
    "fatal",
    "the account has no balance left: top it up, or use the key of a plan that has",
  ],
  [/rate.?limit|too many requests|concurren/i, "rate-limited", "retry", "too many requests for this account's tier"],
  [
    /model.{0,80}(not (found|exist|support)|does not exist|invalid)|(no such|unknown) model/i,
    "unknown-model",
    "fatal",
    "the model is not known here: correct model.model, or model.url where a plan has its own",
  ],
  [
    /session.{0,40}(expired|maximum|time ?out|too long)|maximum duration/i,
    "session-expired",
    "retry",
    "the session reached its 30 minutes",
  ],
];

interface WireError {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

export function errorEvent({ type, code, message }: WireError): SessionEvent {
  const known = MEANINGS.find(([text]) => text.test(message));
  if (known === undefined)
    return providerError(code ?? type ?? "unknown", message, type === "server_error" ? "retry" : "benign");
  const [, name, severity, advice] = known;
  return providerError(name, message, severity, advice);
}
