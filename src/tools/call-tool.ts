import { catchError, concat, defer, finalize, type MonoTypeOperatorFunction, type Observable, of } from "rxjs";

import type { ApprovedCommand } from "../policy/command-link.ts";
import type { Verdict } from "../policy/judge.ts";
import type { VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";
import { explainArguments } from "./bad-arguments.ts";
import type { CallMemory } from "./call-memory.ts";
import { inability } from "./car-can.ts";
import { outcomes, type SentCommand } from "./outcomes.ts";
import type { Plan, Tool } from "./tool.ts";
import type { PendingCommand, ToolEvent, ToolResult } from "./tool-event.ts";

/** One wish of the model: `args` is whatever it sent. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  readonly args: unknown;
}

export interface ToolDependencies {
  snapshot(): VehicleSnapshot;
  /** What this car can do; nothing before it has said so. */
  catalogue(): CarCatalogue | undefined;
  judge(command: VehicleCommand): Verdict;
  /** Sends under an id made of the call's and the index, so that a repeated call is the same command. */
  send(command: ApprovedCommand, of: { readonly callId: string; readonly index: number }): SentCommand;
  /** Of this agent's own calls. */
  readonly memory: CallMemory;
  /** A bug: told to us, hidden from the driver. */
  onError(error: unknown): void;
}

const NO_SUCH_TOOL: ToolResult = { status: "cannot", say: "I have no such function." };
const BUG: ToolResult = { status: "failed", say: "Something went wrong on my side." };

/**
 * Runs one call from the model: parse, plan, judge, send. Emits exactly one result, also when the model, the tool or
 * the link misbehave, and never errors. Unsubscribing stops listening; what was sent stays sent.
 */
export function callTool(tool: Tool | undefined, call: ToolCall, deps: ToolDependencies): Observable<ToolEvent> {
  const events$ = defer(() => {
    if (!tool) return unjudged(NO_SUCH_TOOL);
    const args = tool.parameters.safeParse(call.args);
    if (!args.success) return unjudged({ status: "invalid", say: explainArguments(args.error, tool.parameters) });
    return follow(tool.plan(args.data, deps.snapshot(), deps.memory), call, deps);
  });
  return events$.pipe(resultForBugs(deps));
}

/** Runs a command that the driver has said yes to: `deps.judge` knows of the yes, and judges once more. */
export function runPending(pending: PendingCommand, call: ToolCall, deps: ToolDependencies): Observable<ToolEvent> {
  return defer(() => runCommand(pending, call, deps)).pipe(resultForBugs(deps));
}

/** A bug gives a result too. Only what runs before the first event throws, so there is never a second result. */
function resultForBugs(deps: ToolDependencies): MonoTypeOperatorFunction<ToolEvent> {
  return catchError((error: unknown) => {
    deps.onError(error);
    return unjudged(BUG);
  });
}

function follow(plan: Plan, call: ToolCall, deps: ToolDependencies): Observable<ToolEvent> {
  switch (plan.type) {
    case "answer":
      return unjudged({ status: "answer", say: plan.say, ...(plan.facts ? { facts: plan.facts } : {}) });
    case "cannot":
      return unjudged({ status: "cannot", say: plan.say });
    case "choose":
      return unjudged({ status: "choose", say: plan.say, options: plan.options });
    case "command":
      return runCommand(plan, call, deps);
  }
}

function runCommand(pending: PendingCommand, call: ToolCall, deps: ToolDependencies): Observable<ToolEvent> {
  const { command } = pending;
  const unable = inability(command, deps.catalogue());
  if (unable !== undefined) return unjudged({ status: "cannot", say: unable });

  const verdict = deps.judge(command);
  switch (verdict.type) {
    case "refuse":
      return of<ToolEvent[]>(
        { type: "verdict", verdict: "refuse", reason: verdict.reason },
        { type: "result", result: { status: "refused", say: verdict.reason } },
      );
    case "ask":
      return of<ToolEvent[]>(
        { type: "verdict", verdict: "ask", reason: verdict.question, pending },
        { type: "result", result: { status: "needs-confirmation", say: verdict.question } },
      );
    case "allow":
      return send(verdict.command, pending, call, deps);
  }
}

function send(approved: ApprovedCommand, pending: PendingCommand, call: ToolCall, deps: ToolDependencies) {
  const { callId } = call;
  const before = deps.memory.started(callId, pending.command, deps.snapshot());
  const sent = deps.send(approved, { callId, index: 0 });
  const isKnown = deps.memory.before(callId) !== undefined;
  const undo = pending.undo ?? (isKnown ? { name: "change_undo", args: { call: callId } } : undefined);
  return concat(
    of<ToolEvent[]>(
      { type: "verdict", verdict: "allow" },
      { type: "sent", commandId: sent.commandId, command: pending.command },
    ),
    outcomes(sent, { ...pending, before, ...(undo && { undo }) }, (error) => deps.onError(error)),
  ).pipe(finalize(() => deps.memory.ended(callId)));
}

function unjudged(result: ToolResult): Observable<ToolEvent> {
  return of<ToolEvent[]>({ type: "verdict", verdict: "none" }, { type: "result", result });
}
