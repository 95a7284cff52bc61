import type { z } from "zod";

import type { CommandUpdate, VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";
import type { CallMemory } from "./call-memory.ts";

/** What a plan may know of earlier calls. */
export type Recall = Pick<CallMemory, "before" | "underWay">;

/** Sentences for the driver about one command: what is claimed never runs ahead of what the car confirmed. */
export interface Wording {
  /** While the car is at it: "Closing the driver window." */
  readonly accepted: string;
  /** Only after the car's final `done`: "The driver window is closed." */
  readonly done: string | ((update: CommandUpdate) => string);
}

/** What a tool wants done. It does neither itself. */
export type Plan =
  | { readonly type: "answer"; readonly say: string; readonly facts?: Readonly<Record<string, unknown>> }
  | { readonly type: "cannot"; readonly say: string }
  /** Several things fit: the driver is to choose. */
  | { readonly type: "choose"; readonly say: string; readonly options: readonly Choice[] }
  | ({ readonly type: "command" } & PlannedCommand);

export interface PlannedCommand {
  readonly command: VehicleCommand;
  readonly wording: Wording;
  /** The call that takes it back, where writing the old values would not. */
  readonly undo?: UndoCall;
}

/** A call that puts things back. */
export interface UndoCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** One of several things that the driver can have meant; `args` is all that the same tool must be called with. */
export interface Choice {
  readonly say: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A word or phrase that may be spoken in a slot, and the value it stands for. */
export interface ListEntry {
  readonly say: string;
  readonly value: string | number | boolean;
}

/** Templates by language; the syntax is that of `docs/phrases.md`. */
export interface Phrases {
  readonly en: readonly string[];
  /** Understood only soon after a call of this tool, or of another about the same thing; what they leave out is its. */
  readonly "en-x-after"?: readonly string[];
  /** Names for "what can you do with the …"; the words of the tool's name when absent. */
  readonly "en-x-topic"?: readonly string[];
}

/** A capability offered to the model. Tools are pure: they see a snapshot and return a plan. */
export interface Tool<Parameters extends z.ZodType = z.ZodType> {
  /** As in the tool catalogue: `window_set`. */
  readonly name: string;
  /** For a language model: what it does, with units. */
  readonly description: string;
  readonly parameters: Parameters;
  /** How drivers say it: the embedded engine hears nothing else. */
  readonly phrases: Phrases;
  readonly plan: (args: z.output<Parameters>, vehicle: VehicleSnapshot, memory: Recall) => Plan;
}

/** Infers the argument type of `plan` from `parameters`. */
export function defineTool<Parameters extends z.ZodType>(tool: Tool<Parameters>): Tool<Parameters> {
  return tool;
}
