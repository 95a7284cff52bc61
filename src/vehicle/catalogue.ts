import type { CommandErrorCode } from "./command.ts";
import type { SignalPath } from "./signal.ts";
import type { CatalogueEntry } from "./vehicle-bus.ts";
import vss from "./vss/catalogue.json" with { type: "json" };
import overlay from "./vss/overlay.json" with { type: "json" };

/** Every signal that Codriver knows of: VSS 6.0 and our overlay. A particular car has some of them. */
export const SIGNALS = { ...vss.signals, ...overlay.signals } as unknown as Readonly<
  Record<SignalPath, CatalogueEntry>
>;

/** No signal of ours needs more, and a state topic may carry anything. */
const MAX_TEXT_LENGTH = 1_024;

const INTEGER_RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int32: [-2_147_483_648, 2_147_483_647],
  uint8: [0, 255],
  uint16: [0, 65_535],
  uint32: [0, 4_294_967_295],
};

/** Whether a value fits a signal; `code` is an error word of the vehicle contract, `detail` names path and culprit. */
export type ValueCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: CommandErrorCode; readonly detail: string };

const OK: ValueCheck = { ok: true };

/** The entry of a path, or nothing when VSS and the overlay have no such leaf. */
export function signalEntry(path: SignalPath): CatalogueEntry | undefined {
  return Object.hasOwn(SIGNALS, path) ? SIGNALS[path] : undefined;
}

/** Checks a value read from a car, or meant for it, against `entry`: by default what VSS says of the path. */
export function validateValue(path: SignalPath, value: unknown, entry = signalEntry(path)): ValueCheck {
  if (!entry) return problem("NOT_FOUND", `there is no signal ${shown(path)}`);
  const fault = typeFault(entry, value);
  if (fault) return problem("TYPE_MISMATCH", `${path} expects ${fault}, not ${shown(value)}`);
  const bound = rangeFault(entry, value as boolean | number | string);
  return bound ? problem("OUT_OF_RANGE", `${path} takes ${bound}, not ${shown(value)}`) : OK;
}

/** As `validateValue`, for a write: only actuators can be set. */
export function validateWrite(path: SignalPath, value: unknown, entry = signalEntry(path)): ValueCheck {
  if (entry && entry.type !== "actuator") return problem("READ_ONLY", `${path} is a ${entry.type}`);
  return validateValue(path, value, entry);
}

function typeFault({ datatype }: CatalogueEntry, value: unknown): string | undefined {
  if (datatype === "boolean") return typeof value === "boolean" ? undefined : "true or false";
  if (datatype === "string") return typeof value === "string" ? undefined : "text";
  if (!Number.isFinite(value)) return "a number";
  return Object.hasOwn(INTEGER_RANGES, datatype) && !Number.isInteger(value) ? "a whole number" : undefined;
}

function rangeFault({ datatype, allowed, ...limits }: CatalogueEntry, value: boolean | number | string) {
  if (typeof value === "boolean") return undefined;
  if (typeof value === "string") {
    if (allowed && !allowed.includes(value)) return `one of ${allowed.join(", ")}`;
    return value.length > MAX_TEXT_LENGTH ? `at most ${MAX_TEXT_LENGTH} characters` : undefined;
  }
  const [lowest, highest] = INTEGER_RANGES[datatype] ?? [-Infinity, Infinity];
  const min = limits.min ?? lowest;
  const max = limits.max ?? highest;
  return value < min || value > max ? `${min} to ${max}` : undefined;
}

function problem(code: CommandErrorCode, detail: string): ValueCheck {
  return { ok: false, code, detail };
}

/** Short and on one line, whatever was sent. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
