import { randomUUID } from "node:crypto";
import { signalEntry, validateWrite } from "../vehicle/catalogue.ts";
import type { Author, VehicleCommand } from "../vehicle/command.ts";
import { type DrivingState, drivingState } from "../vehicle/driving-state.ts";
import { seatOfPath } from "../vehicle/paths.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import type { ApprovedCommand } from "./command-link.ts";
import { type Policy, type PolicyRow, rowFor } from "./policy.ts";
import { type Action, ask, type Objection, type RuleContext, refuse } from "./rule.ts";
import { RULES } from "./rules/index.ts";

export type Verdict = { readonly type: "allow"; readonly command: ApprovedCommand } | Objection;

/** The driver's yes to one question about one command; it counts for nothing else. The agent keeps the time. */
export interface Confirmation {
  readonly nonce: string;
  readonly command: VehicleCommand;
  readonly question: string;
}

/** What a yes is worth: made for what was asked, by nobody but the policy. */
export function confirm(command: VehicleCommand, question: string): Confirmation {
  return { nonce: randomUUID(), command, question };
}

/** Who asks, and what is known of the car while they do. */
export interface JudgeContext {
  readonly vehicle: VehicleSnapshot;
  /** As in `Author`: `Row1.DriverSide`, …, or `unknown`. */
  readonly seat: Author["seat"];
  readonly origin: Author["origin"];
  readonly confirmed?: Confirmation;
}

const NOT_ALLOWED = "I am not allowed to do that.";
const BAD_VALUE = "The car does not take that value.";
const NOTHING_TO_DO = "There is nothing to do.";
const UNKNOWN_STATE = "I can't tell how fast we are going.";

/**
 * Passes a command, asks the driver about it, or refuses. Default deny: every part of it needs a row. A refusal
 * outranks a question, which outranks consent. The driver's yes settles the question it was given to, never a refusal.
 */
export function judge(command: VehicleCommand, context: JudgeContext, policy: Policy): Verdict {
  const { vehicle, seat, origin, confirmed } = context;
  const known: RuleContext = { vehicle, origin, state: drivingState(vehicle), speaker: seatOfPath(seat) };
  const actions = actionsOf(command);
  if (actions.length === 0) return refuse(NOTHING_TO_DO);

  const objections = actions.flatMap((action) => objectionsTo(action, known, policy));
  const refusal = objections.find(({ type }) => type === "refuse");
  if (refusal) return refusal;

  const questions = objections.flatMap((objection) => (objection.type === "ask" ? [objection.question] : []));
  const question = [...new Set(questions)].join(" ");
  const isSettled = question === "" || (confirmed?.question === question && isSame(confirmed.command, command));
  return isSettled ? { type: "allow", command: command as ApprovedCommand } : ask(question);
}

function objectionsTo(action: Action, context: RuleContext, policy: Policy): readonly Objection[] {
  const row = rowFor(action, policy);
  if (!row) return [refuse(NOT_ALLOWED)];
  if (!isWritable(action)) return [refuse(BAD_VALUE)];
  const byState = objectionOfState(row, context.state) ?? [];
  return [byState, ...row.rules.map((name) => RULES[name](action, context) ?? [])].flat();
}

/** A row that says the same in every state needs no reading. */
function objectionOfState(row: PolicyRow, state: DrivingState | undefined): Objection | undefined {
  const { states, reason = NOT_ALLOWED, until, question = "Shall I really do that?" } = row;
  const isAlike = new Set(Object.values(states)).size === 1;
  if (state === undefined && !isAlike) return refuse(UNKNOWN_STATE);
  switch (states[state ?? "M"]) {
    case "A":
      return undefined;
    case "C":
      return ask(question);
    case "X":
      return refuse(until === undefined ? reason : `${reason} Ask me again ${until}.`);
  }
}

function actionsOf(command: VehicleCommand): readonly Action[] {
  if (command.type === "call-service") return [{ type: "call", name: command.service, args: command.args }];
  return command.ops.map(({ path, value }) => ({ type: "set", name: path, value }));
}

/** Rules reckon with values that fit their signal. What only the car knows of, the car checks. */
function isWritable(action: Action): boolean {
  return action.type === "call" || !signalEntry(action.name) || validateWrite(action.name, action.value).ok;
}

/** Commands are plain data, made by the same plan with the same keys. */
function isSame(one: VehicleCommand, other: VehicleCommand): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
