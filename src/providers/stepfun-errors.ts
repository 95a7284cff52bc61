import { CORE_CODES, type SessionEvent, type Severity } from "../session/session-event.ts";

/** There are few stable codes, so what an error means is told by its text. */
const MEANINGS: readonly (readonly [text: RegExp, code: string, severity: Severity])[] = [
  [/no ongoing response to cancel/i, CORE_CODES.nothingToCancel, "benign"],
  [/ongoing response already exists/i, CORE_CODES.replyActive, "benign"],
  [/no speech found|append is not called/i, "no-speech", "benign"],
  [/commit when server vad/i, "commit-with-vad", "benign"],
  [/cannot find previous item/i, "no-previous-item", "benign"],
  [/continue_final_message/i, "empty-history", "benign"],
  [/invalid event format/i, "invalid-event", "benign"],
  [/voice.*is not valid/i, "invalid-voice", "fatal"],
];

const MAX_MESSAGE = 300;

interface WireError {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

export function errorEvent({ type, code, message }: WireError): SessionEvent {
  const known = MEANINGS.find(([text]) => text.test(message));
  return {
    type: "provider-error",
    code: known?.[1] ?? code ?? type ?? "unknown",
    message: message.slice(0, MAX_MESSAGE),
    severity: known?.[2] ?? (type === "server_error" ? "retry" : "benign"),
  };
}
