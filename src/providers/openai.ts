import type { Capabilities, Provider } from "../session/provider.ts";
import { openAiCodec } from "./openai-codec.ts";
import { type OpenAiVad, sessionObject } from "./openai-session.ts";
import { withModel } from "./wire.ts";

export interface OpenAiOptions {
  readonly apiKey: string;
  readonly model?: string;
  /** The endpoint without the model. */
  readonly url?: string;
  readonly vad?: OpenAiVad | undefined;
}

const CAPABILITIES: Capabilities = {
  inputRateHz: 24_000,
  outputRateHz: 24_000,
  greets: true,
  speechEvents: true,
  autoReply: true,
  createAfterToolResult: true,
  resultsWhileReplying: true,
  cancel: "event",
  truncate: "ms",
  context: "silent",
  audioEnd: "silence",
  resume: "history",
  overlap: true,
  maxSessionMs: 60 * 60_000,
};

/** gpt-realtime and its successors, by OpenAI's realtime API as it is generally available. */
export function openAi({
  apiKey,
  model = "gpt-realtime",
  url = "wss://api.openai.com/v1/realtime",
  vad = "semantic",
}: OpenAiOptions): Provider {
  return {
    name: "openai",
    capabilities: CAPABILITIES,
    connection: () => ({ url: withModel(url, model), headers: { Authorization: `Bearer ${apiKey}` } }),
    codec: () => openAiCodec((spec) => sessionObject(spec, model, vad)),
  };
}
