import type { DrivingState } from "../vehicle/driving-state.ts";
import type { SignalValue } from "../vehicle/signal.ts";
import type { Action } from "./rule.ts";
import type { RuleName } from "./rules/index.ts";

/** Allow, confirm, refuse. */
export const DECISIONS = ["A", "C", "X"] as const;
export type Decision = (typeof DECISIONS)[number];

/** R0 read, R1 comfort and reversible, R2 affects sight or attention, R3 moves bodies or opens the car. */
export const CLASSES = ["R0", "R1", "R2", "R3"] as const;
export type SafetyClass = (typeof CLASSES)[number];

/** One row of the policy table. */
export interface PolicyRow {
  /** A signal path or a service; `*` stands for one segment. */
  readonly match: string;
  /** The row is only about this value. */
  readonly value?: SignalValue | undefined;
  readonly class: SafetyClass;
  readonly states: Readonly<Record<DrivingState, Decision>>;
  /** Why not, where a state says X. */
  readonly reason?: string | undefined;
  /** What would make it possible: "when you are parked". */
  readonly until?: string | undefined;
  /** What is asked, where a state says C. Names the action. */
  readonly question?: string | undefined;
  readonly rules: readonly RuleName[];
}

/** The rows in order of precedence: the first that covers an action decides. What none covers is refused. */
export interface Policy {
  readonly rows: readonly PolicyRow[];
}

/** The row that decides about an action. */
export function rowFor(action: Action, { rows }: Policy): PolicyRow | undefined {
  return rows.find((row) => covers(row.match, action.name) && fitsValue(row, action));
}

/** Whether a pattern covers a name, segment by segment. */
export function covers(pattern: string, name: string): boolean {
  const wanted = pattern.split(".");
  const segments = name.split(".");
  return wanted.length === segments.length && wanted.every((part, index) => part === "*" || part === segments[index]);
}

function fitsValue({ value }: PolicyRow, action: Action): boolean {
  return value === undefined || (action.type === "set" && action.value === value);
}
