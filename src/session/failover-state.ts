import { nextLog } from "./conversation-log.ts";
import { answeredTurn, NO_TURN, spokenTurn } from "./driver-turn.ts";
import { type Failover, type FailoverInput, type FailoverOptions, type Race, withAdvice } from "./failover-model.ts";
import { inward, otherSide, outward, type Side } from "./failover-sides.ts";
import type { LinkCommand } from "./link-command.ts";
import { nextActivity } from "./quiet.ts";
import { retell } from "./retell.ts";
import type { SessionCommand } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** More than the longest turn that is told again, and what goes with it. */
const MAX_QUEUE = 1_200;
/** How soon somebody may have mended what was refused. */
export const REFUSED_AGAIN_MS = 5 * 60_000;
const SUPERSEDED = { status: "superseded", say: "" };

export function nextFailover(state: Failover, input: FailoverInput, options: FailoverOptions): Failover {
  return queued(advanced({ ...state, send: [], emit: [] }, input, options));
}

/** A side that is not ready keeps no more than 2 s of audio: what the fallback is to hear as a whole waits here. */
function queued(state: Failover): Failover {
  if (state.ready.fallback) {
    if (state.queue.length === 0) return state;
    return {
      ...state,
      queue: [],
      send: [...state.queue.map((command) => ["fallback", command] as const), ...state.send],
    };
  }
  const waits = ([side, { type }]: Failover["send"][number]): boolean => side === "fallback" && type !== "context";
  const waiting = state.send.filter(waits).map(([, command]) => command);
  if (waiting.length === 0) return state;
  const queue = [...state.queue, ...waiting];
  return { ...state, queue: queue.length > MAX_QUEUE ? [] : queue, send: state.send.filter((each) => !waits(each)) };
}

function advanced(before: Failover, input: FailoverInput, options: FailoverOptions): Failover {
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
    case "stable":
      return handedBack({ ...before, stable: true });
    case "quiet":
      return handedBack({ ...before, quiet: input.quiet });
  }
}

function said(before: Failover, command: LinkCommand, options: FailoverOptions): Failover {
  const turn = spokenTurn(before.turn, command);
  const begins = turn.commands.length === 1 && turn.commands[0] === command;
  const state: Failover = {
    ...before,
    turn,
    turnFrom: begins ? before.log.next : before.turnFrom,
    log: nextLog(before.log, command),
    activity: nextActivity(before.activity, command),
  };
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
      return { ...state, listening: [command], send: [[state.active, command]] };
    case "tool-result":
    case "cancel-reply":
    case "truncate":
      return { ...state, send: [inward(command)] };
    case "send-audio":
    case "user-text": {
      const present = state.race === undefined ? state : settledRace(state, state.active);
      const sent: Failover = { ...present, send: [...present.send, [present.active, command]] };
      if (present.active === "fallback" || present.ready.primary) return sent;
      // Nobody waits for a connection that is not there. The turn is told to the fallback as a whole.
      return takenOver(present, "fallback", "the model is not connected", options);
    }
    default:
      return { ...state, send: [[state.active, command]] };
  }
}

function from(before: Failover, side: Side, event: SessionEvent, options: FailoverOptions): Failover {
  if (event.type === "session-lost") return lost(before, side, event, options);
  const state: Failover =
    event.type === "session-ready" ? { ...before, ready: { ...before.ready, [side]: true } } : before;
  if (state.race !== undefined && isOfTurn(event)) return decided(noted(state, state.race, side, event));
  return side === state.active ? told(state, outward(side, event)) : intruded(state, side, event);
}

/** The active side speaks. */
function told(state: Failover, event: SessionEvent): Failover {
  const replyId =
    event.type === "reply-started" ? event.replyId : event.type === "reply-ended" ? undefined : state.replyId;
  return {
    ...state,
    replyId,
    signs: state.signs + 1,
    turn: answeredTurn(state.turn, event),
    log: nextLog(state.log, event),
    activity: nextActivity(state.activity, event),
    emit: [...state.emit, event],
  };
}

/** Who does not have the conversation is not to act in it. */
function intruded(state: Failover, side: Side, event: SessionEvent): Failover {
  switch (event.type) {
    case "reply-started":
      return { ...state, send: [...state.send, [side, { type: "cancel-reply", replyId: event.replyId }]] };
    case "tool-call":
      return { ...state, send: [...state.send, [side, superseded(event.callId)]] };
    default:
      return state;
  }
}

function superseded(callId: string): SessionCommand {
  return { type: "tool-result", callId, output: SUPERSEDED };
}

