import { randomBytes } from "node:crypto";

import { EngineError } from "../../engine/engine-error.ts";
import { openSilero, type VoiceModel } from "../../engine/hear/silero.ts";
import { bind, serveSessions } from "../../engine/server.ts";
import { covoEar } from "./covo-ear.ts";
import { covoSession } from "./covo-session.ts";
import { DEFAULT_TIMING } from "./covo-state.ts";
import { endpointOf } from "./endpoint.ts";
import { covoUpstream } from "./upstream.ts";
import { lendVoices } from "./voices.ts";

export interface CovoBridgeOptions {
  /** A vLLM-Omni server: `http://host:port`, with or without `/v1` and what follows. */
  readonly upstream: string;
  readonly model?: string;
  /** What the server was started with as its key, if anything. */
  readonly apiKey?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** What clients must present; made up when absent. */
  readonly token?: string;
  readonly openVoice?: () => Promise<VoiceModel>;
}

export interface CovoBridge {
  readonly url: string;
  readonly token: string;
  readonly endpoint: URL;
  readonly model: string;
  close(): Promise<void>;
}

export const DEFAULT_MODEL = "tencent/Covo-Audio-Chat";

/**
 * Gives a server of Covo-Audio StepFun's realtime dialect, on loopback. Resolves when it listens; rejects with an
 * `UpstreamError` for an address that is none, and with an `EngineError` for a port or a model that cannot be had.
 * Whether the server is there is found out with the first question: it may be started later.
 */
export async function openCovoBridge({
  upstream,
  model = DEFAULT_MODEL,
  apiKey,
  port = 0,
  token = randomBytes(24).toString("base64url"),
  openVoice = openSilero,
}: CovoBridgeOptions): Promise<CovoBridge> {
  const endpoint = endpointOf(upstream);
  const http = await bind(port);
  const borrow = await lendVoices(openVoice).catch((cause: unknown) => {
    http.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("models-missing", `the bridge cannot hear speech: ${reason}`, { cause });
  });
  const served = { model, upstream: covoUpstream({ endpoint, model, apiKey }) };
  const server = serveSessions(http, {
    token,
    allowedOrigins: [],
    dialect: "stepfun",
    instance: randomBytes(3).toString("hex"),
    session: (sessionId, messages$) =>
      covoSession(messages$, {
        ...served,
        sessionId,
        ear: (effects$) => covoEar(effects$, DEFAULT_TIMING, borrow),
      }),
  });
  return { url: server.url, token, endpoint, model, close: () => server.close() };
}
