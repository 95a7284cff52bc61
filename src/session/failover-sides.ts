import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

export type Side = "primary" | "fallback";

/** The servers number what they say each in its own way: ids of the fallback are marked, so that they never collide. */
const MARK = "fb-";

export function otherSide(side: Side): Side {
  return side === "primary" ? "fallback" : "primary";
}

/** An event as whoever listens knows it. */
export function outward(side: Side, event: SessionEvent): SessionEvent {
  if (side === "primary") return event;
  switch (event.type) {
    case "transcript":
      return { ...event, itemId: MARK + event.itemId };
    case "reply-started":
    case "reply-ended":
      return { ...event, replyId: MARK + event.replyId };
    case "reply-audio":
    case "reply-text":
      return { ...event, replyId: MARK + event.replyId, itemId: MARK + event.itemId };
    case "tool-call":
      return { ...event, replyId: MARK + event.replyId, callId: MARK + event.callId };
    case "calls-withdrawn":
      return { ...event, callIds: event.callIds.map((callId) => MARK + callId) };
    default:
      return event;
  }
}

/** Whom a command that names something concerns, and the command as that side knows it. */
export function inward(
  command: LinkCommand & { type: "tool-result" | "cancel-reply" | "truncate" },
): readonly [Side, LinkCommand] {
  const id = idOf(command);
  if (!id.startsWith(MARK)) return ["primary", command];
  const own = id.slice(MARK.length);
  switch (command.type) {
    case "tool-result":
      return ["fallback", { ...command, callId: own }];
    case "cancel-reply":
      return ["fallback", { ...command, replyId: own }];
    case "truncate":
      return ["fallback", { ...command, itemId: own }];
  }
}

function idOf(command: LinkCommand & { type: "tool-result" | "cancel-reply" | "truncate" }): string {
  if (command.type === "tool-result") return command.callId;
  return command.type === "cancel-reply" ? command.replyId : command.itemId;
}
