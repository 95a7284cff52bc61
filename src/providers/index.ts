import type { Provider } from "../session/provider.ts";
import { covo } from "./covo.ts";
import { gemini } from "./gemini.ts";
import { local } from "./local.ts";
import { openAi } from "./openai.ts";
import { scripted } from "./scripted.ts";
import { stepFun } from "./stepfun.ts";

/** Every provider by the name it has in the configuration. */
export const providers = { covo, gemini, local, openai: openAi, scripted, stepfun: stepFun } satisfies Readonly<
  Record<string, (options: never) => Provider>
>;

export type ProviderName = keyof typeof providers;
