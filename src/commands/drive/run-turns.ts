import {
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  finalize,
  forkJoin,
  from,
  ignoreElements,
  interval,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  of,
  Subject,
  scan,
  startWith,
  switchMap,
  take,
  takeLast,
  takeUntil,
  takeWhile,
  throwError,
  timeout,
  timer,
} from "rxjs";
import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";
import { judgeState, judgeTurn } from "../../../vehicle-sim/judge-turn.ts";
import type { ScenarioTurn } from "../../../vehicle-sim/scenario.ts";
import type { AgentEvent } from "../../observability/agent-event.ts";
import type { TurnReport } from "../../observability/turn-report.ts";
import { behavior } from "../../shared/behavior.ts";
import type { SignalPath, SignalValue } from "../../vehicle/signal.ts";
import { MissingError } from "../explain.ts";
import { BEFORE, type Follow, type FollowInput, follow } from "./follow-turn.ts";

/** What there is to see and hear of a drive, and the one thing to do: let the driver speak. */
export interface DriveStage {
  readonly agent$: Observable<AgentEvent>;
  readonly driver$: Observable<DriverEvent>;
  readonly next$: Subject<unknown>;
  readonly signals: () => ReadonlyMap<SignalPath, SignalValue>;
  /** Simulated milliseconds since the drive began. */
  readonly simTimeMs: () => number;
}

/** One turn of the drive, judged. Also the form of `--json`. */
export interface TurnResult {
  readonly said: string;
  readonly heard: string;
  readonly woke: boolean;
  readonly calls: TurnReport["calls"];
  readonly commands: TurnReport["commands"];
  readonly reply: string;
  readonly endOfSpeechToFirstAudioMs: number | null;
  readonly ok: boolean;
  readonly failures: readonly string[];
  readonly preRollBytes: number;
}

/** From the driver's turn to speak to the end of the conversation's turn. Longer than any command's deadline and its reply. */
const TURN_TIMEOUT_MS = 30_000;
const THERE_WITHIN_MS = 30_000;
const POLL_MS = 50;
/** How long a wake may still follow the last word, and how long anything else. */
const WAKE_TIMEOUT_MS = 3_000;
const ATTENTION_TIMEOUT_MS = 10_000;

/**
 * Lets the driver say one sentence after the other, the first when agent and car are there, each other one when the turn
 * before is over, and judges what came of it.
 */
export function runTurns(turns: readonly ScenarioTurn[], stage: DriveStage): Observable<TurnResult> {
  return defer(() => {
    const newest$ = behavior(stage.agent$.pipe(map(turnOf), scan(larger, 0)), 0);
    const results$ = concat(whenAllAreThere(stage), from(turns)).pipe(
      concatMap((turn, index) =>
        concat(
          whenDue(turn, stage),
          defer(() => spoken({ turn, index, next: turns[index + 1], after: newest$.value }, stage)),
        ),
      ),
    );
    const over$ = new Subject<void>();
    const kept$ = newest$.pipe(ignoreElements(), takeUntil(over$));
    return merge(kept$, results$.pipe(finalize(() => over$.next())));
  });
}

const turnOf = (event: AgentEvent): number => ("turn" in event ? event.turn : 0);
const larger = (a: number, b: number): number => Math.max(a, b);

/** One sentence of the driver, and the one after it, who may not wait for the reply to end. */
interface Spoken {
  readonly turn: ScenarioTurn;
  readonly index: number;
  readonly next: ScenarioTurn | undefined;
  /** The newest of the agent's turns before it. */
  readonly after: number;
}

function whenAllAreThere({ agent$ }: DriveStage): Observable<never> {
  const ready$ = agent$.pipe(
    filter(({ type }) => type === "ready"),
    soonOr("The realtime model was not ready"),
  );
  const car$ = agent$.pipe(
    filter((event) => event.type === "car" && event.online),
    soonOr("The simulated car did not come online at the broker"),
  );
  return forkJoin([ready$, car$]).pipe(ignoreElements());
}

/** A drive that cannot begin must not wait for ever. */
function soonOr<T>(complaint: string): MonoTypeOperatorFunction<T> {
  const text = `${complaint} within ${THERE_WITHIN_MS / 1_000} s: look at the problems shown above.`;
  return (what$) =>
    what$.pipe(take(1), timeout({ first: THERE_WITHIN_MS, with: () => throwError(() => new MissingError(text)) }));
}

