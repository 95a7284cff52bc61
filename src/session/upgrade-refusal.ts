import { ProviderError } from "./provider-error.ts";

/** Answers that no new try will change, and what a person can do about them. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "the request is not accepted: check the URL and the model's name",
  401: "the key is not accepted: check it, and that it belongs to this endpoint",
  402: "the account has no balance: top it up",
  403: "the key may not use this endpoint or model: check the plan",
  404: "no such endpoint or model: check the URL and the model's name",
  405: "this address does not speak WebSocket: check the URL",
  410: "this endpoint or model has been withdrawn: choose another one",
  451: "not offered where this car is: choose another provider or endpoint",
};

const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** The server answered the upgrade with something else than a WebSocket. */
export function refusalOf(
  provider: string,
  url: string,
  status: number,
  retryAfter: string | undefined,
): ProviderError {
  const { host, pathname } = new URL(url);
  const advice = REFUSALS[status];
  const message = `${host}${pathname} answered ${status}, ${advice ?? adviceFor(status)}`;
  const retryAfterMs = retryAfterMsOf(retryAfter);
  return new ProviderError(advice === undefined ? "connection-failed" : "refused", provider, message, {
    status,
    retryAfterMs,
    advice,
  });
}

function adviceFor(status: number): string {
  if (status >= 200 && status < 400)
    return "not a realtime server (redirects are not followed): is there a captive portal?";
  if (status === 429) return "too many requests, or the quota is used up: check the account if this goes on";
  return status >= 500 ? "the server has a problem: trying again" : "trying again";
}

function retryAfterMsOf(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && seconds > 0 ? Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) : undefined;
}
