import { validateWrite } from "../vehicle/catalogue.ts";
import type { SetOperation, VehicleCommand } from "../vehicle/command.ts";
import type { CarCatalogue } from "../vehicle/vehicle-bus.ts";

/** Why this car cannot do a command, as a sentence; nothing when it can, or when it has not said yet what it can. */
export function inability(command: VehicleCommand, catalogue: CarCatalogue | undefined): string | undefined {
  if (!catalogue) return undefined;
  if (command.type === "call-service") return catalogue.services.includes(command.service) ? undefined : CANNOT;
  for (const op of command.ops) {
    const reason = opInability(op, catalogue);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const CANNOT = "This car cannot do that.";

function opInability({ path, value }: SetOperation, { signals }: CarCatalogue): string | undefined {
  const entry = Object.hasOwn(signals, path) ? signals[path] : undefined;
  if (!entry) return CANNOT;
  const check = validateWrite(path, value, entry);
  if (check.ok) return undefined;
  const { min, max } = entry;
  const isRange = check.code === "OUT_OF_RANGE" && min !== undefined && max !== undefined;
  return isRange ? `This car only goes from ${min} to ${max} there.` : CANNOT;
}
