import {
  asyncScheduler,
  catchError,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  interval,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  ReplaySubject,
  scan,
  share,
  startWith,
  switchMap,
  takeWhile,
  tap,
  timer,
} from "rxjs";
import type { Author, CommandUpdate, VehicleCommand } from "../vehicle/command.ts";
import type { GatewayPresence } from "../vehicle/vehicle-bus.ts";
import type { ApprovedCommand, CommandLink } from "./command-link.ts";
import { type DeliveryEvent, newDelivery, nextDelivery } from "./delivery.ts";

const RESEND_MS = 250;
const DEFAULT_DEADLINE_MS = 5_000;
const MAX_DEADLINE_MS = 30_000;
const MAX_OPEN = 256;
const MAX_REMEMBERED = 256;
const MAX_REPLAYED_PHASES = 16;
/** What must not happen twice even when the gateway has forgotten the first time. */
const UNREPEATABLE = /^(phone\.dial|message\.send|payment\..+)$/;

export interface OutboxOptions {
  readonly link: CommandLink;
  /** Tells a restarted gateway from one that was only away. */
  readonly gateway$?: Observable<GatewayPresence>;
  /** For commands that bring no deadline of their own, in milliseconds. */
  readonly deadlineMs?: number;
  /** Commands under way at once; one more fails at once as BUSY. */
  readonly maxOpen?: number;
  /** Ends everything under way, each with its final update. */
  readonly stop$?: Observable<unknown>;
}

export interface Outbox {
  /**
   * Delivers one command under one id: phases, then exactly one final update, then completion; never an error.
   * Starts at the first subscription and runs to its end even when nobody listens any more. A second `send` of an id
   * that is under way or lately ended shares its outcome: nothing is sent twice.
   */
  send(command: ApprovedCommand, who: { readonly id: string; readonly author: Author }): Observable<CommandUpdate>;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { deadlineMs: standard = DEFAULT_DEADLINE_MS, maxOpen = MAX_OPEN } = options;
  const open = new Map<string, Observable<CommandUpdate>>();
  const ended = new Map<string, Observable<CommandUpdate>>();

  function start(command: ApprovedCommand, id: string, author: Author): Observable<CommandUpdate> {
    if (open.size >= maxOpen) return of(busy(id));
    const deadlineMs = Math.min(Math.max(command.deadlineMs ?? standard, 1), MAX_DEADLINE_MS);
    const updates$ = deliver(options, { id, command, author, deadlineMs }).pipe(
      finalize(() => {
        open.delete(id);
        ended.set(id, updates$);
        for (const oldest of ended.keys()) if (ended.size > MAX_REMEMBERED) ended.delete(oldest);
      }),
      share({
        connector: () => new ReplaySubject(MAX_REPLAYED_PHASES),
        resetOnComplete: false,
        resetOnRefCountZero: false,
      }),
    );
    open.set(id, updates$);
    return updates$;
  }
  const outbox: Outbox = {
    send: (command, { id, author }) => defer(() => open.get(id) ?? ended.get(id) ?? start(command, id, author)),
  };
  return outbox;
}

interface Parcel {
  readonly id: string;
  readonly command: ApprovedCommand;
  readonly author: Author;
  readonly deadlineMs: number;
}

function deliver({ link, gateway$ = NEVER, stop$ = NEVER }: OutboxOptions, parcel: Parcel): Observable<CommandUpdate> {
  return defer(() => {
    const endsAt = asyncScheduler.now() + parcel.deadlineMs;
    // A wall clock that jumps may shorten what is left, never lengthen it.
    const leftMs = (): number => Math.min(Math.max(endsAt - asyncScheduler.now(), 1), parcel.deadlineMs);
    // The gateway's instance is heard before readiness, so that nothing goes to a restarted one by mistake.
    const events$ = merge(
      timer(parcel.deadlineMs).pipe(map((): DeliveryEvent => ({ type: "deadline" }))),
      stop$.pipe(map((): DeliveryEvent => ({ type: "stopped" }))),
      gateway$.pipe(mergeMap(restarts)),
      link.updates$.pipe(
        filter(({ id }) => id === parcel.id),
        map((update): DeliveryEvent => ({ type: "answer", update })),
      ),
      link.ready$.pipe(distinctUntilChanged(), switchMap(turns)),
    ).pipe(catchError((error: unknown) => of<DeliveryEvent>({ type: "link-broken", detail: String(error) })));

    return events$.pipe(
      scan(nextDelivery, newDelivery(parcel.id, isRepeatable(parcel.command))),
      tap(({ publish }) => publish && link.publish(parcel, leftMs())),
      mergeMap(({ updates }) => updates),
      takeWhile(({ final }) => !final, true),
    );
  });
}

function restarts({ instance }: GatewayPresence): readonly DeliveryEvent[] {
  return instance === undefined ? [] : [{ type: "gateway", instance }];
}

/** While the link stands: a chance to send now and every 250 ms. */
function turns(ready: boolean): Observable<DeliveryEvent> {
  if (!ready) return of({ type: "away" });
  const turn: DeliveryEvent = { type: "turn" };
  return interval(RESEND_MS).pipe(
    map(() => turn),
    startWith<DeliveryEvent>({ type: "reconnected" }, turn),
  );
}

const isRepeatable = (command: VehicleCommand): boolean =>
  command.type === "set-signals" || !UNREPEATABLE.test(command.service);

const busy = (id: string): CommandUpdate => ({
  id,
  phase: "failed",
  final: true,
  error: { code: "BUSY", detail: "too many commands are under way", retryable: true },
});
