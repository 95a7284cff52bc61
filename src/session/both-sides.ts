import {
  BehaviorSubject,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  retry,
  Subject,
  scan,
  switchMap,
  take,
  tap,
  timer,
} from "rxjs";

import { flat } from "../shared/flat.ts";
import { type Failover, type FailoverInput, type FailoverOptions, ON_PRIMARY } from "./failover-model.ts";
import type { Side } from "./failover-sides.ts";
import { nextFailover, REFUSED_AGAIN_MS } from "./failover-state.ts";
import type { LinkCommand } from "./link-command.ts";
import { ProviderError } from "./provider-error.ts";
import { quiet } from "./quiet.ts";
import type { SessionEvent } from "./session-event.ts";

/** The links of one side. Those of the fallback wait until they are needed before they dial. */
export interface SideLinks {
  open(side: Side, commands$: Observable<LinkCommand>, needed$: Observable<boolean>): Observable<SessionEvent>;
}

/** Contracts, section 6: then the other model is asked as well. */
const SILENT_MS = 1_500;
/** Then an answer of the fallback that does nothing is better than none. */
const IMPATIENT_MS = 4_000;
/** Nobody waits for an answer any more, and what has not been heard by then is not carried out. */
const UNANSWERED_MS = 10_000;
/** A reply that is owed and has not come in this time will not come. */
const OWED_MS = 30_000;
/** A link that has stood for so long is trusted again. */
const STABLE_MS = 5_000;

/** One conversation with two models, of which one has it at a time (`failover-state.ts` says which). */
export function bothSides(
  commands$: Observable<LinkCommand>,
  links: SideLinks,
  options: FailoverOptions,
): Observable<SessionEvent> {
  return defer(() => {
    const inputs$ = new Subject<FailoverInput>();
    const needed$ = new BehaviorSubject(false);
    const toPrimary$ = new Subject<LinkCommand>();
    const toFallback$ = new Subject<LinkCommand>();
    return merge(
      inputs$,
      links.open("primary", toPrimary$, of(true)).pipe(inputsFrom("primary", inputs$)),
      links.open("fallback", toFallback$, needed$).pipe(inputsFrom("fallback", inputs$)),
      commands$.pipe(map((command): FailoverInput => ({ type: "said", command }))),
    ).pipe(
      scan((state, input: FailoverInput) => nextFailover(state, input, options), ON_PRIMARY),
      connect((states$) =>
        merge(
          // Before what is done: that may lead to the next state at once.
          merge(
            states$.pipe(after(waitedFor, SILENT_MS, { type: "silent" })),
            states$.pipe(after(({ race }) => race !== undefined, IMPATIENT_MS, { type: "impatient" })),
            states$.pipe(
              after(({ turn }) => turn.stage === "waiting" && (turn.commands[0] ?? true), UNANSWERED_MS, {
                type: "unanswered",
              }),
            ),
            states$.pipe(
              after(({ answering }) => answering.primary.void > 0, OWED_MS, { type: "forgiven", side: "primary" }),
            ),
            states$.pipe(
              after(({ answering }) => answering.fallback.void > 0, OWED_MS, { type: "forgiven", side: "fallback" }),
            ),
            states$.pipe(after(isTrusted, STABLE_MS, { type: "stable" })),
            states$.pipe(
              map(({ activity }) => activity),
              quiet(),
              map((isQuiet): FailoverInput => ({ type: "quiet", quiet: isQuiet })),
            ),
          ).pipe(
            tap((input) => inputs$.next(input)),
            ignoreElements(),
          ),
          states$.pipe(
            tap(({ send }) =>
              send.forEach(([side, command]) => (side === "primary" ? toPrimary$ : toFallback$).next(command)),
            ),
            flat(({ emit }) => emit),
          ),
          states$.pipe(
            filter(({ needed }) => needed),
            take(1),
            tap(() => needed$.next(true)),
            ignoreElements(),
          ),
        ),
      ),
    );
  });
}

/** What was refused is tried again later: a person must mend it, and may have done so. */
function inputsFrom(side: Side, inputs$: Subject<FailoverInput>): OperatorFunction<SessionEvent, FailoverInput> {
  return (events$) =>
    events$.pipe(
      map((event): FailoverInput => ({ type: "from", side, event })),
      retry({
        delay: (error) => {
          if (!(error instanceof ProviderError)) throw error;
          inputs$.next({ type: "refused", side, reason: error.message, advice: error.advice });
          return timer(REFUSED_AGAIN_MS);
        },
      }),
    );
}

/** Counts anew whenever something is heard. */
function waitedFor({ turn, active, race, signs }: Failover): number | false {
  return turn.stage === "waiting" && active === "primary" && race === undefined && signs;
}

function isTrusted({ active, ready }: Failover): boolean {
  return active === "fallback" && ready.primary;
}

/** `input`, when what is looked at has been there, and the same, for so long. */
function after(
  look: (state: Failover) => unknown,
  ms: number,
  input: FailoverInput,
): OperatorFunction<Failover, FailoverInput> {
  return (states$) =>
    states$.pipe(
      map(look),
      distinctUntilChanged(),
      switchMap((seen) => (seen === false ? EMPTY : timer(ms).pipe(map(() => input)))),
    );
}
