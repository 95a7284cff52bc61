import type { CommandUpdate, VehicleCommand } from "../vehicle/command.ts";
import type { Choice, PlannedCommand, UndoCall } from "./tool.ts";

/**
 * How a call ended, as the model is told: `answer` to a question; `accepted` when the car has started and will take
 * longer than the model should wait; `done` only after the car's final answer; `refused` by policy or by the car;
 * `needs-confirmation` when the driver must say yes; `cannot` when this car has no such thing; `invalid` when the
 * arguments do not fit; `failed` when the car tried; `no-answer` when it never answered; `declined` when the driver was
 * asked and did not say yes; `superseded` when something newer was asked of the same part; `choose` when several things
 * fit and the driver is to say which.
 */
export type ToolStatus =
  | "answer"
  | "accepted"
  | "done"
  | "refused"
  | "needs-confirmation"
  | "cannot"
  | "invalid"
  | "failed"
  | "no-answer"
  | "declined"
  | "superseded"
  | "choose";

export interface ToolResult {
  readonly status: ToolStatus;
  /** A sentence that a driver understands, claiming no more than the car confirmed. */
  readonly say: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The call that would put back what this one changes. */
  readonly undo?: UndoCall;
  /** Of `choose`: what the driver can have meant. */
  readonly options?: readonly Choice[];
}

/** A command that waits for the driver's yes. Only the agent runs it, and only this very one. */
export type PendingCommand = PlannedCommand;

/** What a driver can make of a question; only `yes` is consent. `other`: they wanted something else. */
export type DriversAnswer = "yes" | "no" | "other" | "silence";

/**
 * What happens while one call runs, in this order: a verdict, commands and their phases, one result, perhaps one
 * `late`. Where the driver is asked an answer follows, and, with a yes, the same once more.
 */
export type ToolEvent =
  | { readonly type: "verdict"; readonly verdict: "allow" | "refuse" | "none"; readonly reason?: string }
  /** `reason` is the question to the driver. */
  | { readonly type: "verdict"; readonly verdict: "ask"; readonly reason: string; readonly pending: PendingCommand }
  | { readonly type: "sent"; readonly commandId: string; readonly command: VehicleCommand }
  | { readonly type: "phase"; readonly commandId: string; readonly update: CommandUpdate }
  /** Exactly one. */
  | { readonly type: "result"; readonly result: ToolResult }
  /** To the question of an `ask`, after the result; then, but for `other`, an outcome. */
  | { readonly type: "answered"; readonly answer: DriversAnswer }
  /** What came of a call that the driver was asked about: told to them in any case. */
  | { readonly type: "outcome"; readonly result: ToolResult }
  /** After an `accepted` result: how it ended in the end. The driver is told only when it is not `done`. */
  | { readonly type: "late"; readonly result: ToolResult };
