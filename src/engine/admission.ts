import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface AdmissionOptions {
  readonly token: string;
  /** Browsers may connect from these pages only. Programs send no Origin. */
  readonly allowedOrigins: readonly string[];
}

/** An HTTP answer to an upgrade that is not granted. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const PATH = "/v1/realtime";

/** Why this upgrade is refused, or undefined when it may pass. */
export function refusalOf(request: IncomingMessage, { token, allowedOrigins }: AdmissionOptions): Refusal | undefined {
  const url = requested(request);
  const { origin, authorization = "" } = request.headers;
  if (url?.pathname !== PATH) return { status: 404, message: `no such endpoint; use ${PATH}?model=codriver` };
  if (origin !== undefined && !allowedOrigins.includes(origin)) {
    return { status: 403, message: "pages of this origin may not connect" };
  }
  if (!isSame(authorization, `Bearer ${token}`)) {
    return { status: 401, message: "a bearer token is required, and this is not it" };
  }
  if (!url.searchParams.get("model")) return { status: 400, message: "the query parameter `model` is missing" };
  return undefined;
}

/** Nothing for a target such as `//`, which a stranger may send and the parser throws at. */
function requested({ url = "" }: IncomingMessage): URL | undefined {
  return URL.canParse(url, "ws://engine") ? new URL(url, "ws://engine") : undefined;
}

/** In a time that tells nothing about how much of it was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
