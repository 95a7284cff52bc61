import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** What the driver said last, as long as it may have to be said again to somebody else. */
export interface DriverTurn {
  readonly stage: "over" | "speaking" | "waiting";
  /** The microphone is still open. */
  readonly open: boolean;
  /** In order: all of the utterance, or what was typed. Nothing when that was too long. */
  readonly commands: readonly LinkCommand[];
}

export const NO_TURN: DriverTurn = { stage: "over", open: false, commands: [] };

/** 20 s of audio. Of what is longer nothing is kept: half a sentence is another one. */
const MAX_COMMANDS = 1_000;

/** What the driver says. */
export function spokenTurn(turn: DriverTurn, command: LinkCommand): DriverTurn {
  switch (command.type) {
    case "send-audio":
      if (!turn.open) return { stage: "speaking", open: true, commands: [command] };
      return isTyped(turn) ? turn : withCommand(turn, command);
    case "audio-end":
      return turn.open ? shut(turn, command.cut === true) : turn;
    case "user-text":
      return { stage: "waiting", open: turn.open, commands: [command] };
    case "create-reply":
      return turn.stage === "waiting" ? withCommand(turn, command) : turn;
    default:
      return turn;
  }
}

/** The microphone closes as well when the end of speech was heard: that does not cut anything off. */
function shut(turn: DriverTurn, cut: boolean): DriverTurn {
  if (isTyped(turn) || turn.stage === "over") return { ...turn, open: false };
  if (cut && turn.stage === "speaking") return NO_TURN;
  return { ...withCommand(turn, { type: "audio-end" }), open: false, stage: "waiting" };
}

export function isSpoken({ commands }: DriverTurn): boolean {
  return commands[0]?.type === "send-audio";
}

function isTyped({ commands }: DriverTurn): boolean {
  return commands[0]?.type === "user-text";
}

/** What is heard of whoever is to answer. */
export function answeredTurn(turn: DriverTurn, event: SessionEvent): DriverTurn {
  if (turn.stage === "over") return turn;
  switch (event.type) {
    case "speech-stopped":
      return { ...turn, stage: "waiting" };
    case "reply-audio":
    case "tool-call":
      return { ...turn, stage: "over", commands: [] };
    case "reply-ended":
      return turn.stage === "waiting" && event.status === "completed" ? { ...turn, stage: "over", commands: [] } : turn;
    default:
      return turn;
  }
}

function withCommand(turn: DriverTurn, command: LinkCommand): DriverTurn {
  if (turn.stage === "over") return turn;
  const fits = turn.commands.length > 0 && turn.commands.length < MAX_COMMANDS;
  return { ...turn, commands: fits ? [...turn.commands, command] : [] };
}
