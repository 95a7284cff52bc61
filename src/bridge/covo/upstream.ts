import { Observable } from "rxjs";

import { chatAnswer, chatRequest } from "./chat.ts";
import type { Answer } from "./covo-reply.ts";
import type { Prompt } from "./prompt.ts";
import { UpstreamError } from "./upstream-error.ts";

export interface UpstreamOptions {
  /** As `endpointOf` makes it. */
  readonly endpoint: URL;
  readonly model: string;
  /** Only for a server that was started with one. */
  readonly apiKey: string | undefined;
}

/** Whoever answers. */
export interface Upstream {
  /** Emits one answer, or errors with an `UpstreamError`. Unsubscribing gives it up. */
  ask(prompt: Prompt): Observable<Answer>;
}

/** A minute of sound in base64, with room to spare. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_REASON = 200;
const BUSY = "Covo-Audio is busy with another session: it answers one at a time. Try again when that is over.";

/** A vLLM-Omni server. It is asked one question at a time, and others are told so: the model runs on one sequence. */
export function covoUpstream(options: UpstreamOptions): Upstream {
  let isBusy = false;
  return {
    ask(prompt): Observable<Answer> {
      return new Observable((subscriber) => {
        if (isBusy) return subscriber.error(new UpstreamError(BUSY));
        isBusy = true;
        const abort = new AbortController();
        ask(prompt, options, abort.signal).then(
          (answer) => {
            subscriber.next(answer);
            subscriber.complete();
          },
          (error: unknown) => subscriber.error(error),
        );
        return () => {
          isBusy = false;
          abort.abort();
        };
      });
    },
  } satisfies Upstream;
}

async function ask(prompt: Prompt, { endpoint, model, apiKey }: UpstreamOptions, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    signal,
    redirect: "error",
    headers: { "Content-Type": "application/json", ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(chatRequest(prompt, model)),
  }).catch((cause: unknown) => {
    throw unreachable(endpoint, cause);
  });
  const body = await bodyOf(response).catch((cause: unknown) => {
    throw cause instanceof UpstreamError ? cause : unreachable(endpoint, cause);
  });
  if (!response.ok) throw refused(response.status, body, { endpoint, model });
  return chatAnswer(body);
}

async function bodyOf(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      throw new UpstreamError(`Covo-Audio's server sent more than ${MAX_BODY_BYTES / 1024 ** 2} MiB: given up`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function unreachable({ origin }: URL, cause: unknown): UpstreamError {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  const advice = "start it (vllm serve tencent/Covo-Audio-Chat --omni --trust-remote-code), or correct --upstream";
  return new UpstreamError(`Covo-Audio's server at ${origin} cannot be reached (${reason}): ${advice}`, { cause });
}

/** What the vendor's status means here, and what to do. */
function refused(status: number, body: Buffer, { endpoint, model }: Omit<UpstreamOptions, "apiKey">): UpstreamError {
  const said = body.toString("utf8").replaceAll(/\s+/g, " ").slice(0, MAX_REASON);
  const sentence = (what: string): UpstreamError =>
    new UpstreamError(`Covo-Audio's server ${what} (HTTP ${status}${said === "" ? "" : `: ${said}`})`);
  if (status === 401 || status === 403)
    return sentence("refused the key: set COVO_API_KEY to the one it was started with");
  if (status === 404)
    return sentence(`has no model ${model}, or nothing at ${endpoint.pathname}: check --model and --upstream`);
  if (status === 429 || status === 503) return sentence("has no room for a request now: try again");
  if (status >= 500) return sentence("failed: its own log says why");
  return sentence("did not take the request");
}
