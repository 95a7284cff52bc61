import type { Capabilities, Provider } from "../session/provider.ts";
import { geminiCodec } from "./gemini-codec.ts";

export interface GeminiOptions {
  readonly apiKey: string;
  readonly model?: string;
  readonly url?: string;
  /** Whether the model may look things up on the web by itself. */
  readonly webSearch?: boolean;
}

const LIVE_URL =
  "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

const CAPABILITIES: Capabilities = {
  inputRateHz: 16_000,
  outputRateHz: 24_000,
  greets: false,
  speechEvents: false,
  autoReply: true,
  createAfterToolResult: false,
  resultsWhileReplying: true,
  cancel: "mute-only",
  truncate: "none",
  context: "when-idle",
  audioEnd: "message",
  resume: "handle",
  overlap: false,
  // The server announces the end of a connection, and the next one goes on with the conversation.
  maxSessionMs: undefined,
};

/** Gemini Live, by the API for developers. */
export function gemini({
  apiKey,
  model = "gemini-3.8-live",
  url = LIVE_URL,
  webSearch = false,
}: GeminiOptions): Provider {
  let connections = 0;
  return {
    name: "gemini",
    capabilities: CAPABILITIES,
    // The key is never a part of the URL, which is written into logs.
    connection: () => ({ url, headers: { "x-goog-api-key": apiKey } }),
    codec: () => geminiCodec({ model, webSearch }, String(++connections)),
  };
}
