import type { Provider } from "../session/provider.ts";
import type { EngineExtension } from "../session/session-command.ts";
import { OWN_SERVER, truncateItem } from "./own-server.ts";
import { type Beyond, stepFunCodec } from "./stepfun-codec.ts";
import { DEFAULT_VAD, sessionObject } from "./stepfun-session.ts";

export interface LocalOptions {
  /** Of the embedded engine: `ws://127.0.0.1:PORT/v1/realtime`. */
  readonly url: string;
  readonly token: string;
}

/** The embedded engine: the StepFun dialect plus what only our own engine understands. */
export function local({ url, token }: LocalOptions): Provider {
  return {
    name: "local",
    capabilities: OWN_SERVER,
    connection: () => ({ url: `${url}?model=codriver`, headers: { Authorization: `Bearer ${token}` } }),
    codec: () =>
      stepFunCodec({
        sessionOf: (spec) => ({ ...sessionObject(spec, DEFAULT_VAD), codriver: extensionObject(spec.engine) }),
        beyond,
        takesCalls: true,
      }),
  };
}

function beyond(command: Beyond): readonly unknown[] {
  switch (command.type) {
    case "listening": {
      const state = { listening: command.addressed ? "wake" : "follow-up" };
      return [{ type: "session.update", session: { codriver: { state } } }];
    }
    case "truncate":
      return [truncateItem(command)];
  }
}

function extensionObject({ phrases, lists, wording, wakeWord }: EngineExtension): Record<string, unknown> {
  return { phrases, lists, wording, wake_word: wakeWord, input_rate_hz: 16_000 };
}
