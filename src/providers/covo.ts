import type { Provider } from "../session/provider.ts";
import { OWN_SERVER, truncateItem } from "./own-server.ts";
import { stepFunCodec } from "./stepfun-codec.ts";
import { DEFAULT_VAD, sessionObject } from "./stepfun-session.ts";
import { withModel } from "./wire.ts";

export interface CovoOptions {
  /** The bridge's token. */
  readonly apiKey: string;
  readonly model?: string;
  /** Of `codriver bridge covo`. */
  readonly url?: string;
}

/**
 * Covo-Audio behind our bridge, which speaks StepFun's dialect. The model knows no tools and does not say what it heard:
 * it is company, not control. For academic use only.
 */
export function covo({
  apiKey,
  model = "covo-audio-chat",
  url = "ws://127.0.0.1:8766/v1/realtime",
}: CovoOptions): Provider {
  return {
    name: "covo",
    capabilities: { ...OWN_SERVER, inputRateHz: 24_000 },
    connection: () => ({ url: withModel(url, model), headers: { Authorization: `Bearer ${apiKey}` } }),
    codec: () =>
      stepFunCodec({
        sessionOf: (spec) => ({ ...sessionObject(spec, DEFAULT_VAD), tools: [] }),
        beyond: (command) => (command.type === "truncate" ? [truncateItem(command)] : []),
      }),
  };
}
