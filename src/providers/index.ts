import type { Provider } from "../session/provider.ts";
import { local } from "./local.ts";
import { scripted } from "./scripted.ts";
import { stepFun } from "./stepfun.ts";

/** Every provider by the name it has in the configuration. */
export const providers = { local, scripted, stepfun: stepFun } satisfies Readonly<
  Record<string, (options: never) => Provider>
>;

export type ProviderName = keyof typeof providers;
