import { catchError, concatMap, EMPTY, endWith, type Observable, scan, takeWhile } from "rxjs";

import type { CommandUpdate, SetOperation } from "../vehicle/command.ts";
import { carSaidNo, NO_ANSWER } from "./car-errors.ts";
import type { Wording } from "./tool.ts";
import type { PendingCommand, ToolEvent, ToolResult } from "./tool-event.ts";

/** A command on its way. `updates$` completes after the one update that is final. */
export interface SentCommand {
  readonly commandId: string;
  readonly updates$: Observable<CommandUpdate>;
}

/** A command that was sent, what it found, and what would put that back. */
export interface TracedCommand extends PendingCommand {
  readonly before: readonly SetOperation[];
}

/** How far one command has come: `told` once the model has its result and only a late one can follow. */
interface Progress {
  readonly stage: "open" | "told" | "over";
  readonly events: readonly ToolEvent[];
}

/** The link is gone without a final answer. */
type Step = CommandUpdate | "end";

/**
 * The car's phases, one result, and a `late` one when the result was only `accepted`. Completes at the final answer;
 * a link that ends or breaks without one gives `no-answer`.
 */
export function outcomes(
  { commandId, updates$ }: SentCommand,
  trace: TracedCommand,
  onError: (error: unknown) => void,
): Observable<ToolEvent> {
  const { command, wording } = trace;
  const next = ({ stage }: Progress, step: Step): Progress => {
    const phases: ToolEvent[] = step === "end" ? [] : [{ type: "phase", commandId, update: step }];
    if (step !== "end" && !step.final) {
      if (stage === "told" || command.wait !== "accepted") return { stage, events: phases };
      const result: ToolResult = { status: "accepted", say: wording.accepted, ...traces(trace) };
      return { stage: "told", events: [...phases, { type: "result", result }] };
    }
    const result = step === "end" ? NO_ANSWER : finalResult(step, trace, onError);
    return { stage: "over", events: [...phases, { type: stage === "open" ? "result" : "late", result }] };
  };
  return updates$.pipe(
    catchError((error: unknown) => {
      onError(error);
      return EMPTY;
    }),
    endWith("end" as const),
    scan(next, { stage: "open", events: [] }),
    takeWhile(({ stage }) => stage !== "over", true),
    concatMap(({ events }) => events),
  );
}

function finalResult(update: CommandUpdate, trace: TracedCommand, onError: (error: unknown) => void): ToolResult {
  if (update.phase !== "done") return carSaidNo(update);
  const facts = {
    ...(update.ops && { ops: update.ops }),
    ...(update.effects && { effects: update.effects }),
    ...update.result,
  };
  const say = sentence(trace.wording.done, update, onError);
  return { status: "done", say, ...traces(trace, facts) };
}

/** What the model needs to go back, or on in the same direction. */
function traces({ command, before, undo }: TracedCommand, known: ToolResult["facts"] = {}): Partial<ToolResult> {
  const ops = command.type === "set-signals" ? { ops: command.ops } : {};
  const facts = { ...ops, ...known, ...(before.length > 0 && { before }) };
  return { ...(Object.keys(facts).length > 0 && { facts }), ...(undo && { undo }) };
}

/** The car has done it: broken wording must not turn that into a failure. */
function sentence(done: Wording["done"], update: CommandUpdate, onError: (error: unknown) => void): string {
  if (typeof done === "string") return done;
  try {
    return done(update);
  } catch (error) {
    onError(error);
    return "Done.";
  }
}