function whenDue({ at = 0 }: ScenarioTurn, { simTimeMs }: DriveStage): Observable<never> {
  return timer(0, POLL_MS).pipe(
    map(simTimeMs),
    takeWhile((now) => now < at),
    ignoreElements(),
  );
}

function spoken({ turn, index, next, after }: Spoken, stage: DriveStage): Observable<TurnResult> {
  const { agent$, driver$, next$ } = stage;
  const mine$ = driver$.pipe(filter((event) => event.index === index));
  // What a turn before this one still has to say is not ours.
  const ours$ = agent$.pipe(filter((event) => turnOf(event) > after));
  const ignored$ = mine$.pipe(
    filter(({ type }) => type === "said"),
    switchMap(() => timer(turn.wake === false ? ATTENTION_TIMEOUT_MS : WAKE_TIMEOUT_MS).pipe(takeUntil(ours$))),
    map((): FollowInput => ({ type: "ignored" })),
  );
  const spokenOver$ = ours$.pipe(
    filter(({ type }) => type === "sound"),
    take(1),
    switchMap(() => (next?.over === undefined ? EMPTY : timer(next.over))),
    map((): FollowInput => ({ type: "spoken-over" })),
  );
  const followed$ = merge(
    ours$,
    mine$,
    ignored$,
    spokenOver$,
    defer(() => (next$.next(index), [])),
  ).pipe(
    scan(follow(turn), BEFORE),
    startWith(BEFORE),
    takeWhile(({ over }) => !over, true),
    takeUntil(timer(TURN_TIMEOUT_MS)),
  );
  return followed$.pipe(
    takeLast(1),
    switchMap((end) => (next?.over === undefined ? settled(turn, end, stage) : of(resultOf(turn, end, stage)))),
  );
}

/** The car may still be at it when the reply is over: what it does then counts, until the time that the scenario gives. */
function settled(
  turn: ScenarioTurn,
  end: Follow,
  { agent$, signals }: Pick<DriveStage, "agent$" | "signals">,
): Observable<TurnResult> {
  const tick$ = interval(POLL_MS).pipe(map((): FollowInput => ({ type: "tick" })));
  const open$ = merge(agent$, tick$).pipe(
    startWith<FollowInput>({ type: "tick" }),
    scan(follow(turn), end),
    takeWhile(({ reports }) => !isSettled(turn, reports.at(-1), signals()), true),
    takeUntil(timer(turn.expect.withinMs)),
  );
  return open$.pipe(
    takeLast(1),
    map((state) => resultOf(turn, state, { signals })),
  );
}

const FINAL = new Set(["done", "failed", "rejected", "cancelled", "timeout"]);

function isSettled(
  { expect }: ScenarioTurn,
  report: TurnReport | undefined,
  signals: ReadonlyMap<SignalPath, SignalValue>,
): boolean {
  const isFinal = report?.commands.every(({ phases }) => FINAL.has(phases.at(-1) ?? "")) ?? true;
  return isFinal && judgeState(expect.state, signals).length === 0;
}

function resultOf(
  { say, expect, wake = true }: ScenarioTurn,
  { reports, saidAtMs }: Follow,
  { signals }: Pick<DriveStage, "signals">,
): TurnResult {
  const report = reports.at(-1);
  const {
    heard = "",
    woke = false,
    calls = [],
    commands = [],
    reply = "",
    firstSoundAtMs,
    preRollBytes = 0,
  } = report ?? {};
  const failures = [
    ...(woke || !wake ? [] : ["the wake word was not heard"]),
    ...(wake || report !== undefined ? [] : ["nobody listened"]),
    ...(firstSoundAtMs === undefined ? ["there was no reply"] : []),
    ...judgeTurn(expect, { heard, calls, reply }, signals()),
  ];
  const known = firstSoundAtMs !== undefined && saidAtMs !== undefined;
  const endOfSpeechToFirstAudioMs = known ? Math.round(firstSoundAtMs - saidAtMs) : null;
  const ok = failures.length === 0;
  return { said: say, heard, woke, calls, commands, reply, endOfSpeechToFirstAudioMs, ok, failures, preRollBytes };
}
