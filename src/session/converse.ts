import {
  BehaviorSubject,
  catchError,
  concat,
  connect,
  defer,
  delay,
  filter,
  ignoreElements,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  Subject,
  scan,
  tap,
  throwError,
} from "rxjs";

import { type Backoff, CLOUD_BACKOFF, LOOPBACK_BACKOFF } from "../shared/backoff.ts";
import { flat } from "../shared/flat.ts";
import { answeredOnce, type Links } from "./answered-once.ts";
import { MAX_AUDIO_AGE_MS } from "./hold-commands.ts";
import { BEFORE, type Kept, nextKept, type Stale } from "./kept.ts";
import type { LinkCommand } from "./link-command.ts";
import type { LinkEvent } from "./link-event.ts";
import { openSession, type SessionOptions } from "./open-session.ts";
import type { Provider } from "./provider.ts";
import { ProviderError } from "./provider-error.ts";
import { quiet } from "./quiet.ts";
import { reconnecting } from "./reconnecting.ts";
import { type Rotating, rotating } from "./rotating.ts";
import type { SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

export interface ConverseOptions extends SessionOptions {
  readonly backoff?: Backoff;
}

/**
 * One conversation over one link after the other, for as long as somebody listens. What is asked for while there is
 * none waits for the next, and each is told the newest context of every key and what was said and done before, as the
 * driver heard it. A link is replaced before the provider ends it. Each call is answered once, on its own link or by a
 * note to the next. Errors only when the provider refuses for good.
 */
export function converse(
  provider: Provider,
  spec: SessionSpec,
  commands$: Observable<LinkCommand>,
  options: ConverseOptions = {},
): Observable<SessionEvent> {
  const links: Links = {
    open: (passed$: Observable<LinkCommand>) => successiveLinks(provider, spec, passed$, options),
  };
  return answeredOnce(commands$, links, { answersItself: !provider.capabilities.createAfterToolResult });
}

/** The same without an account of the calls. */
export function successiveLinks(
  provider: Provider,
  spec: SessionSpec,
  commands$: Observable<LinkCommand>,
  { backoff = backoffFor(provider), ...options }: ConverseOptions = {},
): Observable<SessionEvent> {
  const { maxSessionMs, overlap, resume, truncate } = provider.capabilities;
  const truncates = truncate === "ms";
  return defer(() => {
    const live$ = new Subject<LinkCommand>();
    const quiet$ = new BehaviorSubject(true);
    let kept = BEFORE;
    const rotation: Rotating = {
      provider: provider.name,
      quiet$,
      maxSessionMs,
      overlap: overlap && resume !== "handle",
      open: (said$) =>
        defer(() => {
          const { handle } = kept;
          const resumed = resume === "handle" && handle !== undefined;
          const session$ = openSession(provider, spec, said$, { ...options, ...(resumed && { handle }) });
          const opening: LinkEvent = { type: "link-opening", resumed };
          return concat(of(opening), resumed ? session$.pipe(unlessRejected(() => kept.ready)) : session$);
        }),
    };
    return merge(rotating(live$, rotation).pipe(reconnecting(backoff)), commands$.pipe(ageing(() => !kept.ready))).pipe(
      scan((before: Kept, input: LinkCommand | LinkEvent | Stale) => nextKept(before, input, { truncates }), BEFORE),
      tap((next) => {
        kept = next;
        for (const command of next.send) live$.next(command);
      }),
      connect((kept$) =>
        merge(
          kept$.pipe(flat(({ emit }) => emit)),
          kept$.pipe(
            map(({ activity }) => activity),
            quiet(),
            tap((isQuiet) => quiet$.next(isQuiet)),
            ignoreElements(),
          ),
        ),
      ),
    );
  });
}

/** Audio that is held goes stale. */
function ageing(isHeld: () => boolean): OperatorFunction<LinkCommand, LinkCommand | Stale> {
  return connect((commands$) =>
    merge(
      commands$,
      commands$.pipe(
        filter((command) => command.type === "send-audio" && isHeld()),
        delay(MAX_AUDIO_AGE_MS),
        map((command): Stale => ({ type: "stale", command })),
      ),
    ),
  );
}

/** A server that does not know the handle any more is asked without it, and told the history instead. */
function unlessRejected(wasReady: () => boolean): OperatorFunction<LinkEvent, LinkEvent> {
  return catchError((error: unknown) => {
    if (wasReady() || !(error instanceof ProviderError) || error.code === "connection-failed") throw error;
    const { provider, message } = error;
    const again = new ProviderError("connection-lost", provider, `${message} (resuming)`);
    return concat(
      of<LinkEvent>({ type: "handle-rejected" }),
      throwError(() => again),
    );
  });
}

function backoffFor(provider: Provider): Backoff {
  const { hostname } = new URL(provider.connection().url);
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) ? LOOPBACK_BACKOFF : CLOUD_BACKOFF;
}
