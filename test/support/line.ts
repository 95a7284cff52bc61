import { map, merge, type Observable, Subject, tap } from "rxjs";

import { ProviderError } from "../../src/session/provider-error.ts";
import type { Dialer } from "../../src/session/socket.ts";

/** A line on which a test can listen, speak in the server's name, and which it can cut and keep cut. */
export function tapped(dialer: Dialer) {
  const injected$ = new Subject<string>();
  const cuts$ = new Subject<void>();
  const sent: string[] = [];
  let dead = false;
  const broken = (): ProviderError => new ProviderError("connection-lost", "test", "the line was cut");
  const broken$: Observable<never> = cuts$.pipe(
    map(() => {
      throw broken();
    }),
  );
  return {
    /** Everything sent to the server, as text. */
    sent,
    inject: (text: string) => injected$.next(text),
    drop: () => cuts$.next(),
    cut: () => {
      dead = true;
      cuts$.next();
    },
    mend: () => {
      dead = false;
    },
    dialer: {
      dial: (connection, provider) =>
        dialer.dial(connection, provider).pipe(
          tap(() => {
            if (dead) throw broken();
          }),
          map((socket) => ({
            ...socket,
            send: (text: string) => {
              sent.push(text);
              socket.send(text);
            },
            get unsentBytes() {
              return socket.unsentBytes;
            },
            messages$: merge(socket.messages$, injected$, broken$),
          })),
        ),
    } satisfies Dialer,
  };
}
