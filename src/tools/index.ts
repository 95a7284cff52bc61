import { z } from "zod";

import { ambientLightSet } from "./ambient-light-set.ts";
import { changeUndo } from "./change-undo.ts";
import { climateAdjustTemperature } from "./climate-adjust-temperature.ts";
import { climateDefrost } from "./climate-defrost.ts";
import { climateSetAc } from "./climate-set-ac.ts";
import { climateSetFan } from "./climate-set-fan.ts";
import { climateSetRecirculation } from "./climate-set-recirculation.ts";
import { climateSetTemperature } from "./climate-set-temperature.ts";
import { doorsLock } from "./doors-lock.ts";
import { motionStop } from "./motion-stop.ts";
import { navCancel } from "./nav-cancel.ts";
import { navStart } from "./nav-start.ts";
import { seatHeat } from "./seat-heat.ts";
import type { Phrases, Tool } from "./tool.ts";
import { vehicleStatus } from "./vehicle-status.ts";
import { volumeSet } from "./volume-set.ts";
import { windowSet } from "./window-set.ts";

/** Everything the model may ask for. */
export const TOOLS: readonly Tool[] = [
  climateSetTemperature,
  climateAdjustTemperature,
  climateSetFan,
  climateSetAc,
  climateSetRecirculation,
  climateDefrost,
  windowSet,
  seatHeat,
  ambientLightSet,
  doorsLock,
  navStart,
  navCancel,
  volumeSet,
  vehicleStatus,
  motionStop,
  changeUndo,
];

/** A tool as a provider is told of it; `parameters` is the JSON Schema of an object. */
export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The tools for a language model. */
export function toolSpecs(tools: readonly Tool[]): readonly ToolDeclaration[] {
  return tools.map(({ name, description, parameters }) => {
    const schema = Object.entries(z.toJSONSchema(parameters, { io: "input" })).filter(([key]) => key !== "$schema");
    return { name, description, parameters: Object.fromEntries(schema) };
  });
}

/** The tools for the embedded engine: how each is said, by tool and language. Their slots are in `LISTS`. */
export function enginePhrases(tools: readonly Tool[]): Readonly<Record<string, Phrases>> {
  return Object.fromEntries(tools.map(({ name, phrases }) => [name, phrases]));
}
