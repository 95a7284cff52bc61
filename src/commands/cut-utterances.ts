import { distinctUntilChanged, filter, map, merge, mergeMap, type Observable, Subject, scan, throwError } from "rxjs";

import type { AgentEvent } from "../observability/agent-event.ts";
import { webSockets } from "../session/open-session.ts";
import type { Provider } from "../session/provider.ts";
import { ProviderError } from "../session/provider-error.ts";
import type { Dialer } from "../session/socket.ts";

/** What a microphone that comes and goes means for what is being said to the model. */
export interface CutUtterances {
  /** Every event of the agent: they tell when the driver is being listened to. */
  follow(event: AgentEvent): void;
  microphone(out: boolean): void;
  /** The microphone is lost. */
  readonly isOut: boolean;
  /** The same provider, whose line breaks when the microphone is lost in the middle of an utterance. */
  around(provider: Provider): Provider;
}

/**
 * Half a sentence must not be acted on, nor be completed by what is said after the gap. Providers have no word in common
 * for "forget it", but all of them forget it when the line breaks; that also closes the gate.
 */
export function cutUtterances(): CutUtterances {
  const facts$ = new Subject<Partial<Listening>>();
  let isOut = false;
  const cut$ = facts$.pipe(
    scan((before, fact) => ({ ...before, ...fact }), { open: false, out: false } as Listening),
    map(({ open, out }) => open && out),
    distinctUntilChanged(),
    filter((cut) => cut),
  );
  return {
    follow: ({ type }) => {
      if (type === "gate-opened" || type === "gate-closed") facts$.next({ open: type === "gate-opened" });
    },
    microphone: (out) => {
      isOut = out;
      facts$.next({ out });
    },
    get isOut() {
      return isOut;
    },
    around: (provider) => brokenBy(provider, cut$),
  };
}

interface Listening {
  /** The gate is open. */
  readonly open: boolean;
  /** The microphone is lost. */
  readonly out: boolean;
}

function brokenBy(provider: Provider, cut$: Observable<unknown>): Provider {
  const whole = provider.dialer ?? webSockets;
  const lost = (name: string) =>
    new ProviderError("connection-lost", name, "hung up: the microphone was lost in the middle of an utterance");
  const dialer: Dialer = {
    dial: (connection, name) =>
      merge(whole.dial(connection, name), cut$.pipe(mergeMap(() => throwError(() => lost(name))))),
  };
  return { ...provider, dialer };
}
