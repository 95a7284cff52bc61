import { compileGrammar } from "../../../engine/understand/compile.ts";
import { sample } from "../../../engine/understand/samples.ts";
import type { Action } from "../../../policy/rule.ts";
import { callMemory } from "../../../tools/call-memory.ts";
import { enginePhrases } from "../../../tools/index.ts";
import { LISTS } from "../../../tools/lists.ts";
import type { Tool } from "../../../tools/tool.ts";
import { signalEntry } from "../../../vehicle/catalogue.ts";
import type { VehicleCommand } from "../../../vehicle/command.ts";
import type { SignalPath, SignalValue, VehicleSnapshot } from "../../../vehicle/signal.ts";

export interface ToolAction {
  readonly tool: string;
  readonly action: Action;
}

/** A sentence of each template, and then some, so that every list is drawn from. */
const SENTENCES = 600;

/**
 * What the tools ask of the car when they are told a few hundred of their own sentences, in a car where everything is
 * low or off and in one where everything is high or on.
 */
export function toolActions(tools: readonly Tool[]): readonly ToolAction[] {
  const phrases = Object.fromEntries(Object.entries(enginePhrases(tools)).map(([name, { en }]) => [name, en]));
  const grammar = compileGrammar({ phrases, lists: LISTS, wakeWord: "codriver" });
  const calls = Array.from({ length: SENTENCES }, (_, seed) => sample(grammar, seed).calls).flat();
  return calls.flatMap(({ name, args }) => {
    const tool = tools.find((one) => one.name === name);
    const parsed = tool?.parameters.safeParse(args);
    if (tool === undefined || parsed?.success !== true) return [];
    const plans = CARS.map((car) => tool.plan(parsed.data, car, callMemory()));
    return plans
      .flatMap((plan) => (plan.type === "command" ? actionsOf(plan.command) : []))
      .map((action) => ({ tool: name, action }));
  });
}

function actionsOf(command: VehicleCommand): readonly Action[] {
  if (command.type === "call-service") return [{ type: "call", name: command.service, args: command.args }];
  return command.ops.map(({ path, value }) => ({ type: "set", name: path, value }));
}

const CARS = [carWhereAll("low"), carWhereAll("high")];

function carWhereAll(extreme: "low" | "high"): VehicleSnapshot {
  return { read: (path) => ({ value: valueOf(path, extreme), at: 0, status: "valid", simulated: true }) };
}

function valueOf(path: SignalPath, extreme: "low" | "high"): SignalValue {
  const { datatype, min = 0, max = 100, allowed } = signalEntry(path) ?? { datatype: "boolean" };
  if (datatype === "boolean") return extreme === "high";
  if (datatype === "string") return allowed?.[0] ?? "";
  return extreme === "low" ? min : max;
}
