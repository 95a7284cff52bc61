import { EMPTY, from, mergeMap, NEVER, type Observable } from "rxjs";

import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/open-engine.ts";
import { local } from "../providers/local.ts";
import { stepFun } from "../providers/stepfun.ts";
import type { Provider } from "../session/provider.ts";
import { UsageError } from "./explain.ts";

export interface OpenProvider {
  readonly provider: Provider;
  /** Errors when the model is gone and will not come back. */
  readonly gone$: Observable<never>;
  readonly close: () => Promise<void>;
}

/** The realtime model that the configuration asks for. The embedded engine is started for it, in its own threads. */
export async function openProvider({ model }: Config, environment: Environment): Promise<OpenProvider> {
  switch (model.provider) {
    case "local": {
      const { openEngine } = await import("../engine/open-engine.ts");
      const engine = await openEngine({ hearingModel: model.acousticModel });
      return { provider: local(engine), gone$: gone(engine), close: () => engine.close() };
    }
    case "stepfun": {
      const { url, model: id } = model;
      const apiKey = secret(environment, model.keyEnv ?? "STEPFUN_API_KEY", "StepFun");
      const provider = stepFun({ apiKey, ...(url !== undefined && { url }), ...(id !== undefined && { model: id }) });
      return { provider, gone$: NEVER, close: () => Promise.resolve() };
    }
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

function secret(environment: Environment, name: string, whose: string): string {
  const key = environment[name];
  if (key === undefined || key === "")
    throw new UsageError(`${whose} needs a key: set the environment variable ${name}.`);
  return key;
}
