import { asapScheduler, concat, defer, mergeMap, NEVER, observeOn, of, Subject, scan, startWith } from "rxjs";

import type { Provider } from "../session/provider.ts";
import type { Dialer, Socket } from "../session/socket.ts";
import { parseJson } from "../shared/json-limits.ts";
import { OWN_SERVER } from "./own-server.ts";
import { nextScene, type Scene, type ScriptedTurn } from "./scripted-scene.ts";
import { stepFunCodec } from "./stepfun-codec.ts";
import { DEFAULT_VAD, sessionObject } from "./stepfun-session.ts";

/**
 * A model inside this process that plays a script: for tests, and for trying out what surrounds a model. Speech is any
 * sound, and is taken for the next turn of the script; typed text for the turn with the same words.
 */
export function scripted(script: readonly ScriptedTurn[]): Provider {
  return {
    name: "scripted",
    capabilities: { ...OWN_SERVER, truncate: "none" },
    connection: () => ({ url: "ws://127.0.0.1/scripted", headers: {} }),
    dialer: stage(script),
    codec: () => stepFunCodec({ sessionOf: (spec) => sessionObject(spec, DEFAULT_VAD) }),
  };
}

/** Lines that lead to the script instead of a server. Answers come asynchronously, as from a real one. */
function stage(script: readonly ScriptedTurn[]): Dialer {
  let sessions = 0;
  const dialer: Dialer = {
    dial: () =>
      defer(() => {
        const said$ = new Subject<string>();
        const opening: Scene = {
          script,
          session: ++sessions,
          count: 0,
          turn: 0,
          open: undefined,
          soundless: 0,
          wishes: [],
          say: [],
        };
        const messages$ = said$.pipe(
          scan((scene: Scene, text) => {
            const parsed = parseJson(text);
            return nextScene({ ...scene, say: [] }, parsed.ok ? parsed.value : undefined);
          }, opening),
          startWith({ ...opening, say: [{ type: "session.created", session: { id: "scripted" } }] }),
          mergeMap(({ say }) => say.map((message) => JSON.stringify(message))),
          observeOn(asapScheduler),
        );
        const pongs$ = new Subject<void>();
        const socket = {
          messages$,
          pongs$,
          send: (text: string) => said$.next(text),
          ping: () => pongs$.next(),
          unsentBytes: 0,
        } satisfies Socket;
        return concat(of(socket), NEVER);
      }),
  };
  return dialer;
}
