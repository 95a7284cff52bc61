import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

export type Side = "primary" | "fallback";

/** The servers number what they say each in its own way: ids of the fallback are marked, so that they never collide. */
const MARK = "fb-";
/** Stands before an id of the primary that looks as if it were marked. */
const ESCAPE = "own-";

export function otherSide(side: Side): Side {
  return side === "primary" ? "fallback" : "primary";
}

/** An event as whoever listens knows it. */
export function outward(side: Side, event: SessionEvent): SessionEvent {
  const named = (id: string): string => nameOf(side, id);
  switch (event.type) {
    case "transcript":
      return { ...event, itemId: named(event.itemId) };
    case "reply-started":
    case "reply-ended":
      return { ...event, replyId: named(event.replyId) };
    case "reply-audio":
    case "reply-text":
      return { ...event, replyId: named(event.replyId), itemId: named(event.itemId) };
    case "tool-call":
      return { ...event, replyId: named(event.replyId), callId: named(event.callId) };
    case "calls-withdrawn":
      return { ...event, callIds: event.callIds.map(named) };
    default:
      return event;
  }
}

function nameOf(side: Side, id: string): string {
  if (side === "fallback") return MARK + id;
  return id.startsWith(MARK) || id.startsWith(ESCAPE) ? ESCAPE + id : id;
}

type Naming = LinkCommand & { type: "tool-result" | "cancel-reply" | "truncate" };

/** Whom a command that names something concerns, and the command as that side knows it. */
export function inward(command: Naming): readonly [Side, LinkCommand] {
  const id = idOf(command);
  const mark = [MARK, ESCAPE].find((each) => id.startsWith(each)) ?? "";
  const own = id.slice(mark.length);
  return [mark === MARK ? "fallback" : "primary", renamed(command, own)];
}

function renamed(command: Naming, own: string): LinkCommand {
  switch (command.type) {
    case "tool-result":
      return { ...command, callId: own };
    case "cancel-reply":
      return { ...command, replyId: own };
    case "truncate":
      return { ...command, itemId: own };
  }
}

function idOf(command: Naming): string {
  if (command.type === "tool-result") return command.callId;
  return command.type === "cancel-reply" ? command.replyId : command.itemId;
}
