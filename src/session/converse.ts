import { defer, merge, mergeMap, type Observable, Subject, scan, tap } from "rxjs";

import { MIC_RATE_HZ } from "../audio/audio-frame.ts";
import { type Backoff, CLOUD_BACKOFF, LOOPBACK_BACKOFF } from "../shared/backoff.ts";
import { type HeldCommands, hold, NOTHING_HELD } from "./hold-commands.ts";
import { audioDropped } from "./link-event.ts";
import { openSession, type SessionOptions } from "./open-session.ts";
import type { Provider } from "./provider.ts";
import { reconnecting } from "./reconnecting.ts";
import type { SessionCommand, SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

export interface ConverseOptions extends SessionOptions {
  readonly backoff?: Backoff;
}

/**
 * One session after the other, for as long as somebody listens. What is asked for while there is none waits for the
 * next, and each session is told the newest context of every key. Errors only when the provider refuses for good.
 */
export function converse(
  provider: Provider,
  spec: SessionSpec,
  commands$: Observable<SessionCommand>,
  { backoff = backoffFor(provider), ...options }: ConverseOptions = {},
): Observable<SessionEvent> {
  return defer(() => {
    const live$ = new Subject<SessionCommand>();
    const sessions$ = openSession(provider, spec, live$, options).pipe(reconnecting(backoff));
    return merge(sessions$, commands$).pipe(
      scan(nextKept, BEFORE),
      tap(({ send }) => send.forEach((command) => live$.next(command))),
      mergeMap(({ emit }) => emit),
    );
  });
}

function backoffFor(provider: Provider): Backoff {
  const { hostname } = new URL(provider.connection().url);
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) ? LOOPBACK_BACKOFF : CLOUD_BACKOFF;
}

/** More keys than a car has things worth telling. */
const MAX_CONTEXTS = 64;

type Context = SessionCommand & { type: "context" };

interface Kept {
  readonly ready: boolean;
  readonly held: HeldCommands;
  /** The newest of each key, oldest key first. */
  readonly contexts: readonly Context[];
  readonly send: readonly SessionCommand[];
  readonly emit: readonly SessionEvent[];
}

const BEFORE: Kept = { ready: false, held: NOTHING_HELD, contexts: [], send: [], emit: [] };

function nextKept(kept: Kept, input: SessionCommand | SessionEvent): Kept {
  switch (input.type) {
    case "session-ready":
      return { ...afterReady(kept), emit: [input, ...gapOf(kept.held)] };
    case "session-lost":
      return { ...kept, ready: false, send: [], emit: [input] };
    case "context":
      return { ...passed(kept, input), contexts: withContext(kept.contexts, input) };
    case "send-audio":
    case "audio-end":
    case "user-text":
    case "note":
    case "tool-result":
    case "create-reply":
    case "cancel-reply":
    case "listening":
    case "truncate":
      return passed(kept, input);
    default:
      return { ...kept, send: [], emit: [input] };
  }
}

function passed(kept: Kept, command: SessionCommand): Kept {
  if (kept.ready) return { ...kept, send: [command], emit: [] };
  return { ...kept, held: command.type === "context" ? kept.held : hold(kept.held, command), send: [], emit: [] };
}

function afterReady({ held, ...kept }: Kept): Kept {
  return { ...kept, ready: true, held: NOTHING_HELD, send: [...kept.contexts, ...held.commands] };
}

function withContext(contexts: readonly Context[], context: Context): readonly Context[] {
  return [...contexts.filter(({ key }) => key !== context.key), context].slice(-MAX_CONTEXTS);
}

function gapOf({ droppedSamples }: HeldCommands): readonly SessionEvent[] {
  return droppedSamples > 0 ? [audioDropped((droppedSamples * 1_000) / MIC_RATE_HZ, "there was no connection")] : [];
}
