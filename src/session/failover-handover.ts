import { isSpoken, NO_TURN } from "./driver-turn.ts";
import type { Failover, FailoverOptions } from "./failover-model.ts";
import { otherSide, outward, type Side } from "./failover-sides.ts";
import { indebted, intruded, silenced, told } from "./failover-told.ts";
import type { LinkCommand } from "./link-command.ts";
import { nextActivity } from "./quiet.ts";
import { retell } from "./retell.ts";
import { CORE_CODES, type SessionEvent } from "./session-event.ts";

/** The other side goes on, and is told what it has missed, the present turn included, as soon as it is there. */
export function takenOver(before: Failover, to: Side, reason: string, { notice }: FailoverOptions): Failover {
  const away = otherSide(to);
  const wasAsked = before.race?.asked === true;
  const left = before.ready[away] ? silenced(before, away) : before;
  const cut: readonly SessionEvent[] =
    left.replyId === undefined ? [] : [{ type: "reply-ended", replyId: left.replyId, status: "failed" }];
  const state: Failover = {
    ...left,
    active: to,
    needed: true,
    replyId: undefined,
    race: undefined,
    notice: to === "primary" || notice === undefined ? [] : [{ type: "note", text: notice }],
    knows: { ...left.knows, [away]: wasAsked ? left.log.next : knownTo(left) },
    activity: cut.reduce(nextActivity, { ...left.activity, openCalls: [] }),
    emit: [...left.emit, ...cut, { type: "failover", to, reason }],
  };
  const heard = before.race?.heard[to] ?? [];
  const informed = wasAsked ? reminded(deafened(state)) : briefed(state);
  return heard.reduce((next, event) => told(next, outward(to, event)), informed);
}

/** An utterance that the side that is left never wrote down is told to it later. */
export function knownTo({ log, turn, turnFrom }: Failover): number {
  return isSpoken(turn) ? turnFrom : log.next;
}

/** Whoever has the conversation is told all that it does not know. */
export function briefed(before: Failover): Failover {
  const { active } = before;
  if (!before.ready[active]) return before;
  const state = reminded(sent(deafened(before), active, missedBy(before, active)));
  return asked(state, active);
}

/** The same, if it knows what went before. */
export function reminded(state: Failover): Failover {
  if (!state.ready[state.active]) return state;
  return { ...sent(state, state.active, [...state.notice, ...state.notes]), notice: [], notes: [] };
}

/** The present turn, as it was said. */
function asked(state: Failover, side: Side): Failover {
  const told: Failover = {
    ...sent(state, side, state.turn.commands),
    knows: { ...state.knows, [side]: state.log.next },
  };
  const owes = state.turn.stage === "waiting" && state.turn.commands.length > 0;
  return owes ? indebted(told, side) : told;
}

function sent(state: Failover, side: Side, commands: readonly LinkCommand[]): Failover {
  return { ...state, send: [...state.send, ...commands.map((command) => [side, command] as const)] };
}

/** Half a sentence is another one: whoever has not heard the beginning does not hear the end. */
function deafened(state: Failover): Failover {
  const { open, stage } = state.turn;
  if (!open || isSpoken(state.turn)) return state;
  if (stage !== "speaking") return { ...state, deaf: true };
  const message = "what is being said is not heard: its beginning was too long ago to be said again";
  const dropped = { type: "provider-error", code: CORE_CODES.audioDropped, message, severity: "benign" } as const;
  return { ...state, deaf: true, emit: [...state.emit, dropped] };
}

/** All but the present turn, which is told as it was said. */
function missedBy({ log, knows, listening, turn, turnFrom }: Failover, side: Side): readonly LinkCommand[] {
  const until = turn.commands.length > 0 ? turnFrom : log.next;
  const entries = retell(log, { since: knows[side], until });
  return [...(entries.length > 0 ? [{ type: "history", entries } as const] : []), ...listening];
}

/** The fallback is asked as well, as soon as it is there. */
export function raced(state: Failover): Failover {
  if (state.active === "fallback" || state.race !== undefined || state.turn.stage !== "waiting") return state;
  if (state.turn.commands.length === 0) return state;
  return joined({
    ...state,
    needed: true,
    race: { asked: false, impatient: false, heard: { primary: [], fallback: [] } },
  });
}

/** The fallback takes part in the race. */
export function joined(state: Failover): Failover {
  if (state.race === undefined || state.race.asked || !state.ready.fallback) return state;
  const race = { ...state.race, asked: true };
  return asked({ ...sent(state, "fallback", missedBy(state, "fallback")), race }, "fallback");
}

/** The primary wins with anything to hear; the fallback with something to do, or when nothing else has come for long. */
export function decided(state: Failover): Failover {
  const { race } = state;
  if (race === undefined) return state;
  const { primary, fallback } = race.heard;
  if (primary.some(isAnswer) || primary.some(isDone)) return settledRace(state, "primary");
  const good = fallback.some(({ type }) => type === "tool-call") || (race.impatient && fallback.some(isAnswer));
  return good ? settledRace(state, "fallback") : state;
}

function isAnswer({ type }: SessionEvent): boolean {
  return type === "tool-call" || type === "reply-audio";
}

function isDone(event: SessionEvent): boolean {
  return event.type === "reply-ended" && event.status === "completed";
}

/** What the winner has said is told; the other is silenced. */
export function settledRace(state: Failover, winner: Side): Failover {
  if (state.race === undefined) return state;
  const loser = otherSide(winner);
  const { heard } = state.race;
  const calls = heard[loser].filter(({ type }) => type === "tool-call");
  const answered = calls.reduce((next, event) => intruded(next, loser, event), state);
  if (winner !== state.active) return takenOver(answered, winner, "the model is slow", {});
  const quiet: Failover = state.ready[loser] ? silenced(answered, loser) : answered;
  return heard[winner]
    .filter(({ type }) => !type.startsWith("speech-"))
    .reduce<Failover>((next, event) => told(next, outward(winner, event)), { ...quiet, race: undefined });
}

/** Back to the better model, when it has proved to stay and nobody is disturbed. */
export function handedBack(state: Failover): Failover {
  const isDue = state.active === "fallback" && state.ready.primary && state.stable && state.quiet;
  if (!isDue || state.race !== undefined || state.turn.stage !== "over" || state.answering.primary.void > 0)
    return state;
  return takenOver({ ...state, turn: NO_TURN }, "primary", "the model is back", {});
}

/** Back at once, when the other is not there; but what was said before the primary was there is too old for it. */
export function relieved(state: Failover): Failover {
  const isAlone = state.active === "fallback" && !state.ready.fallback && state.ready.primary;
  if (!isAlone || (state.late && isSpoken(state.turn))) return state;
  return takenOver(state, "primary", "the other model is not there", {});
}
