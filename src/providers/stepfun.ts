import type { Capabilities, Provider } from "../session/provider.ts";
import { stepFunCodec } from "./stepfun-codec.ts";
import { DEFAULT_VAD, sessionObject, type VadOptions } from "./stepfun-session.ts";

export interface StepFunOptions {
  readonly apiKey: string;
  readonly model?: string;
  /** The endpoint without its query. `wss://api.stepfun.ai/v1/realtime` outside China; plans have their own. */
  readonly url?: string;
  readonly vad?: VadOptions;
}

/** The vendor publishes two ids for one model; which of them a server knows is not documented. */
const SPELLINGS = ["stepaudio-2.5-realtime", "step-2.5-realtime"] as const;
const [DEFAULT_MODEL, OTHER_SPELLING] = SPELLINGS;

const CAPABILITIES: Capabilities = {
  inputRateHz: 24_000,
  outputRateHz: 24_000,
  greets: true,
  speechEvents: true,
  autoReply: true,
  createAfterToolResult: true,
  cancel: "event",
  truncate: "best-effort",
  context: "silent",
  audioEnd: "silence",
  resume: "history",
  overlap: true,
  maxSessionMs: 30 * 60_000,
};

/** StepAudio 2.5 Realtime. */
export function stepFun({
  apiKey,
  model = DEFAULT_MODEL,
  url = "wss://api.stepfun.com/v1/realtime",
  vad = DEFAULT_VAD,
}: StepFunOptions): Provider {
  const connectionTo = (id: string) => ({
    url: `${url}?model=${encodeURIComponent(id)}`,
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  const other = model === DEFAULT_MODEL ? OTHER_SPELLING : model === OTHER_SPELLING ? DEFAULT_MODEL : undefined;
  return {
    name: "stepfun",
    capabilities: CAPABILITIES,
    connection: () => connectionTo(model),
    ...(other !== undefined && { fallback: () => connectionTo(other) }),
    codec: () => stepFunCodec({ sessionOf: (spec) => sessionObject(spec, vad) }),
  };
}
