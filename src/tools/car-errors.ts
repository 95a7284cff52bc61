import type { CommandErrorCode, CommandUpdate } from "../vehicle/command.ts";
import type { ToolResult } from "./tool-event.ts";

/** What the driver hears for each error word of the vehicle contract. */
const SENTENCES: Readonly<Record<CommandErrorCode, string>> = {
  BAD_REQUEST: "The car did not understand that.",
  TYPE_MISMATCH: "The car did not understand that value.",
  OUT_OF_RANGE: "The car does not go that far.",
  NOT_FOUND: "This car has no such thing.",
  NOT_SUPPORTED: "This car cannot do that.",
  READ_ONLY: "That can only be read, not changed.",
  FORBIDDEN: "The car does not allow that.",
  PRECONDITION_FAILED: "The car does not allow that right now.",
  CONFIRM_REQUIRED: "The car wants a clear yes for that.",
  CONFLICT: "Something else is changing that right now.",
  BUSY: "The car is busy with that. Try again in a moment.",
  UNAVAILABLE: "That part of the car does not respond.",
  TIMEOUT: "The car took too long.",
  EXPIRED: "The car got that too late and left it.",
  OBSTRUCTED: "Something is in the way, so the car has stopped.",
  FAULT: "The car reports a fault there.",
  INTERNAL: "Something went wrong in the car.",
};

/** What the car may say more exactly, by the key it sends along. */
const SAID: Readonly<Record<string, string>> = {
  not_while_driving: "The car does not allow that while driving.",
  not_at_this_speed: "The car does not allow that at this speed.",
  only_when_parked: "The car allows that only when parked.",
  child_lock: "The child lock is on.",
  ignition_off: "The ignition has to be on for that.",
  battery_low: "The battery is too low for that.",
  unknown_place: "The car does not know that place.",
};

/** Words with which the car turns a command down, without having tried. */
const CANNOT: readonly CommandErrorCode[] = ["NOT_FOUND", "NOT_SUPPORTED", "READ_ONLY"];

export const NO_ANSWER: ToolResult = {
  status: "no-answer",
  say: "I asked the car, but it did not answer. I can't tell whether it did it.",
};

/** The result of a command that the car did not do. */
export function carSaidNo({ phase, error }: CommandUpdate): ToolResult {
  if (phase === "timeout") return NO_ANSWER;
  if (phase === "cancelled")
    return { status: "superseded", say: "That was cancelled, because something newer was asked." };
  const code = error?.code ?? "INTERNAL";
  const say = said(error?.say) ?? SENTENCES[code];
  const facts = { error: code, ...(error ? { detail: error.detail } : {}) };
  if (CANNOT.includes(code)) return { status: "cannot", say, facts };
  return { status: phase === "rejected" ? "refused" : "failed", say, facts };
}

function said(key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(SAID, key) ? SAID[key] : undefined;
}
