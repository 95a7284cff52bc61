import { lastValueFrom } from "rxjs";

import { about, LICENCE } from "../bridge/covo/about.ts";
import { endpointOf, isOpenToListeners } from "../bridge/covo/endpoint.ts";
import { type CovoBridge, openCovoBridge } from "../bridge/covo/open-covo-bridge.ts";
import { UpstreamError } from "../bridge/covo/upstream-error.ts";
import { environment } from "../config/environment.ts";
import { EXIT, UsageError } from "./explain.ts";
import { print } from "./print.ts";
import { interrupted } from "./until-interrupted.ts";

export interface BridgeCovoOptions {
  readonly upstream: string;
  readonly port: number;
  readonly model: string;
  readonly json?: boolean;
}

/** The bridge to Covo-Audio, until Ctrl-C. */
export async function bridgeCovo({ json = false, ...options }: BridgeCovoOptions): Promise<number> {
  checkUpstream(options.upstream);
  const { COVO_API_KEY: apiKey = "", CODRIVER_BRIDGE_TOKEN: given = "" } = environment();
  const bridge = await openCovoBridge({
    ...options,
    ...(apiKey !== "" && { apiKey }),
    ...(given !== "" && { token: given }),
  });
  try {
    // What the user has chosen is theirs to know, and does not belong into a log.
    const token = given === "" ? bridge.token : undefined;
    if (json) print(JSON.stringify({ url: addressOf(bridge), token, ...factsOf(bridge) }));
    else introduce(bridge, token ?? "what CODRIVER_BRIDGE_TOKEN says");
    await lastValueFrom(interrupted(), { defaultValue: undefined });
    return EXIT.ok;
  } finally {
    await bridge.close();
  }
}

function checkUpstream(upstream: string): void {
  try {
    endpointOf(upstream);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    throw new UsageError(`--upstream: ${error.message}`, { cause: error });
  }
}

const addressOf = ({ url }: CovoBridge): string => `${url}?model=covo-audio-chat`;

const factsOf = ({ endpoint, model }: CovoBridge) => ({ endpoint: endpoint.href, ...about(model) });

function introduce(bridge: CovoBridge, token: string): void {
  const { endpoint, model } = bridge;
  print(LICENCE);
  print(`StepFun's realtime dialect at ${addressOf(bridge)}`);
  print(`Authorization: Bearer ${token}`);
  print(`It asks ${model} at ${endpoint.href}, one question at a time.`);
  if (isOpenToListeners(endpoint)) print("Speech goes there unencrypted: on a network that others are on, use https.");
  print("It has no tools, answers speech only, and speaks when the whole answer is made: seconds after the question.");
  print("Ctrl-C ends it.");
}
