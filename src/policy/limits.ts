import type { VehicleCommand } from "../vehicle/command.ts";

/** How much may be asked of the car, so that a model that loops cannot flood it. */
export interface Limits {
  readonly perSecond: number;
  readonly perTargetPerMinute: number;
  readonly perTurn: number;
}

export const LIMITS: Limits = { perSecond: 5, perTargetPerMinute: 20, perTurn: 8 };

/** One command that wants to be sent. `atMs` never goes back. */
export interface Request {
  readonly id: string;
  readonly turn: string;
  readonly command: VehicleCommand;
  readonly atMs: number;
}

interface Passed {
  readonly id: string;
  readonly turn: string;
  readonly targets: readonly string[];
  readonly atMs: number;
}

/** What has passed lately. Bounded: at most `perSecond` commands come in each second that is kept. */
export interface LimitState {
  readonly passed: readonly Passed[];
  /** The sentence for the driver, when the last request was held back. */
  readonly refusal: string | undefined;
}

export const NO_REQUESTS: LimitState = { passed: [], refusal: undefined };

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** A turn lasts at most as long as one wake. */
const TURN_MS = 180_000;

/** The fold over requests: an id that has passed passes again for free, a refused request leaves no trace. */
export function admit({ passed }: LimitState, request: Request, limits: Limits = LIMITS): LimitState {
  const { id, turn, command, atMs } = request;
  const recent = passed.filter((other) => atMs - other.atMs < TURN_MS);
  if (recent.some((other) => other.id === id)) return { passed: recent, refusal: undefined };

  const targets = targetsOf(command);
  const within = (ms: number, other: Passed) => atMs - other.atMs < ms;
  const count = (isCounted: (other: Passed) => boolean) => recent.filter(isCounted).length;
  const isFlooded = targets.some(
    (target) =>
      count((other) => within(MINUTE_MS, other) && other.targets.includes(target)) >= limits.perTargetPerMinute,
  );
  if (count((other) => within(SECOND_MS, other)) >= limits.perSecond) return held(recent, "That was too much at once.");
  if (isFlooded) return held(recent, "I have changed that too often in the last minute.");
  if (count((other) => other.turn === turn) >= limits.perTurn)
    return held(recent, "That was too much for one request.");
  return { passed: [...recent, { id, turn, targets, atMs }], refusal: undefined };
}

function held(passed: readonly Passed[], refusal: string): LimitState {
  return { passed, refusal };
}

function targetsOf(command: VehicleCommand): readonly string[] {
  return command.type === "call-service" ? [command.service] : command.ops.map(({ path }) => path);
}
