import { z } from "zod";

import { CORE_CODES, type SessionEvent, type Severity } from "../session/session-event.ts";
import { providerError } from "./wire.ts";

interface Meaning {
  readonly severity: Severity;
  /** Where the core has a word of its own for it. */
  readonly code?: string;
  readonly advice?: string;
}

const BENIGN: Meaning = { severity: "benign" };
const QUOTA: Meaning = {
  severity: "fatal",
  advice: "the account's quota is used up: add credit, or raise its limit on the billing page",
};
const BUSY: Meaning = { severity: "retry", advice: "the server is busy: trying again" };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  conversation_already_has_active_response: { severity: "benign", code: CORE_CODES.replyActive },
  response_cancel_not_active: { severity: "benign", code: CORE_CODES.nothingToCancel },
  input_audio_buffer_commit_empty: BENIGN,
  item_retrieve_invalid_item_id: BENIGN,
  item_truncate_invalid_item_id: BENIGN,
  item_delete_invalid_item_id: BENIGN,
  session_expired: { severity: "retry", advice: "the session reached its 60 minutes" },
  rate_limit_exceeded: {
    severity: "retry",
    advice: "too many requests a minute for this account: waiting, or raise its tier",
  },
  server_error: BUSY,
  internal_error: BUSY,
  overloaded: BUSY,
  invalid_api_key: {
    severity: "fatal",
    advice: "the key is not accepted: check it, and that it belongs to this endpoint (model.url)",
  },
  account_deactivated: { severity: "fatal", advice: "the account is deactivated: use the key of another one" },
  insufficient_quota: QUOTA,
  billing_hard_limit_reached: QUOTA,
  model_not_found: {
    severity: "fatal",
    advice: "the model is not known, or the key may not use it: correct model.model, or change the plan",
  },
  invalid_model: {
    severity: "fatal",
    advice: "this is no realtime model: correct model.model, or leave it out for the usual one",
  },
  beta_api_shape_disabled: {
    severity: "fatal",
    advice: "this endpoint does not speak the present protocol: correct model.url",
  },
};

/** A session that the server does not take as it is configured will not be taken the next time either. */
const BAD_SESSION: Meaning = {
  severity: "fatal",
  advice: "the server refuses the configuration: correct voices.openai in the persona, or model.*",
};

const text = z.string().nullish().catch(undefined);
export const wireError = z.object({ type: text, code: text, message: text, param: text });

export type WireError = Partial<z.output<typeof wireError>>;

/** What an error means is told by its code; those without one that we know keep the conversation open. */
export function errorEvent({ type, code, message, param }: WireError): SessionEvent & { type: "provider-error" } {
  const name = code ?? type ?? "unknown";
  const meaning = meaningOf(code) ?? meaningOf(type) ?? (param?.startsWith("session.") ? BAD_SESSION : BENIGN);
  return providerError(
    meaning.code ?? name,
    message ?? "",
    meaning.severity,
    meaning.advice ?? (message ? undefined : name),
  );
}

const meaningOf = (name: string | null | undefined): Meaning | undefined =>
  name != null && Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;

const failed = z.object({ error: wireError });

/** Quotas and rate limits come with the reply that they keep from being made. */
export function failureOf(details: unknown): readonly SessionEvent[] {
  const parsed = failed.safeParse(details);
  return parsed.success ? [errorEvent(parsed.data.error)] : [];
}

/** A session ends after 60 minutes by hanging up with 1001; a refusal names its code last in the reason. */
export function closedEvents(code: number, reason: string): readonly SessionEvent[] {
  const named = reason.split(".").at(-1);
  if (meaningOf(named) !== undefined) return [errorEvent({ code: named, message: reason })];
  return code === 1001 && /maximum duration|60 min/i.test(reason)
    ? [errorEvent({ code: "session_expired", message: reason })]
    : [];
}
