import {
  catchError,
  concat,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  pairwise,
  Subject,
  scan,
  startWith,
  switchMap,
  takeUntil,
  tap,
  timer,
} from "rxjs";

import { flat } from "../shared/flat.ts";
import type { LinkCommand } from "./link-command.ts";
import type { LinkEvent } from "./link-event.ts";
import { ProviderError } from "./provider-error.ts";
import {
  type Countdown,
  FIRST_LINK,
  linksOf,
  nextRotation,
  type Rotation,
  type RotationInput,
  type RotationOptions,
} from "./rotation.ts";

export interface Rotating extends RotationOptions {
  readonly provider: string;
  readonly quiet$: Observable<boolean>;
  /** A new link, on subscription. */
  open(commands$: Observable<LinkCommand>): Observable<LinkEvent>;
}

/** A server that does not take two links of one conversation has to see the end of the first. */
const HANG_UP_MS = 300;

/**
 * A link that is replaced by another before the server ends it, in a quiet moment: `session-ready` then comes again
 * without a `session-lost`. Commands go to the link that has the conversation. Errors when that one breaks.
 */
export function rotating(commands$: Observable<LinkCommand>, options: Rotating): Observable<LinkEvent> {
  return defer(() => {
    const inputs$ = new Subject<RotationInput>();
    let current = FIRST_LINK.current;
    const peace$ = options.quiet$.pipe(
      startWith(false),
      map((quiet): RotationInput => ({ type: "quiet", quiet })),
    );
    return merge(inputs$, peace$).pipe(
      scan((rotation, input: RotationInput) => nextRotation(rotation, input, options), FIRST_LINK),
      tap(({ failure, current: now }) => {
        if (failure !== undefined) throw failure.error;
        current = now;
      }),
      connect((rotations$) =>
        merge(
          rotations$.pipe(flat(({ emit }) => emit)),
          rotations$.pipe(
            countdown(({ dueIn }) => dueIn),
            tap(() => inputs$.next({ type: "due" })),
            ignoreElements(),
          ),
          rotations$.pipe(
            countdown(({ limitIn }) => limitIn),
            tap(() => inputs$.next({ type: "broken", link: current, error: lost(options, LIMIT) })),
            ignoreElements(),
          ),
          rotations$.pipe(
            map(linksOf),
            startWith<readonly number[]>([]),
            pairwise(),
            mergeMap(([before, now]) => now.filter((link) => !before.includes(link))),
            mergeMap((link) =>
              linkInputs(options, link, commands$.pipe(filter(() => link === current))).pipe(
                tap((input) => inputs$.next(input)),
                ignoreElements(),
                takeUntil(rotations$.pipe(filter((rotation) => !linksOf(rotation).includes(link)))),
              ),
            ),
          ),
        ),
      ),
    );
  });
}

/** Everything that comes of one link, its end included. */
function linkInputs(options: Rotating, link: number, said$: Observable<LinkCommand>): Observable<RotationInput> {
  const input$ = concat(
    options.open(said$).pipe(map((event): RotationInput => ({ type: "from", link, event }))),
    defer(() => of<RotationInput>({ type: "broken", link, error: lost(options, "the server hung up") })),
  ).pipe(catchError((error: unknown) => of<RotationInput>({ type: "broken", link, error })));
  return link === FIRST_LINK.current || options.overlap ? input$ : timer(HANG_UP_MS).pipe(switchMap(() => input$));
}

const LIMIT = "the session is as old as the provider lets it become";

function lost({ provider }: Rotating, message: string): ProviderError {
  return new ProviderError("connection-lost", provider, message);
}

function countdown(of: (rotation: Rotation) => Countdown | undefined): OperatorFunction<Rotation, unknown> {
  return (rotations$) =>
    rotations$.pipe(
      map(of),
      distinctUntilChanged(),
      switchMap((count) => (count === undefined ? EMPTY : timer(count.ms))),
    );
}
