import { AudioDeviceError } from "../audio/audio-device-error.ts";
import { EngineError } from "../engine/engine-error.ts";
import { BrokerError } from "../mqtt/broker-error.ts";
import { ProviderError } from "../session/provider-error.ts";
import { DocumentError } from "../shared/yaml-document.ts";
import { WakeWordError } from "../wake/wake-word-error.ts";

/** 0 fine, 1 our bug, 2 bad configuration or usage, 3 a device or link that is needed is missing, 4 a check failed. */
export const EXIT = { ok: 0, bug: 1, usage: 2, missing: 3, failed: 4 } as const;

/** The command cannot go on because of what it was told. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command cannot go on because of something that it needs and that is not there. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** What a stranger should read when a command ends early, and the exit code that goes with it. */
export function explain(error: unknown): { readonly code: number; readonly text: string } {
  if (isMistake(error)) return { code: EXIT.usage, text: error.message };
  if (isMissing(error)) return { code: EXIT.missing, text: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.bug, text: `This is a bug in Codriver: ${text}` };
}

/** What was asked for can never be, whatever is there. */
function isMistake(error: unknown): error is Error {
  if (error instanceof BrokerError) return error.code === "bad-url";
  if (error instanceof WakeWordError) return ["unknown-word", "bad-head", "bad-option"].includes(error.code);
  return error instanceof DocumentError || error instanceof UsageError;
}

const MISSING = [AudioDeviceError, BrokerError, EngineError, MissingError, ProviderError, WakeWordError];

function isMissing(error: unknown): error is Error {
  return MISSING.some((kind) => error instanceof kind);
}
