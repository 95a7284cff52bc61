import type { ReceivedCommand, ReplyAddress } from "../../src/mqtt/command-wire.ts";
import { validateWrite } from "../../src/vehicle/catalogue.ts";
import type { CommandErrorCode, CommandUpdate, VehicleCommand } from "../../src/vehicle/command.ts";
import type { CarCatalogue } from "../../src/vehicle/vehicle-bus.ts";
import type { CarStep } from "./car.ts";

export interface ExecutorLimits {
  /** How long an id is remembered after its end. Longer than any copy of it can live. */
  readonly memoryMs: number;
  /**
   * Ids remembered at once; while it is full, new commands are refused and none is forgotten early. As many refusals are
   * remembered besides, while copies can come; what comes on top is left unanswered.
   */
  readonly maxIds: number;
  /** Distinct commands per second, for one path or service and for all. */
  readonly perSecondAndTarget: number;
  readonly perSecond: number;
}

export const EXECUTOR_LIMITS: ExecutorLimits = {
  memoryMs: 600_000,
  maxIds: 4_096,
  perSecondAndTarget: 2,
  perSecond: 10,
};

/** The broker counts expiry in whole seconds: a copy may live so much longer than its sender wanted. */
const EXPIRY_STEP_MS = 1_000;

/** One phase of one command, and who hears of it. */
export interface Answer {
  readonly replyTo: ReplyAddress;
  readonly update: CommandUpdate;
}

/** What is known of one id. The newest copy says where answers go. */
interface Entry {
  readonly running: boolean;
  readonly targets: readonly string[];
  readonly replyTo: ReplyAddress;
  readonly latest?: CommandUpdate;
}

export type ExecutorEvent =
  | { readonly type: "received"; readonly received: ReceivedCommand }
  | { readonly type: "step"; readonly id: string; readonly step: CarStep }
  | { readonly type: "deadline"; readonly id: string }
  | { readonly type: "forget"; readonly id: string }
  /** A second has passed since the oldest command that still counted. */
  | { readonly type: "slide" };

export type ExecutorEffect =
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "start"; readonly received: ReceivedCommand }
  | { readonly type: "stop"; readonly id: string }
  | { readonly type: "later"; readonly afterMs: number; readonly event: ExecutorEvent };

export interface ExecutorState {
  /** In the order of their arrival. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** The targets of each command of the last second. */
  readonly recent: readonly (readonly string[])[];
  /** What this event asks of the world, in this order. */
  readonly effects: readonly ExecutorEffect[];
}

export const IDLE_EXECUTOR: ExecutorState = { entries: new Map(), recent: [], effects: [] };

/** Pure. Each id is started at most once and ends in exactly one final answer, which every further copy gets again. */
export function nextExecutor(
  limits: ExecutorLimits,
  catalogue: CarCatalogue,
): (state: ExecutorState, event: ExecutorEvent) => ExecutorState {
  return ({ entries, recent }, event) => {
    const state: ExecutorState = { entries, recent, effects: [] };
    switch (event.type) {
      case "received":
        return entries.has(event.received.id)
          ? repeated(state, event.received)
          : arrived(state, event.received, limits, catalogue);
      case "step":
        return stepped(state, event.id, event.step, limits);
      case "deadline":
        return ended(state, event.id, problem("timeout", "TIMEOUT", "the car did not finish in time"), limits.memoryMs);
      case "forget":
        return { ...state, entries: new Map([...entries].filter(([id]) => id !== event.id)) };
      case "slide":
        return { ...state, recent: recent.slice(1) };
    }
  };
}

/** A copy acts no more: it gets the newest phase, and the phases to come if there are any. */
function repeated(state: ExecutorState, { id, replyTo }: ReceivedCommand): ExecutorState {
  const entry = state.entries.get(id);
  if (entry === undefined) return state;
  const known = remember(state, id, { ...entry, replyTo });
  return entry.latest === undefined
    ? known
    : also(known, { type: "answer", answer: { replyTo, update: entry.latest } });
}

