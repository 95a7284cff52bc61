import {
  catchError,
  concat,
  concatMap,
  defer,
  filter,
  from,
  interval,
  last,
  map,
  merge,
  type Observable,
  of,
  type Subject,
  scan,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  timeout,
  timer,
} from "rxjs";
import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";
import { judgeState, judgeTurn } from "../../../vehicle-sim/judge-turn.ts";
import type { ScenarioTurn } from "../../../vehicle-sim/scenario.ts";
import type { AgentEvent } from "../../observability/agent-event.ts";
import { addToReports, type TurnReport } from "../../observability/turn-report.ts";
import type { SignalPath, SignalValue } from "../../vehicle/signal.ts";

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

/** From the end of the driver's speech to the end of the turn. Longer than any command's deadline and its reply. */
const TURN_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** How long a wake may still follow the last word. */
const WAKE_TIMEOUT_MS = 3_000;

/** Lets the driver say one sentence after the other, each when the turn before is over, and judges what came of it. */
export function runTurns(turns: readonly ScenarioTurn[], stage: DriveStage): Observable<TurnResult> {
  return from(turns).pipe(
    concatMap((turn, index) =>
      concat(
        whenDue(turn, stage),
        defer(() => spoken(turn, index, stage)),
      ),
    ),
    filter((result) => result !== undefined),
  );
}

function whenDue({ at = 0 }: ScenarioTurn, { simTimeMs }: DriveStage): Observable<undefined> {
  return interval(POLL_MS).pipe(
    startWith(0),
    takeWhile(() => simTimeMs() < at),
    filter(() => false),
    map(() => undefined),
  );
}

interface Follow {
  readonly reports: readonly TurnReport[];
  readonly saidAtMs: number | undefined;
  readonly over: boolean;
}

const BEFORE: Follow = { reports: [], saidAtMs: undefined, over: false };

function spoken(turn: ScenarioTurn, index: number, stage: DriveStage): Observable<TurnResult> {
  const { agent$, driver$, next$ } = stage;
  const mine$ = driver$.pipe(filter((event) => event.index === index));
  const never$ = mine$.pipe(
    filter(({ type }) => type === "said"),
    switchMap(() => timer(WAKE_TIMEOUT_MS).pipe(takeUntil(agent$.pipe(filter(({ type }) => type === "woke"))))),
    map((): Input => ({ type: "never-woke" })),
  );
  const followed$ = merge(
    agent$,
    mine$,
    never$,
    defer(() => (next$.next(index), [])),
  ).pipe(
    scan(follow, BEFORE),
    takeWhile(({ over }) => !over, true),
    last(undefined, BEFORE),
    timeout({ first: TURN_TIMEOUT_MS, with: () => of(BEFORE) }),
  );
  return followed$.pipe(switchMap((end) => settled(turn, end, stage)));
}

type Input = AgentEvent | DriverEvent | { readonly type: "never-woke" };

function follow(state: Follow, event: Input): Follow {
  if (event.type === "said") return { ...state, saidAtMs: event.endOfSpeechAtMs };
  if (event.type === "says") return state;
  if (event.type === "never-woke") return { ...state, over: state.reports.length === 0 };
  const reports = addToReports(state.reports, event);
  return { ...state, reports, over: event.type === "turn-ended" && state.saidAtMs !== undefined };
}

/** The car may still be at it when the reply is over: what it does then counts, until the time that the scenario gives. */
function settled(turn: ScenarioTurn, end: Follow, { agent$, signals }: DriveStage): Observable<TurnResult> {
  const later$ = merge(agent$, interval(POLL_MS)).pipe(
    startWith(0),
    scan((follow$, event) => (typeof event === "number" ? follow$ : follow(follow$, event)), end),
    takeWhile(({ reports }) => !isFinal(reports.at(-1)) || judgeState(turn.expect.state, signals()).length > 0, true),
    takeUntil(timer(turn.expect.withinMs)),
    last(undefined, end),
    catchError(() => of(end)),
    take(1),
  );
  return later$.pipe(map(({ reports, saidAtMs }) => resultOf(turn, reports.at(-1), saidAtMs, signals())));
}

const FINAL = new Set(["done", "failed", "rejected", "cancelled", "timeout"]);

function isFinal(report: TurnReport | undefined): boolean {
  return report?.commands.every(({ phases }) => FINAL.has(phases.at(-1) ?? "")) ?? true;
}

function resultOf(
  { say, expect }: ScenarioTurn,
  report: TurnReport | undefined,
  saidAtMs: number | undefined,
  signals: ReadonlyMap<SignalPath, SignalValue>,
): TurnResult {
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
    ...(woke ? [] : ["the wake word was not heard"]),
    ...(firstSoundAtMs === undefined ? ["there was no reply"] : []),
    ...judgeTurn(expect, { heard, calls, reply }, signals),
  ];
  const known = firstSoundAtMs !== undefined && saidAtMs !== undefined;
  const endOfSpeechToFirstAudioMs = known ? Math.round(firstSoundAtMs - saidAtMs) : null;
  const ok = failures.length === 0;
  return { said: say, heard, woke, calls, commands, reply, endOfSpeechToFirstAudioMs, ok, failures, preRollBytes };
}
