import { AudioDeviceError } from "../audio/audio-device-error.ts";
import { ProviderError } from "../session/provider-error.ts";
import { DocumentError } from "../shared/yaml-document.ts";

/** 0 fine, 1 our bug, 2 bad configuration or usage, 3 a device or link that is needed is missing, 4 a check failed. */
export const EXIT = { ok: 0, bug: 1, usage: 2, missing: 3, failed: 4 } as const;

/** The command cannot go on because of what it was told. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a stranger should read when a command ends early, and the exit code that goes with it. */
export function explain(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof DocumentError || error instanceof UsageError) return { code: EXIT.usage, text: error.message };
  if (error instanceof AudioDeviceError || error instanceof ProviderError || isMissing(error)) {
    return { code: EXIT.missing, text: error.message };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.bug, text: `This is a bug in Codriver: ${text}` };
}

/** Links name themselves: a broker or an engine that cannot be reached is not a bug. */
function isMissing(error: unknown): error is Error {
  return error instanceof Error && ["BrokerError", "EngineError", "WakeWordError"].includes(error.name);
}
