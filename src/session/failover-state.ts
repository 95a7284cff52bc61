import { nextLog } from "./conversation-log.ts";
import { isSpoken, NO_TURN, spokenTurn } from "./driver-turn.ts";
import {
  briefed,
  decided,
  handedBack,
  joined,
  knownTo,
  raced,
  relieved,
  reminded,
  settledRace,
  takenOver,
} from "./failover-handover.ts";
import { type Failover, type FailoverInput, type FailoverOptions, type Race, withAdvice } from "./failover-model.ts";
import { inward, outward, type Side } from "./failover-sides.ts";
import { followed, indebted, intruded, told, withAnswering } from "./failover-told.ts";
import type { LinkCommand } from "./link-command.ts";
import { nextActivity } from "./quiet.ts";
import { CORE_CODES, type SessionEvent } from "./session-event.ts";

/** More than a driver is told during one outage. The oldest are forgotten first. */
const MAX_NOTES = 64;
/** How soon somebody may have mended what was refused. */
export const REFUSED_AGAIN_MS = 5 * 60_000;

export function nextFailover(state: Failover, input: FailoverInput, options: FailoverOptions): Failover {
  const before: Failover = { ...state, send: [], emit: [] };
  switch (input.type) {
    case "said":
      return said(before, input.command, options);
    case "from":
      return from(before, input.side, input.event, options);
    case "refused":
      return lost(
        before,
        input.side,
        { type: "session-lost", reason: input.reason, retryInMs: REFUSED_AGAIN_MS },
        withAdvice(options, input.advice),
      );
    case "silent":
      return raced(before);
    case "impatient":
      return before.race === undefined ? before : decided({ ...before, race: { ...before.race, impatient: true } });
    case "unanswered":
      return handedBack(relieved(unanswered(before)));
    case "forgiven":
      return handedBack(withAnswering(before, input.side, { void: 0 }));
    case "stable":
      return handedBack({ ...before, stable: true });
    case "quiet":
      return handedBack({ ...before, quiet: input.quiet });
  }
}

function said(before: Failover, command: LinkCommand, options: FailoverOptions): Failover {
  const turn = spokenTurn(before.turn, command);
  const begins = turn.commands.length === 1 && turn.commands[0] === command;
  const asks = command.type === "user-text" || (turn.stage === "waiting" && before.turn.stage !== "waiting");
  const state: Failover = {
    ...before,
    turn,
    turnFrom: begins ? before.log.next : before.turnFrom,
    late: begins ? false : before.late,
    deaf: begins && command.type === "send-audio" ? false : before.deaf,
    log: nextLog(before.log, command),
    activity: nextActivity(before.activity, command),
    signs: begins || asks ? before.signs + 1 : before.signs,
  };
  return passed(asks ? indebted(state, state.active) : state, command, begins, options);
}

function passed(state: Failover, command: LinkCommand, begins: boolean, options: FailoverOptions): Failover {
  switch (command.type) {
    case "context":
      return {
        ...state,
        send: [
          ["primary", command],
          ["fallback", command],
        ],
      };
    case "listening":
      return forActive({ ...state, listening: [command] }, command);
    case "tool-result":
    case "cancel-reply":
    case "truncate":
      return { ...state, send: [inward(command)] };
    case "send-audio":
    case "user-text":
      return begins ? begun(settledRace(state, state.active), command, options) : forActive(state, command);
    case "audio-end":
      return relieved({ ...forActive(state, command), deaf: false });
    case "note":
    case "create-reply":
      return state.ready[state.active] ? forActive(state, command) : remembered(state, command);
    case "history":
      return forActive(state, command);
  }
}

/** Whoever is there is told. Who is not will be told what matters when it is: `briefed`. */
function forActive(state: Failover, command: LinkCommand): Failover {
  const isAudio = command.type === "send-audio" || command.type === "audio-end";
  if (!state.ready[state.active] || (isAudio && state.deaf)) return state;
  return { ...state, send: [...state.send, [state.active, command]] };
}