function lost(
  before: Failover,
  side: Side,
  event: SessionEvent & { type: "session-lost" },
  options: FailoverOptions,
): Failover {
  const ready = { ...before.ready, [side]: false };
  const state: Failover = { ...before, ready, stable: side === "primary" ? false : before.stable };
  if (side !== state.active) return state.race === undefined ? state : settledRace(state, state.active);
  if (side === "primary") return takenOver(state, "fallback", event.reason, options);
  return state.ready.primary ? takenOver(state, "primary", event.reason, {}) : told(state, event);
}

/** The other side goes on, and is told what it has missed, the present turn included. */
function takenOver(before: Failover, to: Side, reason: string, { notice }: FailoverOptions): Failover {
  const away = otherSide(to);
  const cut: readonly SessionEvent[] =
    before.replyId === undefined ? [] : [{ type: "reply-ended", replyId: before.replyId, status: "failed" }];
  const wasAsked = before.race !== undefined;
  const missed = wasAsked ? [] : missedBy(before, to);
  const note: readonly LinkCommand[] = notice === undefined ? [] : [{ type: "note", text: notice }];
  const commands = [...missed, ...note, ...(wasAsked ? [] : before.turn.commands)];
  const state: Failover = {
    ...before,
    active: to,
    needed: true,
    replyId: undefined,
    race: undefined,
    queue: to === "fallback" ? before.queue : [],
    knows: { ...before.knows, [away]: wasAsked ? before.log.next : knownTo(before) },
    activity: cut.reduce(nextActivity, { ...before.activity, openCalls: [] }),
    send: [...before.send, ...commands.map((command) => [to, command] as const)],
    emit: [...before.emit, ...cut, { type: "failover", to, reason }],
  };
  return (before.race?.heard[to] ?? []).reduce((next, event) => told(next, outward(to, event)), state);
}

/** An utterance that the side that is left never wrote down is told to it later. */
function knownTo({ log, turn, turnFrom }: Failover): number {
  return turn.commands[0]?.type === "send-audio" ? turnFrom : log.next;
}

/** All but the present turn, which is told as it was said. */
function missedBy({ log, knows, listening, turn, turnFrom }: Failover, side: Side): readonly LinkCommand[] {
  const until = turn.commands.length > 0 ? turnFrom : log.next;
  const entries = retell(log, { since: knows[side], until });
  return [...(entries.length > 0 ? [{ type: "history", entries } as const] : []), ...listening];
}

/** The fallback is asked as well. */
function raced(state: Failover): Failover {
  if (state.active === "fallback" || state.race !== undefined || state.turn.stage !== "waiting") return state;
  if (state.turn.commands.length === 0) return state;
  const commands = [...missedBy(state, "fallback"), ...state.turn.commands];
  return {
    ...state,
    needed: true,
    race: { impatient: false, heard: { primary: [], fallback: [] } },
    send: commands.map((command) => ["fallback", command] as const),
  };
}

function noted(state: Failover, race: Race, side: Side, event: SessionEvent): Failover {
  return { ...state, race: { ...race, heard: { ...race.heard, [side]: [...race.heard[side], event] } } };
}

/** Answers end the race; what a microphone hears does not, and both have heard the same. */
function isOfTurn({ type }: SessionEvent): boolean {
  return type.startsWith("reply-") || type === "tool-call" || type === "speech-started" || type === "speech-stopped";
}

/** The primary wins with anything to hear; the fallback with something to do, or when nothing else has come for long. */
function decided(state: Failover): Failover {
  const { race } = state;
  if (race === undefined) return state;
  const { primary, fallback } = race.heard;
  if (primary.some(isAnswer)) return settledRace(state, "primary");
  const good = fallback.some(({ type }) => type === "tool-call") || (race.impatient && fallback.some(isAnswer));
  return good ? settledRace(state, "fallback") : state;
}

function isAnswer({ type }: SessionEvent): boolean {
  return type === "tool-call" || type === "reply-audio";
}

/** What the winner has said is told; the other is silenced. */
function settledRace(state: Failover, winner: Side): Failover {
  if (state.race === undefined) return state;
  const loser = otherSide(winner);
  const { heard } = state.race;
  const silenced = heard[loser].reduce<Failover>((next, event) => intruded(next, loser, event), {
    ...state,
    race: undefined,
  });
  if (winner !== state.active) return takenOver({ ...silenced, race: state.race }, winner, "the model is slow", {});
  return heard[winner]
    .filter(({ type }) => !type.startsWith("speech-"))
    .reduce<Failover>((next, event) => told(next, outward(winner, event)), silenced);
}

/** Back to the better model, when it has proved to stay and nobody is disturbed. */
function handedBack(state: Failover): Failover {
  const isDue = state.active === "fallback" && state.ready.primary && state.stable && state.quiet;
  if (!isDue || state.race !== undefined || state.turn.stage !== "over") return state;
  return takenOver({ ...state, turn: NO_TURN }, "primary", "the model is back", {});
}
