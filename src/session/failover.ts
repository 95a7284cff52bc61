import { filter, type Observable, switchMap, take } from "rxjs";

import { answeredOnce, type Links } from "./answered-once.ts";
import { bothSides, type SideLinks } from "./both-sides.ts";
import { type ConverseOptions, successiveLinks } from "./converse.ts";
import type { FailoverOptions } from "./failover-model.ts";
import type { LinkCommand } from "./link-command.ts";
import { webSockets } from "./open-session.ts";
import type { Provider } from "./provider.ts";
import type { SessionSpec } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";
import type { Dialer } from "./socket.ts";

export interface BothSides extends FailoverOptions {
  readonly primary?: ConverseOptions;
  readonly fallback?: ConverseOptions;
}

/**
 * Like `converse`, with a second model that goes on when the first is lost or refuses, and that is asked as well when a
 * turn is not answered for 1.5 s: the first good answer wins. `failover` says who has the conversation. Whoever takes
 * over is told what was said before, and the driver's present turn as a whole. The fallback is opened when it is
 * needed first, and then kept. Never errors because of the first model; errors with anything that is a bug.
 */
export function failover(
  primary: Provider,
  fallback: Provider,
  spec: SessionSpec,
  commands$: Observable<LinkCommand>,
  options: BothSides = {},
): Observable<SessionEvent> {
  const links: SideLinks = {
    open: (side, said$, needed$) =>
      side === "primary"
        ? successiveLinks(primary, spec, said$, options.primary)
        : successiveLinks(fallback, spec, said$, openedWhen(needed$, fallback, options.fallback)),
  };
  const conversation: Links = { open: (passed$) => bothSides(passed$, links, options) };
  return answeredOnce(commands$, conversation, { answersItself: !primary.capabilities.createAfterToolResult });
}

/** The same options, with a line that is dialled no sooner than it is needed. */
function openedWhen(needed$: Observable<boolean>, provider: Provider, options?: ConverseOptions): ConverseOptions {
  const line = options?.dialer ?? provider.dialer ?? webSockets;
  const dialer: Dialer = {
    dial: (connection, name) =>
      needed$.pipe(
        filter((isNeeded) => isNeeded),
        take(1),
        switchMap(() => line.dial(connection, name)),
      ),
  };
  return { ...options, dialer };
}
