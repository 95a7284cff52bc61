import {
  concat,
  defer,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  pipe,
  Subject,
  scan,
  takeWhile,
} from "rxjs";

import { type Behavior, behavior } from "../../src/shared/behavior.ts";
import type { OperationState, SetOperation } from "../../src/vehicle/command.ts";
import type { SignalPath, SignalValue } from "../../src/vehicle/signal.ts";
import type { CarCatalogue } from "../../src/vehicle/vehicle-bus.ts";
import { act, readSignal, readSignals, STEP_MS, step, targetOf, type World, type WorldAction } from "../world.ts";
import type { Car, CarStep } from "./car.ts";
import { type Refusal, refusalOf } from "./guards.ts";
import { serviceOutcome } from "./services.ts";

export interface SimCarOptions {
  readonly world: World;
  readonly catalogue: CarCatalogue;
  /** One emission is one step of the world. */
  readonly steps$: Observable<unknown>;
}

/** A car whose actuators are a simulated world. Commands act while somebody is subscribed to `world$`. */
export interface SimCar extends Car {
  readonly world$: Behavior<World>;
}

/** How often a slow actuator says how far it has come, in simulated time. */
const PROGRESS_EVERY_MS = 500;

export function simCar({ world, catalogue, steps$ }: SimCarOptions): SimCar {
  // The one loop: a command changes the world, and the answer to it depends on how the world goes on.
  const actions$ = new Subject<readonly WorldAction[]>();
  const changes$ = merge(steps$.pipe(map(() => (now: World) => step(now, STEP_MS))), actions$.pipe(map(acting)));
  const world$ = behavior(changes$.pipe(scan((now, change) => change(now), world)), world);

  function setSignals(ops: readonly SetOperation[]): Observable<CarStep> {
    const before = world$.value;
    const refusal = refusalOf(before, catalogue, ops);
    if (refusal) return of(rejected(refusal));
    actions$.next(ops.map(({ path, value }) => ({ type: "command", path, value })));
    const after = world$.value;
    return concat(of(ACCEPTED), world$.pipe(untilSettled(after, ops, effectsOf(before, after, ops))));
  }

  function callService(service: string, args: unknown): Observable<CarStep> {
    const outcome = serviceOutcome(catalogue, service, args);
    if (outcome.type === "refused") return of(rejected(outcome.refusal));
    actions$.next([outcome.action]);
    const done: CarStep = { phase: "done", final: true, result: outcome.result(world$.value) };
    return of(ACCEPTED, done);
  }

  return {
    world$,
    execute: (command) =>
      defer(() =>
        command.type === "set-signals" ? setSignals(command.ops) : callService(command.service, command.args),
      ),
  } satisfies SimCar;
}

const ACCEPTED: CarStep = { phase: "accepted", final: false };

function rejected(error: Refusal): CarStep {
  return { phase: "rejected", final: true, error };
}

function acting(actions: readonly WorldAction[]): (world: World) => World {
  return (world) => act(world, actions);
}

/** Follows the signals of one command until they are where it sent them, or a newer command sends them elsewhere. */
function untilSettled(
  start: World,
  ops: readonly SetOperation[],
  effects: readonly OperationState[],
): OperatorFunction<World, CarStep> {
  const wanted = new Map(ops.map(({ path }) => [path, targetOf(start, path)]));
  return pipe(
    map((world) => ({
      answer: progressOf(world, wanted, effects),
      period: Math.floor((world.timeMs - start.timeMs) / PROGRESS_EVERY_MS),
    })),
    filter(({ answer: { final }, period }) => final || period > 0),
    distinctUntilChanged((a, b) => !b.answer.final && a.period === b.period),
    map(({ answer }) => answer),
    takeWhile(({ final }) => !final, true),
  );
}

function progressOf(
  world: World,
  wanted: ReadonlyMap<SignalPath, SignalValue | undefined>,
  effects: readonly OperationState[],
): CarStep {
  const paths = [...wanted.keys()];
  const ops = paths.map((path) => stateOf(world, path));
  if (paths.some((path) => targetOf(world, path) !== wanted.get(path))) {
    const error = { code: "CONFLICT", detail: "a newer command wants something else" } as const;
    return { phase: "cancelled", final: true, ops, error };
  }
  if (ops.some(({ value, target }) => value !== target)) return { phase: "progress", final: false, ops };
  return { phase: "done", final: true, ops, ...(effects.length > 0 && { effects }) };
}

/** What changed although nobody asked for it: defrosting raised the fan. */
function effectsOf(before: World, after: World, ops: readonly SetOperation[]): readonly OperationState[] {
  const asked = new Set(ops.map(({ path }) => path));
  return [...readSignals(after)]
    .filter(([path, value]) => !asked.has(path) && readSignal(before, path) !== value)
    .map(([path]) => stateOf(after, path));
}

function stateOf(world: World, path: SignalPath): OperationState {
  const value = readSignal(world, path);
  const target = targetOf(world, path);
  if (value === undefined || target === undefined) throw new RangeError(`this world has no ${path}`);
  return { path, value, target };
}
