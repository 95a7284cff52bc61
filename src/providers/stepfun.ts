import type { Capabilities, Provider } from "../session/provider.ts";
import type { SessionSpec } from "../session/session-command.ts";
import { stepFunCodec } from "./stepfun-codec.ts";
import { DEFAULT_VAD, type ServerTools, sessionObject, type VadOptions } from "./stepfun-session.ts";
import { withModel } from "./wire.ts";

export interface StepFunOptions {
  readonly apiKey: string;
  readonly model?: string;
  /** The endpoint without the model. `STEPFUN_URLS` has the documented ones. */
  readonly url?: string;
  readonly vad?: VadOptions;
  readonly serverTools?: ServerTools;
}

/** Each has keys of its own. `plan`: a subscription, with other limits. */
export const STEPFUN_URLS = {
  china: "wss://api.stepfun.com/v1/realtime",
  international: "wss://api.stepfun.ai/v1/realtime",
  plan: "wss://api.stepfun.com/step_plan/v1/realtime",
} as const;

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
  url = STEPFUN_URLS.china,
  vad = DEFAULT_VAD,
  serverTools = {},
}: StepFunOptions): Provider {
  const connectionTo = (id: string) => ({
    url: withModel(url, id),
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  const other = model === DEFAULT_MODEL ? OTHER_SPELLING : model === OTHER_SPELLING ? DEFAULT_MODEL : undefined;
  return {
    name: "stepfun",
    capabilities: CAPABILITIES,
    connection: () => connectionTo(model),
    ...(other !== undefined && { fallback: () => connectionTo(other) }),
    codec: () => stepFunCodec({ sessionOf: (spec) => sessionObject(withVoice(spec), vad, serverTools) }),
  };
}

/** A persona without a voice of this vendor is heard all the same: a voice that it does not have it refuses. */
const LOCAL_VOICES: ReadonlySet<string> = new Set(["slt", "rms", "awb", "kal16"]);
const DEFAULT_VOICE = "linjiajiejie";

function withVoice(spec: SessionSpec): SessionSpec {
  return LOCAL_VOICES.has(spec.voice) ? { ...spec, voice: DEFAULT_VOICE } : spec;
}