/** Nobody waits for a connection that is not there: the turn is for the one that is, as a whole. */
function begun(state: Failover, command: LinkCommand, options: FailoverOptions): Failover {
  if (state.ready[state.active]) return forActive(state, command);
  return state.active === "primary"
    ? takenOver(state, "fallback", "the model is not connected", options)
    : relieved(state);
}

/** A reply to nothing is not asked for; the one to the present turn goes with it. */
function remembered(state: Failover, command: LinkCommand): Failover {
  const isIdle = command.type === "create-reply" && (state.turn.stage === "waiting" || state.notes.length === 0);
  return isIdle ? state : { ...state, notes: [...state.notes, command].slice(-MAX_NOTES) };
}

function from(before: Failover, side: Side, event: SessionEvent, options: FailoverOptions): Failover {
  if (event.type === "session-lost") return lost(before, side, event, options);
  const state = followed(before, side, event);
  if (event.type === "session-ready") return readied(state, side, event);
  const isMuted = before.answering[side].muted || state.answering[side].muted;
  // What it owed nobody any more is over with this.
  if (isMuted && event.type === "reply-ended") return handedBack(state);
  if (isMuted && (event.type.startsWith("reply-") || event.type === "tool-call")) return intruded(state, side, event);
  if (state.race !== undefined && isOfTurn(event)) return decided(noted(state, state.race, side, event));
  return side === state.active ? told(state, outward(side, event)) : intruded(state, side, event);
}

function readied(before: Failover, side: Side, event: SessionEvent): Failover {
  const state: Failover = {
    ...before,
    ready: { ...before.ready, [side]: true },
    late: before.late || (side === "primary" && before.turn.stage !== "over"),
  };
  if (side !== state.active) return side === "fallback" ? joined(state) : relieved(state);
  // The primary is asked nothing before it is there, and keeps what it knows when its link is replaced.
  return side === "primary" || before.ready.fallback ? reminded(told(state, event)) : briefed(told(state, event));
}

function lost(
  before: Failover,
  side: Side,
  event: SessionEvent & { type: "session-lost" },
  options: FailoverOptions,
): Failover {
  const ready = { ...before.ready, [side]: false };
  const stable = side === "primary" ? false : before.stable;
  const state = followed({ ...before, ready, stable }, side, event);
  if (side !== state.active) return settledRace(state, state.active);
  if (side === "primary") return takenOver(state, "fallback", event.reason, options);
  const relief = relieved(state);
  if (relief.active === "primary") return relief;
  const knows = before.ready.fallback ? { ...state.knows, fallback: knownTo(state) } : state.knows;
  return told({ ...state, knows }, event);
}

/** Nobody is to hear this any more. If nobody has, the driver should be asked to repeat it. */
function unanswered(before: Failover): Failover {
  const state = settledRace(before, before.active);
  const message = "what was said has been dropped: nobody was there to hear it";
  const dropped = { type: "provider-error", code: CORE_CODES.audioDropped, message, severity: "benign" } as const;
  const isLost = isSpoken(state.turn) && !state.ready[state.active];
  const over: Failover = {
    ...state,
    turn: { ...NO_TURN, open: state.turn.open },
    emit: isLost ? [...state.emit, dropped] : state.emit,
  };
  return withAnswering(withAnswering(over, "primary", { owes: 0 }), "fallback", { owes: 0 });
}

function noted(state: Failover, race: Race, side: Side, event: SessionEvent): Failover {
  return { ...state, race: { ...race, heard: { ...race.heard, [side]: [...race.heard[side], event] } } };
}

/** Answers end the race; what a microphone hears does not, and both have heard the same. */
function isOfTurn({ type }: SessionEvent): boolean {
  return type.startsWith("reply-") || type === "tool-call" || type === "speech-started" || type === "speech-stopped";
}
