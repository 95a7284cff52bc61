import { EMPTY, from, mergeMap, NEVER, type Observable } from "rxjs";

import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/open-engine.ts";
import { providers } from "../providers/index.ts";
import type { SpeechEar } from "../session/local-speech.ts";
import type { Provider } from "../session/provider.ts";
import { UsageError } from "./explain.ts";
import { type CloudModel, findKey, isCloud } from "./model-key.ts";
import { openWireLog } from "./open-wire-log.ts";

export interface OpenProvider {
  readonly provider: Provider;
  /** Who goes on where that one cannot be reached. */
  readonly fallback?: Provider;
  /** Hears when the driver speaks, where the provider does not tell. */
  readonly speech?: SpeechEar;
  /** Errors when the model is gone and will not come back. */
  readonly gone$: Observable<never>;
  readonly close: () => Promise<void>;
}

/**
 * The realtime model that the configuration asks for, and the one that stands in for it. The embedded engine is started
 * for either, in its own threads.
 * Rejects with `UsageError` where a key is needed and cannot be had.
 */
export async function openProvider(config: Config, environment: Environment): Promise<OpenProvider> {
  const { model, log, privacy } = config;
  if (log.wire === undefined) return openModel(model, environment);
  if (!privacy.transcripts)
    throw new UsageError(
      "log.wire would keep what was said: set privacy.transcripts to true as well, or leave it out.",
    );
  const wire = openWireLog(log.wire);
  const opened = await openModel(model, environment).catch((error: unknown) => {
    wire.close();
    throw error;
  });
  const { provider, fallback } = opened;
  return {
    ...opened,
    provider: wire.around(provider),
    ...(fallback && { fallback: wire.around(fallback) }),
    close: () => opened.close().finally(() => wire.close()),
  };
}

async function openModel(model: Config["model"], environment: Environment): Promise<OpenProvider> {
  if (isCloud(model)) {
    const found = findKey(model, environment);
    if (!("key" in found)) throw new UsageError(`${found.trouble}. ${found.mend}`);
    const provider = cloudProvider(model, found.key);
    const [standIn, speech] = await Promise.all([
      model.fallback === "none" ? undefined : openEmbedded(model),
      provider.capabilities.speechEvents ? undefined : openSpeechEar(),
    ]);
    const { provider: fallback, ...rest } = standIn ?? { gone$: NEVER, close: () => Promise.resolve() };
    return { ...rest, provider, ...(fallback && { fallback }), ...(speech && { speech }) };
  }
  return openEmbedded(model);
}

async function openSpeechEar(): Promise<SpeechEar> {
  const { openVoiceDetector } = await import("../engine/hear/open-voice-detector.ts");
  return openVoiceDetector();
}

async function openEmbedded({ acousticModel }: Config["model"]): Promise<OpenProvider> {
  const { openEngine } = await import("../engine/open-engine.ts");
  const engine = await openEngine({ hearingModel: acousticModel });
  return { provider: providers.local(engine), gone$: gone(engine), close: () => engine.close() };
}

/** A model in the cloud, as configured. Nothing is opened; keys of other providers than this one mean nothing to it. */
export function cloudProvider(
  { provider, url, model, turnDetection, webSearch, retrieval }: CloudModel,
  apiKey: string,
): Provider {
  const usual = { apiKey, ...(url !== undefined && { url }), ...(model !== undefined && { model }) };
  switch (provider) {
    case "stepfun":
      return providers.stepfun({ ...usual, serverTools: { webSearch, retrieval } });
    case "openai":
      return providers.openai({ ...usual, vad: turnDetection });
    case "covo":
      return providers.covo(usual);
    case "gemini":
      return providers.gemini({ ...usual, webSearch: webSearch !== undefined });
  }
}

/** Errors when the embedded engine stops without having been closed. */
export function gone({ stopped }: Pick<Engine, "stopped">): Observable<never> {
  return from(stopped).pipe(
    mergeMap((error) => {
      if (error !== undefined) throw error;
      return EMPTY;
    }),
  );
}