function arrived(
  state: ExecutorState,
  received: ReceivedCommand,
  limits: ExecutorLimits,
  catalogue: CarCatalogue,
): ExecutorState {
  const { id, replyTo, command, remainingMs } = received;
  // What could not be remembered is not answered either: a late copy must not do what was told to be refused.
  if (state.entries.size >= 2 * limits.maxIds) return state;
  const targets = targetsOf(command);
  const known = remember(state, id, { running: true, targets, replyTo });
  const refusal = overload(state, targets, limits);
  if (refusal !== undefined) return ended(known, id, busy(refusal), remainingMs + EXPIRY_STEP_MS);
  const counted = also(
    { ...known, recent: [...state.recent, targets] },
    { type: "later", afterMs: 1_000, event: { type: "slide" } },
  );
  const fault = faultOf(command, catalogue);
  return fault === undefined ? also(counted, { type: "start", received }) : ended(counted, id, fault, limits.memoryMs);
}

function stepped(state: ExecutorState, id: string, step: CarStep, { memoryMs }: ExecutorLimits): ExecutorState {
  const entry = state.entries.get(id);
  if (entry?.running !== true) return state;
  if (step.phase === "rejected") return ended(state, id, step, memoryMs);
  const alone = supersede(state, id, entry, memoryMs);
  if (step.final) return ended(alone, id, step, memoryMs);
  const update = { ...step, id };
  const { replyTo } = entry;
  return also(remember(alone, id, { ...entry, latest: update }), { type: "answer", answer: { replyTo, update } });
}

/** The car has taken the newer command on: older ones that still move the same paths are over. */
function supersede(state: ExecutorState, id: string, { targets }: Entry, memoryMs: number): ExecutorState {
  const ids = [...state.entries.keys()];
  const older = ids.slice(0, ids.indexOf(id)).filter((other) => {
    const entry = state.entries.get(other);
    return entry?.running === true && entry.targets.some((target) => targets.includes(target));
  });
  const cancelled = problem("cancelled", "CONFLICT", "a newer command wants something else");
  return older.reduce((present, other) => ended(present, other, cancelled, memoryMs), state);
}

/** The one final answer of an id. Only what runs can end. */
function ended(state: ExecutorState, id: string, step: CarStep, memoryMs: number): ExecutorState {
  const entry = state.entries.get(id);
  if (entry?.running !== true) return state;
  const update = { ...step, id };
  return also(
    remember(state, id, { ...entry, running: false, latest: update }),
    { type: "stop", id },
    { type: "answer", answer: { replyTo: entry.replyTo, update } },
    { type: "later", afterMs: memoryMs, event: { type: "forget", id } },
  );
}

/** Why nothing new is taken on now, if so. */
function overload(
  { entries, recent }: ExecutorState,
  targets: readonly string[],
  { maxIds, perSecond, perSecondAndTarget }: ExecutorLimits,
): string | undefined {
  if (entries.size >= maxIds) return "the gateway cannot remember any more commands";
  const before = (target: string): number => recent.filter((others) => others.includes(target)).length;
  const tooMany = recent.length >= perSecond || targets.some((target) => before(target) >= perSecondAndTarget);
  return tooMany ? "too many commands in one second" : undefined;
}

function targetsOf(command: VehicleCommand): readonly string[] {
  return command.type === "set-signals" ? command.ops.map(({ path }) => path) : [command.service];
}

/** What no car with this catalogue can do, whatever its present state. */
function faultOf(command: VehicleCommand, { signals, services }: CarCatalogue): CarStep | undefined {
  if (command.type === "call-service") {
    const { service } = command;
    return services.includes(service)
      ? undefined
      : problem("rejected", "NOT_FOUND", `this car has no service ${service}`);
  }
  if (new Set(targetsOf(command)).size < command.ops.length) {
    return problem("rejected", "BAD_REQUEST", "a path stands twice in one command");
  }
  for (const { path, value } of command.ops) {
    const entry = Object.hasOwn(signals, path) ? signals[path] : undefined;
    if (entry === undefined) return problem("rejected", "NOT_FOUND", `this car has no ${path}`);
    const checked = validateWrite(path, value, entry);
    if (!checked.ok) return problem("rejected", checked.code, checked.detail);
  }
  return undefined;
}

function problem(phase: CarStep["phase"], code: CommandErrorCode, detail: string): CarStep {
  return { phase, final: true, error: { code, detail } };
}

function busy(detail: string): CarStep {
  return { phase: "rejected", final: true, error: { code: "BUSY", detail, retryable: true } };
}

const remember = (state: ExecutorState, id: string, entry: Entry): ExecutorState => ({
  ...state,
  entries: new Map(state.entries).set(id, entry),
});

const also = (state: ExecutorState, ...effects: readonly ExecutorEffect[]): ExecutorState => ({
  ...state,
  effects: [...state.effects, ...effects],
});
