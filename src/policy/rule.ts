import type { Author } from "../vehicle/command.ts";
import type { DrivingState } from "../vehicle/driving-state.ts";
import type { Seat } from "../vehicle/paths.ts";
import type { SignalPath, SignalValue, VehicleSnapshot } from "../vehicle/signal.ts";

export type Objection =
  | { readonly type: "ask"; readonly question: string }
  | { readonly type: "refuse"; readonly reason: string };

/** One write or one service call, as a rule sees it. */
export type Action =
  | { readonly type: "set"; readonly name: SignalPath; readonly value: SignalValue }
  | { readonly type: "call"; readonly name: string; readonly args: Readonly<Record<string, unknown>> };

/** What a rule may look at besides the action. */
export interface RuleContext {
  readonly vehicle: VehicleSnapshot;
  readonly state: DrivingState | undefined;
  /** Nothing when nobody knows which seat spoke. */
  readonly speaker: Seat | undefined;
  readonly origin: Author["origin"];
}

/** Returns an objection, or nothing. A rule must object when a reading it needs is not `valid`. */
export type Rule = (action: Action, context: RuleContext) => Objection | undefined;

export function ask(question: string): Objection {
  return { type: "ask", question };
}

export function refuse(reason: string): Objection {
  return { type: "refuse", reason };
}
