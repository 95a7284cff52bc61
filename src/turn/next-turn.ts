import type { SessionEvent } from "../session/session-event.ts";
import type { Answer } from "./answer-ear.ts";
import type { OpenReason, Turn, TurnEvent, TurnState } from "./turn.ts";

/** The table: what each event makes of a turn. */
export function nextTurn(turn: Turn, event: TurnEvent): Turn {
  const next = advance(turn, event);
  return next === turn ? turn : { ...next, state: stateOf(next) };
}

function stateOf(turn: Turn): TurnState {
  if (turn.playing.length > 0) return "speaking";
  if (turn.open || turn.window !== undefined) return "listening";
  return isOwed(turn) ? "thinking" : "asleep";
}

/** The model has something to say, or a result to be given. */
export function isOwed({ awaitingReply, activeReply, openCalls }: Turn): boolean {
  return awaitingReply || activeReply !== undefined || openCalls.length > 0;
}

function advance(turn: Turn, event: TurnEvent): Turn {
  switch (event.type) {
    case "gate-opened":
      return opened(turn, event.reason);
    case "gate-closed":
      return turn.open || turn.window !== undefined ? { ...turn, open: false, window: undefined } : turn;
    case "woke":
      return spokenInWindow(turn);
    case "answered":
      return answered(turn, event.answer, event.callId);
    case "typed":
      return { ...awaiting(begun(turn, "hmi")), window: turn.window };
    case "tool-answered":
      return toolAnswered(turn, event.callId);
    case "playback-started":
      return { ...turn, playing: [...turn.playing, event.replyId], replied: event.replyId === turn.owedReply };
    case "playback-ended":
      return turn.playing.includes(event.replyId)
        ? { ...turn, playing: turn.playing.filter((replyId) => replyId !== event.replyId) }
        : turn;
    case "playback-cut":
      return turn.playing.length > 0 ? { ...unheard(turn), playing: [] } : turn;
    case "turn-timeout":
      return { ...turn, awaitingReply: false };
    default:
      return afterSession(turn, event);
  }
}

function afterSession(turn: Turn, event: SessionEvent): Turn {
  switch (event.type) {
    case "speech-started":
      return spokenInWindow(turn);
    case "speech-stopped":
      // A server may say so without ever having said that the speech began.
      return awaiting(turn.window === "follow-up" ? begun(turn, spokenOrigin(turn)) : turn);
    case "reply-started": {
      const owedReply = turn.awaitingReply ? event.replyId : turn.owedReply;
      return { ...turn, awaitingReply: false, activeReply: event.replyId, owedReply };
    }
    case "tool-call":
      return { ...turn, openCalls: [...turn.openCalls, event.callId] };
    case "reply-ended": {
      if (turn.activeReply !== event.replyId) return turn;
      const isWhole = event.status === "completed" || turn.owedReply !== event.replyId;
      return { ...(isWhole ? turn : unheard(turn)), activeReply: undefined };
    }
    case "session-lost": {
      // Typed words that were never sent are sent later: whose they were is not forgotten.
      const asleep = { open: false, window: undefined, awaitingReply: false, activeReply: undefined, openCalls: [] };
      return { ...unheard(turn), ...asleep };
    }
    case "session-ready":
      return { ...turn, session: turn.session + 1 };
    case "provider-error":
      return event.severity === "benign" ? turn : { ...unheard(turn), awaitingReply: false, activeReply: undefined };
    case "calls-withdrawn":
      return { ...turn, openCalls: turn.openCalls.filter((callId) => !event.callIds.includes(callId)) };
    case "failover":
    case "session-expiring":
    case "session-handle":
    case "transcript":
    case "reply-audio":
    case "reply-text":
    case "ignored":
      return turn;
  }
}

function opened(turn: Turn, reason: OpenReason): Turn {
  if (reason === "follow-up" || reason === "confirmation") return { ...turn, window: reason };
  return { ...begun(turn, spokenOrigin(turn)), open: true };
}

function spokenInWindow(turn: Turn): Turn {
  return turn.window === "follow-up" ? { ...begun(turn, spokenOrigin(turn)), open: true } : turn;
}

function answered(turn: Turn, answer: Answer, callId: string): Turn {
  const next = { ...begun(turn, spokenOrigin(turn)), window: turn.window };
  return answer === "yes" ? { ...next, openCalls: [...turn.openCalls, callId] } : awaiting(next);
}

/** The answer makes the model speak again: until that reply starts the turn is not over. */
function toolAnswered(turn: Turn, callId: string): Turn {
  // A call of a connection that is gone is nobody's: no reply to it will come.
  if (!turn.openCalls.includes(callId)) return turn;
  const openCalls = turn.openCalls.filter((id) => id !== callId);
  return openCalls.length === 0 ? awaiting({ ...turn, openCalls }) : { ...turn, openCalls };
}

/** A window that the turn did not begin in is still open until the gate is shut. */
function begun(turn: Turn, origin: Turn["origin"]): Turn {
  return { ...unheard(turn), turn: turn.turn + 1, origin, window: undefined };
}

/** What was heard before is no answer to this. */
function awaiting(turn: Turn): Turn {
  return { ...unheard(turn), awaitingReply: true };
}

function unheard(turn: Turn): Turn {
  return { ...turn, owedReply: undefined, replied: false };
}

/** What was typed and is not answered yet may still become a call: it must not pass for the driver's voice. */
function spokenOrigin(turn: Turn): Turn["origin"] {
  return isOwed(turn) ? turn.origin : "voice";
}
