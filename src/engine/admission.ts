import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import type { DialectName } from "./dialects/index.ts";

export interface AdmissionOptions {
  readonly dialect: DialectName;
  readonly token: string;
  /** Browsers may connect from these pages only. Programs send no Origin. */
  readonly allowedOrigins: readonly string[];
}

/** An HTTP answer to an upgrade that is not granted. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Where a dialect's clients knock, and where they carry the token. */
interface Entrance {
  readonly path: string;
  readonly paths: RegExp;
  readonly needsModel: boolean;
  readonly asks: string;
  readonly tokensOf: (request: IncomingMessage, url: URL) => readonly unknown[];
}

const bearer = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];

/** Pages cannot set headers: theirs comes as a subprotocol. */
const KEY_PROTOCOL = "openai-insecure-api-key.";
const protocolKeys = ({ headers }: IncomingMessage): readonly string[] =>
  (headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .flatMap((name) => (name.trim().startsWith(KEY_PROTOCOL) ? [name.trim().slice(KEY_PROTOCOL.length)] : []));

const REALTIME: Entrance = {
  path: "/v1/realtime",
  paths: /^\/v1\/realtime$/,
  needsModel: true,
  asks: "a bearer token is required, and this is not it",
  tokensOf: (request) => [bearer(request)],
};

export const ENTRANCES: Readonly<Record<DialectName, Entrance>> = {
  stepfun: REALTIME,
  openai: { ...REALTIME, tokensOf: (request) => [bearer(request), ...protocolKeys(request)] },
  gemini: {
    path: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    paths: /^\/ws\/google\.ai\.generativelanguage\.v1(alpha|beta)\.GenerativeService\.BidiGenerateContent$/,
    needsModel: false,
    asks: "an API key is required, as `key` in the query or in the header x-goog-api-key, and this is not it",
    tokensOf: (request, url) => [url.searchParams.get("key"), request.headers["x-goog-api-key"], bearer(request)],
  },
};

/** Why this upgrade is refused, or undefined when it may pass. */
export function refusalOf(
  request: IncomingMessage,
  { dialect, token, allowedOrigins }: AdmissionOptions,
): Refusal | undefined {
  const { path, paths, needsModel, asks, tokensOf } = ENTRANCES[dialect];
  const url = requested(request);
  const { origin } = request.headers;
  if (url === undefined || !paths.test(url.pathname)) {
    return { status: 404, message: `no such endpoint; use ${path}${needsModel ? "?model=codriver" : ""}` };
  }
  if (origin !== undefined && !allowedOrigins.includes(origin)) {
    return { status: 403, message: "pages of this origin may not connect" };
  }
  if (!tokensOf(request, url).some((given) => isSame(given, token))) return { status: 401, message: asks };
  if (needsModel && !url.searchParams.get("model")) {
    return { status: 400, message: "the query parameter `model` is missing" };
  }
  return undefined;
}

/** Nothing for a target that is no path. Google's client begins its path with two slashes. */
function requested({ url = "" }: IncomingMessage): URL | undefined {
  const target = url.replace(/^\/+/, "/");
  return target.startsWith("/") && URL.canParse(target, "ws://engine") ? new URL(target, "ws://engine") : undefined;
}

/** In a time that tells nothing about how much of it was right. */
function isSame(given: unknown, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(expected));
}
