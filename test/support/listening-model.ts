import { NEVER, Observable, Subject } from "rxjs";

import { local } from "../../src/providers/local.ts";
import type { Provider } from "../../src/session/provider.ts";
import { ProviderError } from "../../src/session/provider-error.ts";
import type { Socket } from "../../src/session/socket.ts";

export interface Told {
  readonly type: string;
  readonly item?: { readonly type?: string; readonly call_id?: string };
}

/** A model that says only what the test lets it: what reaches its sockets is kept. */
export class ListeningModel {
  /** The first sample of each frame with sound in it. */
  readonly heard: number[] = [];
  readonly told: Told[] = [];
  readonly #onTold: (message: Told) => void;
  #line: Subject<string> | undefined;

  constructor(onTold: (message: Told) => void = () => undefined) {
    this.#onTold = onTold;
  }

  readonly provider: Provider = {
    ...local({ url: "ws://127.0.0.1/listening", token: "t" }),
    dialer: {
      dial: () =>
        new Observable<Socket>((subscriber) => {
          const line$ = new Subject<string>();
          this.#line = line$;
          subscriber.next({
            messages$: line$,
            pongs$: NEVER,
            unsentBytes: 0,
            ping: () => line$.next('{"type":"pong"}'),
            send: (text) => this.#hear(text),
          });
          queueMicrotask(() => this.say({ type: "session.created", session: { id: "s" } }));
          return () => {
            if (this.#line === line$) this.#line = undefined;
          };
        }),
    },
  };

  get connected(): boolean {
    return this.#line !== undefined;
  }

  say(message: object): void {
    this.#line?.next(JSON.stringify(message));
  }

  drop(): void {
    this.#line?.error(new ProviderError("connection-lost", "listening", "dropped by the test"));
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as Told & { readonly audio?: string };
    if (message.audio === undefined) {
      this.told.push(message);
      this.#onTold(message);
    }
    if (message.type === "session.update") this.say({ type: "session.updated", session: { id: "s" } });
    if (message.audio === undefined) return;
    const first = Buffer.from(message.audio, "base64").readInt16LE(0);
    if (first !== 0) this.heard.push(first);
  }
}
